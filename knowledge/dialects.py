"""The exports of other systems, told by their headers, in our columns: HQ moves in by dropping its old file.

MaxKB, FastGPT, WeKnora (and 微信对话开放平台 before it), Dify, 微信客服's robot, 腾讯企点, 腾讯云智能体开发平台 (LKE).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from knowledge.cells import plain, span, split_questions
from knowledge.headers import Converted, Dialect

_YES = ("true", "1", "是", "yes")
_NO = ("false", "0", "否", "no", "")
_LISTED = re.compile(r"\s*(?:[-*]|\d{1,3}[.、)])\s*")
_PATH = re.compile(r"[/>›|\\]")
_SIMILAR_MARKS = re.compile(r"##|[;；|\n\r]+")
_LONGEST_QUESTION = 200  #: characters; what FastGPT indexes beyond that is text, not a question
_LONGEST_TOPIC = 8  #: characters of a title that serves as 二级分类


def _maxkb(row: Mapping[str, str]) -> Converted:
    """Questions stand one a line; without any, the title is what is asked."""
    questions = split_questions(row.get("问题") or row.get("question", ""))
    title = " ".join((row.get("分段标题") or row.get("sectiontitle", "")).split())
    is_topic = bool(questions) and len(title) <= _LONGEST_TOPIC
    similar = (*questions[1:], *([title] if questions and title and not is_topic else []))
    return Converted(
        {
            "标准问题": questions[0] if questions else title,
            "相似问题": "\n".join(similar),
            "客户版答案": row.get("分段内容") or row.get("sectioncontent", ""),
            "二级分类": title if is_topic else "",
        }
    )


def _fastgpt(row: Mapping[str, str]) -> Converted:
    """Indexes beside the question are more ways of asking; a copy of question and answer is none."""
    question, answer = row.get("q") or row.get("index", ""), row.get("a") or row.get("content", "")
    known = {plain(line) for line in (question, *answer.splitlines(), f"{question}{answer}")}
    listed = "\n".join(row.get(name, "") for name in ("indexes", "index"))
    similar = [said for said in _indexes(listed) if plain(said) not in known]
    first, *others = split_questions(question) or ("",)
    kept = [said for said in (*others, *similar) if len(said) <= _LONGEST_QUESTION]
    return Converted({"标准问题": first, "相似问题": "\n".join(kept), "客户版答案": answer})


def _indexes(text: str) -> Iterable[str]:
    """One a line, perhaps numbered, or a JSON list of texts."""
    for line in text.splitlines():
        try:
            listed = json.loads(line) if line.startswith("[") else None
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list):
            yield from (" ".join(str(said).split()) for said in listed if isinstance(said, str))
        else:
            yield from split_questions(_LISTED.sub("", line, count=1))


def _dify(row: Mapping[str, str]) -> Converted:
    first, *others = split_questions(row.get("question", "")) or ("",)
    return Converted({"标准问题": first, "相似问题": "\n".join(others), "客户版答案": row.get("answer", "")})


def _weknora(row: Mapping[str, str]) -> Converted:
    """Several answers are either all said or one of them by chance; we say the first."""

    def cell(*names: str) -> str:
        return next((row[name] for name in names if row.get(name)), "")

    answers = [answer.strip() for answer in cell("机器人回答", "answers").split("##") if answer.strip()]
    says_all = plain(cell("是否全部回复", "answer_strategy")).lower() in (*_YES, "all")
    cells = {
        "一级分类": cell("标签", "分类", "tag_name"),
        "标准问题": cell("问题", "standard_question"),
        "相似问题": cell("相似问题", "similar_questions"),
        "反例问题": cell("反例问题", "negative_questions"),
        "客户版答案": "\n".join(answers if says_all else answers[:1]),
        "状态": _weknora_status(row),
    }
    lost = f"有 {len(answers)} 个回答,只取了第一个。要都说,请合成一段。" if len(answers) > 1 and not says_all else ""
    return Converted(cells, {"客户版答案": lost} if lost else {})


def _weknora_status(row: Mapping[str, str]) -> str:
    """What cannot be read is left for the reader of 状态 to refuse: nothing that was stopped goes into service."""
    stopped, enabled = plain(row.get("是否停用", "")).lower(), plain(row.get("is_enabled", "")).lower()
    if stopped in _YES or (enabled in _NO and enabled):
        return "停用"
    if stopped in _NO and enabled in (*_YES, ""):
        return "启用"
    return stopped or enabled


def _kf(row: Mapping[str, str]) -> Converted:
    """微信客服's robot: one answer, perhaps with attachments, which we do not send."""
    answers = [answer.strip() for answer in row.get("answers", "").split("##") if answer.strip()]
    remarks = {}
    if attachments := row.get("attachments"):
        remarks["客户版答案"] = f"附件({attachments})没有带过来,现在只发文字。需要的话把内容写进答案。"
    return Converted(
        {
            "编号": row.get("intent_id", ""),
            "一级分类": row.get("group_name", ""),
            "标准问题": " ".join(row.get("question", "").split()),
            "相似问题": row.get("similar_questions", ""),
            "客户版答案": "\n".join(answers),
        },
        remarks,
    )


