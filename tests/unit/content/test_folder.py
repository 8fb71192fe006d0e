"""What is read of HQ's folder: its own files, and never something else of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content import folder as hq
from bot.errors import SettingsError


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_reads_what_is_there_but_nothing_hidden(tmp_path: Path) -> None:
    make(tmp_path, "stores.csv", "faq/a.xlsx", "faq/~$a.xlsx", ".git/objects/a.csv", "faq/.b.csv", "__pycache__/c.csv")
    assert list(hq.read(tmp_path)) == ["faq/a.xlsx", "stores.csv"]
    assert hq.read(tmp_path)["stores.csv"] == b"stores.csv"


def test_what_cannot_be_a_table_is_named_but_not_read(tmp_path: Path) -> None:
    assert hq.read(make(tmp_path, "faq/照片.png")) == {"faq/照片.png": b""}


def test_a_link_leads_nowhere_outside(tmp_path: Path) -> None:
    content = make(tmp_path / "content", "stores.csv", "faq/a.csv")
    outside = make(tmp_path / "outside", "secret.csv")
    (content / "faq" / "b.csv").symlink_to(outside / "secret.csv")
    (content / "faq" / "c.csv").symlink_to("../../outside/secret.csv")
    (content / "more").symlink_to(outside, target_is_directory=True)
    assert list(hq.read(content)) == ["faq/a.csv", "stores.csv"]
    assert [row[0] for row in hq.signature(content)] == ["faq/a.csv", "stores.csv"]


def test_links_inside_the_folder_and_to_it_are_fine(tmp_path: Path) -> None:
    """As Kubernetes mounts a ConfigMap."""
    mounted = make(tmp_path / "mounted", "..2026/stores.csv")
    (mounted / "..data").symlink_to("..2026")
    (mounted / "stores.csv").symlink_to("..data/stores.csv")
    (tmp_path / "content").symlink_to(mounted)
    assert hq.read(tmp_path / "content") == {"stores.csv": b"..2026/stores.csv"}


def test_a_folder_that_is_not_hqs_is_refused_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.csv", "b.csv", "c.csv")
    assert len(hq.read(tmp_path)) == 3
    monkeypatch.setattr(hq, "FILES_MOST", 2)
    with pytest.raises(SettingsError, match=r"CONTENT_DIR: .* 2 files"):
        hq.read(tmp_path)
    monkeypatch.setattr(hq, "FILES_MOST", 3)
    monkeypatch.setattr(hq, "FOLDER_MOST", 12)
    with pytest.raises(SettingsError, match="CONTENT_DIR"):
        hq.read(tmp_path)


def test_packing_and_unpacking_gives_the_same(tmp_path: Path) -> None:
    files = hq.read(make(tmp_path, "stores.csv", "faq/问答.csv"))
    assert hq.unpack(hq.pack(files)) == files
    assert hq.pack(files) == hq.pack(dict(reversed(files.items())))
