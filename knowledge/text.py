"""What people write, brought to one form. The only importer of jieba.

normalise        請問WiFi密碼是多少？？[微笑]  →  请问wifi密码是多少
strip_courtesy   您好,请问一下几点退房呀~谢谢  →  几点退房
words            请问wifi密码是多少            →  请问 wifi 密码 是 多少
"""

from __future__ import annotations

import functools
import logging
import re
import threading
import unicodedata
import warnings
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

#: WeChat writes its own emoji as words in brackets; only known ones go, for [定金] is what a customer wrote.
_WECHAT_EMOJI = (
    "微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|囧|抓狂|吐|偷笑|愉快|白眼|傲慢|困|惊恐|憨笑|悠闲|咒骂|疑问|嘘|晕|"
    "衰|骷髅|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|右哼哼|鄙视|委屈|快哭了|阴险|亲亲|可怜|笑脸|生病|脸红|破涕为笑|恐惧|失望|无语|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|"
    "加油|汗|天啊|emm|社会社会|旺柴|好的|打脸|哇|翻白眼|666|让我看看|叹气|苦涩|裂开|嘴唇|爱心|心碎|拥抱|强|弱|握手|胜利|抱拳|勾引|拳头|ok|合十|啤酒|咖啡|"
    "蛋糕|玫瑰|凋谢|菜刀|炸弹|便便|月亮|太阳|庆祝|礼物|红包|发|福|烟花|爆竹|猪头|跳跳|发抖|转圈"
)
_EMOJI_WORD = re.compile(rf"\[(?:{_WECHAT_EMOJI})\]")
#: A mark, unless it says something where it stands: 3.5 · 10:30 · 50% · a@b.cn
_MARK = re.compile(r"(?<=\d)[.:/-](?=\d)|(?<=\d)%|(?<=[a-z0-9])[@._-](?=[a-z0-9])|(?P<other>[\W_])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BETWEEN_WORDS = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")

_YOU = "(?:[你您]们?)?"
_BESIDE = "(?:顺便|顺带|另外|还有|再|还|也)?"
_ASK = "(?:请教|请问|咨询|问问|问|了解|打听|询问|确认|知道)"
_GREETING = re.compile(
    rf"""(?:(?:
        (?:你|您|大家)们?好(?!像|几|多|久|大|意思|吃|喝|玩)
      | (?:哈喽|哈啰|哈罗|嗨喽|hello|hi|hey)(?![a-z])
      | (?:早上|上午|中午|下午|晚上)好 | 早[安呀啊](?=\s|$) | 晚安(?=\s|$) | 早(?=\s)
      | (?:喂|嗨|亲|亲爱的|哎|诶|那个|老板|小二|店小二|帅哥|美女|小姐姐|小哥哥|服务员|客服|前台)(?=\s)
      | 在[吗么] | 在不在(?=\s|$) | 有人在?[吗么] | 在线吗
      | 我?(?:就是?)?{_BESIDE}(?:想要?|要|需要)?{_ASK}(?:一下子?|下|一声|个问题)+{_YOU}
      | 我?(?:就是?)?{_BESIDE}想要?(?:请问|咨询|问问|问|知道|了解)(?!题)
      | 请问(?:{_YOU}(?=\s))? | 问一?下 | 请教
      | (?:麻烦|劳烦|劳驾|拜托){_YOU}(?:帮我|帮忙|给我)?(?:(?:查|看|问|说|讲|告诉我|介绍)?一?下)?
      | 打扰(?:一下|了|下)? | 不好意思 | 抱歉 | 请(?=[帮给把])
      )[\s啊呀哦呢哈鸭吖哇]*)+""",
    re.VERBOSE,
)
_THANKS = re.compile(
    r"(?:谢谢|多谢|感谢|谢啦|谢了|谢过|thank you|thanks|thx|3q|(?:麻烦|辛苦|拜托)(?:[你您]们?)?[了啦]?)"
    r"(?:[你您]们?)?[了啦哦啊呀哈]*$"
)
_PARTICLES = " 啊阿呀哦噢喔哈呢嘛吗呗啦哇嘞咯哟唉呐"  # taken off the end by hand: a regex would try from every letter
_NOT_PARTICLES = {"么": "什怎那这多", "吧": "酒网水书茶贴"}  #: these two, unless they end one of these words
_SIMPLE = re.compile(r"[\u4e00-\u9fffa-z0-9]*")  #: nothing here has a width, a case or a mark
_RUN = re.compile(r"[a-z0-9]+(?:[.:%][a-z0-9]+)*%?|[^\sa-z0-9]+")  #: a Latin word or number; characters
_LAST_LATIN = "\u007f"
_REMEMBERED = 60  #: characters of a text whose key is remembered
_ROUNDS_MOST = 20  #: of taking courtesies off; nobody is more polite than that