def _qidian(row: Mapping[str, str]) -> Converted:
    category, *below = _PATH.split(row.get("问题分类", ""), maxsplit=1)
    starts, ends = span(row.get("有效期", ""))
    similar = (said.strip() for said in _SIMILAR_MARKS.split(row.get("相似问题", "")))
    return Converted(
        {
            "编号": row.get("编号", ""),
            "一级分类": category.strip(),
            "二级分类": below[0].strip() if below else "",
            "标准问题": row.get("标准问题", ""),
            "相似问题": "\n".join(said for said in similar if said),
            "客户版答案": row.get("答案", ""),
            "生效日期": starts,
            "失效日期": ends,
            "状态": row.get("状态", ""),
        }
    )


def _lke(row: Mapping[str, str]) -> Converted:
    """Ten levels of categories: the first is ours, the others are one path below it. 生效范围 knows also 停用."""
    levels = [row.get(f"{number}级分类", "") for number in _LEVELS]
    known = [
        level.strip() for arabic, chinese in zip(levels[:10], levels[10:], strict=True) if (level := arabic or chinese)
    ]
    remarks = {}
    if row.get("自定义参数"):
        remarks["客户版答案"] = "自定义参数没有带过来。适用门店、渠道等请填到我们自己的列里。"
    starts, ends = span(row.get("有效期", ""))
    return Converted(
        {
            "一级分类": known[0] if known else "",
            "二级分类": "/".join(known[1:]),
            "标准问题": row.get("问题", ""),
            "相似问题": row.get("相似问", ""),
            "客户版答案": row.get("答案", ""),
            "生效日期": starts,
            "失效日期": ends,
            "状态": _lke_status(row),
        },
        remarks,
    )


def _lke_status(row: Mapping[str, str]) -> str:
    """Only what is published there goes into service here: 开发域 is their word for a draft."""
    scope = plain(row.get("生效范围", ""))
    if any(word in scope for word in ("停用", "禁用", "不生效", "失效")):
        return "停用"
    if "开发" in scope and "发布" not in scope:
        return "草稿"
    return row.get("启用状态") or row.get("是否启用", "")


def _dialect(
    name: str, marks: Iterable[str], columns: Mapping[str, str], rest: str = "", *, is_whole: bool = False
) -> Dialect:
    sets = tuple(frozenset(words.split()) for words in marks)
    return Dialect(name, sets, MappingProxyType(dict(columns)), _CONVERT[name], rest, is_whole)


_LEVELS = (*range(1, 11), *"一二三四五六七八九十")
_CONVERT = {
    "腾讯云智能体平台": _lke,
    "MaxKB": _maxkb,
    "FastGPT": _fastgpt,
    "WeKnora": _weknora,
    "微信客服机器人": _kf,
    "腾讯企点": _qidian,
    "Dify": _dify,
}

DIALECTS: tuple[Dialect, ...] = (
    _dialect(
        "腾讯云智能体平台",
        ["问题 答案 相似问 有效期 自定义参数", "问题 答案 10级分类", "问题 答案 十级分类"],
        {
            **{f"{number}级分类": "一级分类" if number in (1, "一") else "二级分类" for number in _LEVELS},
            "问题": "标准问题",
            "答案": "客户版答案",
            "相似问": "相似问题",
            "有效期": "失效日期",
            "自定义参数": "客户版答案",
            "生效范围": "状态",
            "是否启用": "状态",
            "启用状态": "状态",
        },
    ),
    _dialect(
        "MaxKB",
        ["分段内容", "sectioncontent"],
        {
            "分段标题": "二级分类",
            "sectiontitle": "二级分类",
            "问题": "标准问题",
            "question": "标准问题",
            "分段内容": "客户版答案",
            "sectioncontent": "客户版答案",
        },
    ),
    _dialect(
        "FastGPT",
        ["q a metadata"],
        {"q": "标准问题", "a": "客户版答案", "index": "相似问题", "indexes": "相似问题"},
    ),
    _dialect(
        "FastGPT",
        ["q a"],
        {"q": "标准问题", "a": "客户版答案", "indexes": "相似问题"},
        rest="indexes",
    ),
    _dialect("FastGPT", ["index content"], {"index": "标准问题", "content": "客户版答案"}),
    _dialect(
        "WeKnora",
        ["问题 机器人回答 是否停用", "问题 机器人回答 是否全部回复", "standard_question answers"],
        {
            "标签": "一级分类",
            "分类": "一级分类",
            "tag_name": "一级分类",
            "问题": "标准问题",
            "standard_question": "标准问题",
            "相似问题": "相似问题",
            "similar_questions": "相似问题",
            "反例问题": "反例问题",
            "negative_questions": "反例问题",
            "机器人回答": "客户版答案",
            "answers": "客户版答案",
            "是否停用": "状态",
            "is_enabled": "状态",
            "是否全部回复": "客户版答案",
            "answer_strategy": "客户版答案",
        },
    ),
    _dialect(
        "微信客服机器人",
        ["question answers"],
        {
            "intent_id": "编号",
            "group_id": "一级分类",
            "group_name": "一级分类",
            "question": "标准问题",
            "similar_questions": "相似问题",
            "answers": "客户版答案",
            "attachments": "客户版答案",
        },
    ),
    _dialect(
        "腾讯企点",
        ["标准问题 答案 问题分类", "标准问题 答案 关联问题", "标准问题 答案 有效期"],
        {
            "编号": "编号",
            "问题分类": "一级分类",
            "标准问题": "标准问题",
            "相似问题": "相似问题",
            "答案": "客户版答案",
            "有效期": "失效日期",
            "状态": "状态",
        },
    ),
    _dialect("Dify", ["question answer"], {"question": "标准问题", "answer": "客户版答案"}, is_whole=True),
)
