"""HQ's folder, read and checked as a whole: either everything is right and can go into service, or nothing does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from knowledge import template
from knowledge.acceptance import Acceptance, read_acceptance
from knowledge.archive_file import open_archives
from knowledge.cells import did_you_mean
from knowledge.chain import StaffMember, Store
from knowledge.commission import COLUMNS as COMMISSION_COLUMNS
from knowledge.commission import read_commission
from knowledge.confidence import Calibration
from knowledge.entry import Audience, Entry, Status
from knowledge.faq import Faq, read_faq
from knowledge.folder import Folder, Kind, sort_files
from knowledge.index import Index
from knowledge.lexicon import SYNONYMS, Lexicon, read_lexicon, read_lexicon_file
from knowledge.lint import find_problems
from knowledge.overlays import expand
from knowledge.persona import Persona
from knowledge.places import Places
from knowledge.policy import Policy
from knowledge.problem import Place, Problem, error, warning
from knowledge.products import COLUMNS as PRODUCT_COLUMNS
from knowledge.products import Product, read_products
from knowledge.questions import Chain
from knowledge.sales import Sales, find_sales_problems
from knowledge.staff import COLUMNS as STAFF_COLUMNS
from knowledge.staff import read_staff
from knowledge.stock import COLUMNS as STOCK_COLUMNS
from knowledge.stock import read_stock
from knowledge.stores import COLUMNS as STORE_COLUMNS
from knowledge.stores import read_stores
from knowledge.tables import Columns, Table, read_table
from knowledge.terms import Terms
from knowledge.welcome import Greeting, Welcome
from knowledge.yaml_file import Block, Tree, read_tree

T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """One version of everything HQ maintains; never changes after it was made."""

    version: str  #: 12 hex digits over the files it was read from
    stores: Mapping[str, Store]  #: by number
    staff: Mapping[str, StaffMember]  #: by lower-cased account
    entries: Mapping[str, Entry]  #: by number; also those that are stopped or drafts
    persona: Persona
    policy: Policy
    welcome: Welcome
    index: Index
    lexicon: Lexicon = field(default_factory=Lexicon)
    acceptance: tuple[Acceptance, ...] = ()
    products: Mapping[str, Product] = field(default_factory=dict)  #: by number
    sales: Sales = field(default_factory=Sales)
    sentences: Mapping[str, bytes] = field(default_factory=dict)  #: HQ's intents/*.yaml, by path; `intents` reads them
    holidays: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  #: HQ's holidays/*.yaml, by path
    _places: Places = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", Places(self.stores.values()))

    def store_by_account(self, account: str) -> tuple[Store, ...]:
        """The stores that share this 客服账号."""
        return tuple(store for store in self.stores.values() if account in store.accounts)

    def find_stores(self, text: str) -> tuple[Store, ...]:
        """The stores that `text` names: the longest name or alias wins; else all stores of a city it names."""
        return self._places.find(text)

    def calibrated(self, calibration: Calibration) -> Content:
        """The same content with other confidences; cheap, everything else is shared."""
        return self.with_index(self.index.calibrated(calibration))

    def with_index(self, index: Index) -> Content:
        """The same content, searched by another index of it; cheap."""
        other = copy(self)
        object.__setattr__(other, "index", index)
        return other

    def entry_for(self, number: str, store: Store | None) -> Entry | None:
        """The entry of that number as `store` has it."""
        entry = self.entries.get(number)
        return entry.in_store(store) if entry else None


@dataclass(frozen=True)
class Loaded:
    """What came of reading a folder."""

    content: Content | None  #: None when there is any error
    problems: tuple[Problem, ...]  #: errors first, then by file and row
    version: str = ""  #: of the files as read, also when they are wrong
    entries: int = 0  #: rows of questions, right or wrong
    usable: int = 0  #: of these, rows without an error


def load(files: Mapping[str, bytes]) -> Loaded:
    """Read HQ's folder: relative paths with forward slashes, and what is in the files. Never raises on bad input."""
    opened, problems = open_archives(files)
    folder = sort_files(opened)
    folder.problems.extend(problems)
    return _Loading(opened, folder).load()


class _Loading:
    """One pass over the folder, collecting what is wrong."""

    def __init__(self, files: Mapping[str, bytes], folder: Folder) -> None:
        self._files = files
        self._folder = folder
        self._problems = list(folder.problems)
        self._columns: frozenset[str] | None = None  #: of the stores' table; None where the folder has none
        self._written: Mapping[tuple[str, str], Mapping[str, str]] = {}

    def load(self) -> Loaded:
        stores, columns = self._stores()
        places = Places(stores.values()) if columns is not None else None
        staff = self._staff(places)
        faq = self._faq(Chain(places, columns))
        entries, rows = faq.entries, faq.rows
        products = self._products(places)
        sales = self._sales(products, places)
        acceptance, lexicon = self._acceptance(faq, places), self._lexicon(faq)
        self._note(*find_problems(entries, faq.every, stores.values(), products.values(), lexicon))
        self._columns = columns
        persona = self._parse(Kind.PERSONA, Persona.parse, Persona())
        policy = self._parse(Kind.POLICY, Policy.parse, Policy())
        welcome = self._welcome(places, {entry.number: entry for entry in entries})
        version = _version(self._files, self._folder)
        read = {path: self._tree(path) for path in self._folder.files[Kind.HOLIDAYS]}
        holidays = {path: tree for path, tree in read.items() if tree is not None}
        problems = tuple(sorted(dict.fromkeys(map(self._as_written, self._problems)), key=_order))
        wrong_rows = {(problem.file, problem.sheet, problem.row) for problem in problems if problem.is_error}
        usable = sum((entry.place.file, entry.place.sheet, entry.place.row) not in wrong_rows for entry in entries)
        if any(problem.is_error for problem in problems):
            return Loaded(None, problems, version, rows, usable)
        content = Content(
            version,
            MappingProxyType(stores),
            MappingProxyType(staff),
            MappingProxyType({entry.number: entry for entry in entries}),
            persona,
            policy,
            welcome,
            Index(expand(entries), words=Places(stores.values()).names, synonyms=_synonyms(lexicon, products.values())),
            lexicon,
            acceptance,
            MappingProxyType(products),
            sales,
            {path: self._files[path] for path in self._folder.files[Kind.SENTENCES]},
            holidays,
        )
        return Loaded(content, problems, version, rows, usable)

    def _as_written(self, problem: Problem) -> Problem:
        """With the header that HQ's file has, where it is another word for ours."""
        written = self._written.get((problem.file, problem.sheet), {}).get(problem.column)
        return replace(problem, column=written) if written else problem

    def _stores(self) -> tuple[dict[str, Store], frozenset[str] | None]:
        """The stores, and the columns of their table; None for a folder without one."""
        path = self._folder.only(Kind.STORES)
        if path is None:
            self._note(
                warning(Place(""), "no-stores", "没有门店表(stores.xlsx 或 .csv),门店名和 {{门店.…}} 没法核对。")
            )
            return {}, None
        table = self._table(path, read_table(path, self._files[path], STORE_COLUMNS))
        stores, problems = read_stores(table)
        self._note(*problems)
        return stores, frozenset((*table.headers, *STORE_COLUMNS.known))

    def _staff(self, places: Places | None) -> dict[str, StaffMember]:
        path = self._folder.only(Kind.STAFF)
        if path is None:
            self._note(warning(Place(""), "no-staff", "没有员工表(staff.xlsx 或 .csv),客人的问题发不到人。"))
            return {}
        staff, problems = read_staff(self._table(path, read_table(path, self._files[path], STAFF_COLUMNS)), places)
        self._note(*problems)
        return staff

    def _faq(self, chain: Chain) -> Faq:
        faq = read_faq(self._files, self._folder, chain)
        self._written = faq.written
        self._note(*faq.problems)
        return faq

    def _products(self, places: Places | None) -> dict[str, Product]:
        products, problems = read_products(self._table_of(Kind.PRODUCTS, PRODUCT_COLUMNS), places)
        self._note(*problems)
        return products

    def _sales(self, products: Mapping[str, Product], places: Places | None) -> Sales:
        stock, problems = read_stock(self._table_of(Kind.STOCK, STOCK_COLUMNS), products, places)
        commission, found = read_commission(self._table_of(Kind.COMMISSION, COMMISSION_COLUMNS), products)
        self._note(*problems, *found)
        sales = Sales(stock, commission, self._parse(Kind.ORDERS, Terms.parse, Terms()))
        paths = {"stock": self._folder.only(Kind.STOCK), "terms": self._folder.only(Kind.ORDERS)}
        self._note(*find_sales_problems(sales, products, **paths))
        return sales

    def _acceptance(self, faq: Faq, places: Places | None) -> tuple[Acceptance, ...]:
        acceptance, problems = read_acceptance(faq.acceptance, faq.numbers, places)
        self._note(*problems)
        return acceptance

    def _lexicon(self, faq: Faq) -> Lexicon:
        path = self._folder.only(Kind.LEXICON)
        rows, problems = read_lexicon_file(path, self._files[path]) if path else ({}, [])
        lexicon, found = read_lexicon({**rows, SYNONYMS: [*rows.get(SYNONYMS, ()), *faq.synonyms]})
        self._note(*problems, *found)
        return lexicon

    def _welcome(self, places: Places | None, entries: Mapping[str, Entry]) -> Welcome:
        path = self._folder.only(Kind.WELCOME)
        welcome = self._parse(Kind.WELCOME, Welcome.parse, Welcome())
        if path is None:
            return welcome
        by_store: dict[str, Greeting] = {}
        for name, greeting in welcome.by_store.items():
            try:
                by_store[places.resolve(name).number if places else name] = greeting
            except ValueError as failure:
                self._note(error(Place(path, column=name), "unknown-store", str(failure), name))
        for greeting in _greetings(welcome):
            self._note(*_menu_problems(greeting, entries, path))
        return replace(welcome, by_store=MappingProxyType(by_store))

    def _parse(
        self, kind: Kind, parse: Callable[[Mapping[str, object], Place], tuple[T, Iterable[Problem]]], default: T
    ) -> T:
        path = self._folder.only(kind)
        tree = self._tree(path) if path is not None else None
        if path is None or tree is None:
            return default
        value, found = parse(tree, Place(path))
        self._note(*found, *_unknown_names(tree, Place(path), self._columns))
        return value

    def _tree(self, path: str) -> Block | None:
        """A YAML file of names and what they stand for; None when it is not that."""
        tree, problems = read_tree(self._files[path], Place(path))
        self._note(*problems)
        if not isinstance(tree, Block):
            self._note(error(Place(path), "bad-yaml", "这个文件要写成一行一个「名字: 内容」。"))
            return None
        return tree

    def _table_of(self, kind: Kind, columns: Columns) -> Table:
        """The table of a kind that a folder need not have; empty without."""
        path = self._folder.only(kind)
        return self._table(path, read_table(path, self._files[path], columns)) if path else Table()

    def _table(self, path: str, table: Table) -> Table:
        self._note(*table.problems)
        if not table.rows and not table.problems:
            self._note(warning(table.header or Place(path), "empty-table", "这个文件只有表头,没有内容。"))
        return table

    def _note(self, *problems: Problem) -> None:
        self._problems.extend(problems)