def normalise(text: str) -> str:
    """One spelling for what reads the same: width, case, traditional characters, emoji, punctuation and spaces."""
    return _BETWEEN_WORDS.sub("", _fold(text))


def strip_courtesy(text: str) -> str:
    """Normalised text without greetings, thanks and fillers; "" when nothing else is left."""
    rest = _fold(text)
    for _ in range(_ROUNDS_MOST):
        before = rest
        match = _GREETING.match(rest)
        rest = rest[match.end() :] if match else rest
        rest = _without_particles(_THANKS.sub("", rest)).strip()
        if rest == before:
            break
    return _BETWEEN_WORDS.sub("", rest)


def _without_particles(text: str) -> str:
    bare = text.rstrip(_PARTICLES)
    while bare and bare[-1] in _NOT_PARTICLES and bare[-2:-1] not in tuple(_NOT_PARTICLES[bare[-1]]):
        bare = bare[:-1].rstrip(_PARTICLES)
    return bare


def key(text: str) -> str:
    """What two ways of writing the same question have in common; "" only for text without letters.

    While a folder is loaded, every wording is looked at four times: short texts are remembered, 14 MB at most.
    """
    return _key(text) if len(text) <= _REMEMBERED else _key.__wrapped__(text)


@functools.lru_cache(maxsize=1 << 15)
def _key(text: str) -> str:
    return strip_courtesy(text) or normalise(text)


def forget_keys() -> None:
    """After a load: what was remembered is not asked for again soon."""
    _key.cache_clear()


def words(text: str) -> list[str]:
    """Words of the normalised text, in order."""
    return cut(normalise(text))


def cut(plain: str) -> list[str]:
    """Words of a text that is normalised already."""
    return [word for word in _tokenizer().lcut(plain) if not word.isspace()]


def split(plain: str) -> list[str]:
    """Words of a text that is normalised already: at each place the longest that the dictionary knows.

    Five times as fast as `cut`, which weighs all ways and guesses at unknown words, and as good for finding entries.
    """
    found: list[str] = []
    frequency: Mapping[str, int] = _tokenizer().FREQ
    for match in _RUN.finditer(plain):
        run = match.group()
        found += _longest_words(run, frequency) if run[0] > _LAST_LATIN else [run]
    return found


def _longest_words(run: str, frequency: Mapping[str, int]) -> list[str]:
    found: list[str] = []
    known = frequency.get
    at, end = 0, len(run)
    while at < end:
        best = at + 1
        for upto in range(at + 2, end + 1):
            times = known(run[at:upto])
            if times is None:  # the dictionary holds every beginning of its words, those that are no words with 0
                break
            if times:
                best = upto
        found.append(run[at:best])
        at = best
    return found


def warm_up() -> None:
    """Load the dictionary now (about 1 s, 60 MB), so that the first question does not wait. Call off the loop."""
    words("预热")


def _fold(text: str) -> str:
    """Everything but the spaces between Chinese characters, which still show where a mark stood."""
    if _SIMPLE.fullmatch(text):
        return _simplify(text)
    plain = _simplify(unicodedata.normalize("NFKC", text).lower())
    plain = _THOUSANDS.sub("", _EMOJI_WORD.sub(" ", plain))
    return " ".join(_MARK.sub(_without_mark, plain).split())


def _simplify(text: str) -> str:
    """Most texts have nothing to translate, and to look is much quicker than to translate."""
    return text.translate(_simplified()) if _traditional().search(text) else text


def _without_mark(match: re.Match[str]) -> str:
    """Nothing for an invisible one; a space for the others; what says something stays."""
    mark = match["other"]
    if mark is None:
        return match[0]
    return "" if unicodedata.category(mark) in ("Cf", "Mn") else " "


@functools.cache
def _simplified() -> Mapping[int, str]:
    lines = (files("knowledge") / "t2s.txt").read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return {ord(traditional): simple for traditional, simple in zip(pairs[::2], pairs[1::2], strict=True)}


@functools.cache
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(map(chr, _simplified())))}]")


_loading = threading.Lock()


def _tokenizer() -> Any:
    with _loading:
        return _load_tokenizer()


@functools.cache
def _load_tokenizer() -> Any:
    """A tokenizer of our own, so that nobody's user words reach it.

    jieba would keep its dictionary as a marshal file in the shared temporary folder and trust whatever lies there:
    the dictionary is read from the package instead, which takes the same second.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba imports pkg_resources, which is deprecated
        import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer
