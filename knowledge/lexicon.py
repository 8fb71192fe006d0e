"""HQ's own words: synonyms, words that need care, and words that calm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType

from knowledge import template
from knowledge.cells import did_you_mean, plain, split_list, split_questions
from knowledge.problem import Place, Problem, cut, error, warning
from knowledge.reading import read_file
from knowledge.tables import NOTES, Columns, Row, build_table, sheet_kind
from knowledge.text import key, normalise
from knowledge.yaml_file import Block, Tree, read_tree

SYNONYMS, SENSITIVE, SOOTHING = "同义词", "敏感词", "安抚词"
KINDS = (SYNONYMS, SENSITIVE, SOOTHING)

_SHORTEST_ALIAS = 2  #: characters; to replace single ones would change half of all sentences

_SYNONYM_COLUMNS = Columns(
    known=("标准词", "别名", "类型"),
    required=("标准词", "别名"),
    joined=frozenset({"别名"}),
    synonyms=MappingProxyType({"标准": "标准词", "标准名": "标准词", "同义词": "别名", "别称": "别名", "俗称": "别名"}),
)
_WORD_COLUMNS = Columns(
    known=("词",),
    required=("词",),
    synonyms=MappingProxyType({**dict.fromkeys((SENSITIVE, SOOTHING, "词语", "关键词"), "词")}),
)
COLUMNS: Mapping[str, Columns] = MappingProxyType(
    {SYNONYMS: _SYNONYM_COLUMNS, SENSITIVE: _WORD_COLUMNS, SOOTHING: _WORD_COLUMNS}
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What HQ says about single words; all as written, without outer spaces."""

    synonyms: Mapping[str, str] = field(default_factory=dict)  #: alias → standard word
    sensitive: tuple[str, ...] = ()  #: 敏感词: a message with one of them needs a person's care
    soothing: tuple[str, ...] = ()  #: 安抚词: sentences that a clerk may say to calm somebody

    def sensitive_in(self, text: str) -> tuple[str, ...]:
        """The 敏感词 in `text`, as HQ writes them and in HQ's order; however it is spelled: width, spaces, marks."""
        if not self.sensitive:
            return ()
        said = normalise(text)
        return tuple(word for word, spelled, whole in _sought(self.sensitive) if spelled in said and whole.search(said))