def _synonyms(lexicon: Lexicon, products: Iterable[Product]) -> dict[str, str]:
    """HQ's synonyms, and before them what products are called besides."""
    return {alias: product.name for product in products for alias in product.aliases} | dict(lexicon.synonyms)


def _greetings(welcome: Welcome) -> list[Greeting]:
    default = [welcome.default] if welcome.default else []
    return [*default, *welcome.by_scene.values(), *welcome.by_store.values()]


def _menu_problems(greeting: Greeting, entries: Mapping[str, Entry], path: str) -> Iterable[Problem]:
    for number, label in greeting.items:
        entry = entries.get(number)
        place = Place(path, column="菜单")
        if entry is None:
            hint = did_you_mean(number, entries)
            yield error(
                place, "unknown-entry", f"菜单「{label}」指向的编号「{number}」在问答里没有。{hint}请核对编号。", number
            )
        elif entry.status is not Status.ACTIVE or not entry.answer_for(Audience.CUSTOMER):
            yield error(
                place,
                "entry-not-served",
                f"菜单「{label}」指向的 {number}({entry.question})没有启用,或者不是给客人看的,客人点了没有回答。"
                "请换一条。",
                number,
            )


def _unknown_names(tree: Tree, place: Place, columns: frozenset[str] | None) -> Iterator[Problem]:
    """Sentences that name a column which the stores' table does not have."""
    if isinstance(tree, Block):
        for key, value in tree.items():
            yield from _unknown_names(value, Place(place.file, row=tree.lines[key], column=key), columns)
    elif isinstance(tree, list):
        for item in tree:
            yield from _unknown_names(item, place, columns)
    elif not template.check(tree, None):
        for reason in template.check(tree, columns):
            yield error(place, "bad-template", reason, tree)


def version_of(files: Mapping[str, bytes]) -> str:
    """The version that these files would have; quick, nothing is read."""
    return _version(files, sort_files(files))


def _version(files: Mapping[str, bytes], folder: Folder) -> str:
    """Of the files that were read, so that a change elsewhere makes no new version."""
    digest = hashlib.sha256()
    for path in sorted(path for paths in folder.files.values() for path in paths):
        digest.update(path.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(files[path]).digest())
    return digest.hexdigest()[:12]


def _order(problem: Problem) -> tuple[bool, str, str, int]:
    return not problem.is_error, problem.file, problem.sheet, problem.row
