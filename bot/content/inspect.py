"""Look at HQ's folder from the command line: is it valid? What a customer would be answered is asked in `ask`."""

from __future__ import annotations

from pathlib import Path

from bot.content import folder as hq_folder
from bot.content.loading import load_all
from bot.errors import SettingsError
from knowledge import report
from knowledge.chain import Store
from knowledge.content import Content, Loaded


def look(path: Path) -> Loaded:
    """A folder or one file, with whatever is wrong with it. Raises SettingsError when there is none."""
    return load_all(_files(path))


def load_or_explain(path: Path) -> Content:
    """The content of a folder. Raises SettingsError with HQ's problems where it has errors."""
    loaded = look(path)
    if loaded.content is None:
        raise SettingsError(f"CONTENT_DIR: {path}\n{report.format_problems(loaded.problems)}\n{report.summary(loaded)}")
    return loaded.content


def find_store(content: Content, wanted: str) -> Store:
    """A store by number, name or alias. Raises SettingsError that lists what there is."""
    for store in content.stores.values():
        if wanted in (store.number, store.name, *store.aliases):
            return store
    known = "、".join(f"{store.number} {store.name}" for store in content.stores.values())
    raise SettingsError(f"--store: 没有「{wanted}」这家店。现有:{known}")


def _files(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return hq_folder.read(path)
    if not path.is_file():
        raise SettingsError(f"PATH: 没有这个文件或文件夹:{path}")
    with path.open("rb") as stream:
        return {f"faq/{path.name}": stream.read(hq_folder.FILE_MOST + 1)}