@lru_cache(maxsize=8)
def _sought(words: tuple[str, ...]) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Each word, how it is spelled in a normalised text, and what finds it there: `die` is no part of `diet`."""
    spelled = ((word, normalise(word)) for word in words)
    return tuple((word, said, _whole(said)) for word, said in spelled if said)


def _whole(said: str) -> re.Pattern[str]:
    before = "(?<![a-z0-9])" if said[0].isascii() else ""
    after = "(?![a-z0-9])" if said[-1].isascii() else ""
    return re.compile(f"{before}{re.escape(said)}{after}")


def read_lexicon_file(path: str, data: bytes) -> tuple[dict[str, list[Row]], list[Problem]]:
    """The rows of each of `KINDS` in `lexicon.*`: a sheet for each, or a name in YAML; CSV has synonyms only."""
    if PurePosixPath(path).suffix.lower() in (".yaml", ".yml"):
        return _read_tree(path, data)
    read = read_file(path, data)
    rows: dict[str, list[Row]] = {}
    problems = list(read.problems)
    for grid in read.grids:
        kind = _kind(grid.sheet)
        if kind is None and sheet_kind(grid.sheet) != NOTES and any(any(cells) for _, cells in grid.rows):
            message = f"不认识「{grid.sheet}」这张工作表,没有读。可以用的有:{'、'.join(KINDS)}。"
            problems.append(warning(Place(path, grid.sheet), "unknown-sheet", message, grid.sheet))
        elif kind is not None:
            table = build_table([grid], Place(path), COLUMNS[kind])
            rows.setdefault(kind, []).extend(table.rows)
            problems.extend(table.problems)
    return rows, problems


def _kind(sheet: str) -> str | None:
    """A sheet without a name is that of a CSV."""
    said = plain(sheet)
    return next((kind for kind in KINDS if said.startswith(kind)), None) if said else SYNONYMS


def _read_tree(path: str, data: bytes) -> tuple[dict[str, list[Row]], list[Problem]]:
    """Lists of words; synonyms as 标准词: [别名…], or a list of mappings as in a table."""
    tree, problems = read_tree(data, Place(path))
    if not isinstance(tree, Block):
        return {}, [
            *problems,
            error(Place(path), "bad-yaml", f"这个文件要写成「{SYNONYMS}:」「{SENSITIVE}:」这样几段。"),
        ]
    rows: dict[str, list[Row]] = {}
    for name, value in tree.items():
        place = Place(path, row=tree.lines[name], column=name)
        if name not in KINDS:
            hint = did_you_mean(name, KINDS) or f"可以写的有:{'、'.join(KINDS)}。"
            problems.append(error(place, "unknown-key", f"不认识「{cut(name)}」。{hint}", name))
            continue
        try:
            rows[name] = _synonym_rows(value, place) if name == SYNONYMS else _word_rows(value, place)
        except ValueError as failure:
            problems.append(error(place, "bad-value", str(failure)))
    return rows, problems


def _word_rows(tree: Tree, place: Place) -> list[Row]:
    """Raises ValueError with a Chinese reason."""
    words = tree if isinstance(tree, list) else [tree]
    if not all(isinstance(word, str) for word in words):
        raise ValueError("这里要写一个列表,每行以「- 」开头,一行一个词。")
    return [Row(place, {"词": str(word)}) for word in words]


def _synonym_rows(tree: Tree, place: Place) -> list[Row]:
    """Raises ValueError with a Chinese reason."""
    if isinstance(tree, Block):
        lines = [(tree.lines[word], {"标准词": word, "别名": _text(aliases)}) for word, aliases in tree.items()]
    elif isinstance(tree, list) and all(isinstance(item, Block) for item in tree):
        blocks = [item for item in tree if isinstance(item, Block)]
        lines = [(block.line, {name: _text(value) for name, value in block.items()}) for block in blocks]
    elif tree == "":
        lines = []
    else:
        raise ValueError("这里要写成「标准词: [别名, 别名]」,一行一个标准词。")
    return [Row(Place(place.file, row=line), cells) for line, cells in lines]


def _text(tree: Tree) -> str:
    """Raises ValueError with a Chinese reason."""
    words = tree if isinstance(tree, list) else [tree]
    if not all(isinstance(word, str) for word in words):
        raise ValueError("别名要写成一个列表:[别名, 别名]。")
    return "\n".join(str(word) for word in words)


def read_lexicon(rows: Mapping[str, Iterable[Row]]) -> tuple[Lexicon, list[Problem]]:
    """From the rows of each of `KINDS`. A synonym with an error is left out."""
    synonyms, problems = _read_synonyms(rows.get(SYNONYMS, ()))
    sensitive, unread = _read_sensitive(rows.get(SENSITIVE, ()))
    soothing, refused = _read_soothing(rows.get(SOOTHING, ()))
    return Lexicon(MappingProxyType(synonyms), sensitive, soothing), [*problems, *unread, *refused]


def _read_sensitive(rows: Iterable[Row]) -> tuple[tuple[str, ...], list[Problem]]:
    words: dict[str, None] = {}
    problems: list[Problem] = []
    for row in rows:
        for word in split_list(row["词"]):
            words[word] = None
            if not normalise(word):
                message = f"敏感词「{word}」里没有字,认不出来,不起作用。请写成字。"
                problems.append(warning(row.place.at("词"), "no-word", message, word))
    return tuple(words), problems


def _read_soothing(rows: Iterable[Row]) -> tuple[tuple[str, ...], list[Problem]]:
    """Whole sentences: a comma parts none of them."""
    sentences: dict[str, None] = {}
    problems: list[Problem] = []
    for row in rows:
        for sentence in split_questions(row["词"]):
            reasons = template.check(sentence, None)
            problems.extend(error(row.place.at("词"), "bad-template", reason, sentence) for reason in reasons)
            if not reasons:
                sentences[sentence] = None
    return tuple(sentences), problems


def _read_synonyms(rows: Iterable[Row]) -> tuple[dict[str, str], list[Problem]]:
    standards: dict[str, tuple[str, Place]] = {}  # by key: the standard word, and where it stands
    aliases: dict[str, tuple[str, str, Place]] = {}  # by key: alias, its standard word, and where
    problems: list[Problem] = []
    for row in rows:
        standard = " ".join(row["标准词"].split())
        if not key(standard):
            problems.append(error(row.place.at("标准词"), "missing-value", "没有写标准词。请写上问答里用的那个词。"))
            continue
        standards.setdefault(key(standard), (standard, row.place))
        for alias in split_list(row["别名"]):
            if problem := _refused(alias, standard, aliases, row.place.at("别名")):
                problems.append(problem)
            else:
                aliases.setdefault(key(alias), (alias, standard, row.place))
        if not row["别名"]:
            message = "没有写别名,这一行不起作用。请写上别的叫法,用、隔开。"
            problems.append(warning(row.place.at("别名"), "no-alias", message))
    problems.extend(_in_a_row(standards, aliases))
    return {alias: standard for alias, standard, _ in aliases.values()}, problems


def _refused(alias: str, standard: str, aliases: Mapping[str, tuple[str, str, Place]], place: Place) -> Problem | None:
    said = key(alias)
    if len(said) < _SHORTEST_ALIAS:
        message = f"别名「{alias}」太短,会改到很多不相干的句子,没有用它。请写两个字以上的叫法。"
        return warning(place, "short-alias", message, alias)
    if said == key(standard):
        return warning(place, "same-word", f"别名「{alias}」和标准词相同,可以删掉。", alias)
    if said in aliases and key(aliases[said][1]) != key(standard):
        _, other, where = aliases[said]
        at = f"第 {where.row} 行" if where.file == place.file else f" {where} "
        message = f"「{alias}」在{at}是「{other}」的别名,这里又是「{standard}」的,不知道该算哪个。请留一个。"
        return error(place, "two-standards", message, alias)
    return None


def _in_a_row(
    standards: Mapping[str, tuple[str, Place]], aliases: Mapping[str, tuple[str, str, Place]]
) -> Iterable[Problem]:
    """An alias that is a standard word elsewhere would be replaced twice, or in a circle."""
    for said, (alias, standard, place) in aliases.items():
        if said in standards:
            where = standards[said][1]
            at = f"第 {where.row} 行" if where.file == place.file else f" {where} "
            message = f"「{alias}」是「{standard}」的别名,在{at}又是标准词。请把它们写成同一个标准词的别名。"
            yield error(place.at("别名"), "alias-is-standard", message, alias)
