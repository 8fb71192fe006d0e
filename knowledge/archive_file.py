"""Opens ZIP files among the questions, as MaxKB exports them: what lies inside is read as if it lay in the folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from knowledge.grid import FILE_MOST, UNZIPPED_MOST, ZIP_TROUBLES
from knowledge.problem import Place, Problem, error, warning
from knowledge.reading import READERS

FILES_MOST = 500  #: in one ZIP
_NAMED_MOST = 3  #: files in one message
_UTF8_NAME = 0x800  #: flag of a name that is not in the writer's own code page
_DAMAGED = "这个压缩包打不开,可能没有保存完整,或者设了密码。请重新导出,或者解压后把表格放进来。"


def open_archives(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Problem]]:
    """All files; each ZIP directly in `faq` gives way to what it holds, by `faq/x.zip/name`."""
    opened: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path, data in files.items():
        if not _is_archive(path):
            opened[path] = data
            continue
        try:
            inside = _open(path, data)
        except _RefusedError as refused:
            problems.append(error(Place(path), refused.code, str(refused)))
            continue
        opened.update({name: content for name, content in inside.items() if content is not None})
        left = [name.removeprefix(f"{path}/") for name, content in inside.items() if content is None]
        if left:
            named = "、".join(left[:_NAMED_MOST]) + (" 等" if len(left) > _NAMED_MOST else "")
            message = (
                f"压缩包里有 {len(left)} 个别的文件没有读:{named}。图片可以不管;里面有问答的,请解压后另存为 .xlsx。"
            )
            problems.append(warning(Place(path), "file-not-read", message))
    return opened, problems


class _RefusedError(Exception):
    """The archive cannot be used; the message is Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _is_archive(path: str) -> bool:
    parts = PurePosixPath(path).parts
    is_hidden = any(part.startswith((".", "~")) for part in parts)
    return len(parts) == 2 and parts[0].lower() == "faq" and path.lower().endswith(".zip") and not is_hidden


def _open(path: str, data: bytes) -> dict[str, bytes | None]:
    """Every file inside by its path; None for one that is no table. Raises _RefusedError."""
    if len(data) > FILE_MOST:
        raise _RefusedError("too-big", f"这个文件超过 {FILE_MOST >> 20} MB,太大了。请拆成几个文件。")
    inside: dict[str, bytes | None] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > FILES_MOST or sum(info.file_size for info in infos) > UNZIPPED_MOST:
                message = (
                    f"压缩包里的内容超过 {UNZIPPED_MOST >> 20} MB 或 {FILES_MOST} 个文件,太大了。请解压后只放表格。"
                )
                raise _RefusedError("too-big", message)
            for info in infos:
                name = _name(info)
                if name is not None:
                    inside[f"{path}/{name}"] = _content(archive, info, name)
    except ZIP_TROUBLES as failure:
        raise _RefusedError("damaged-file", _DAMAGED) from failure
    return inside


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes | None:
    if PurePosixPath(name).suffix.lower() not in READERS:
        return None
    with archive.open(info) as stream:
        return stream.read(FILE_MOST + 1)


def _name(info: zipfile.ZipInfo) -> str | None:
    """As a path below the archive; None for what a computer put there by itself. Chinese Windows writes GBK."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    is_left_over = not parts or any(part.startswith((".", "~", "__MACOSX")) for part in parts)
    return None if is_left_over else "/".join(parts)
