"""The places of a message where a day begins to be said, as expressions; readers.py makes days of them.

Each expression is tried where one of them fits first; what follows a day (第二天, 前一周, 晚上八点) is offsets.py's.
"""

from __future__ import annotations

import functools
import re
from itertools import pairwise

from intents.daytime import CLOCK, DELTA, PART
from intents.numerals import COUNT

_NINE = "一二三四五六七八九"
DAY = rf"(?:三十一?|[二廿]十[{_NINE}]?|廿[{_NINE}]?|十[{_NINE}]?|[{_NINE}]|(?<!\d)(?:3[01]|[12]\d|0?[1-9])(?!\d))"
MONTH = rf"(?:十[一二]?|[{_NINE}]|(?<![\d.])(?:1[0-2]|0?[1-9]))"
_YEAR = (
    rf"(?:(?:(?P<y>20\d\d|(?<!\d)\d\d|二[零〇][零〇{_NINE}]{{2}}|[二三四五][零〇{_NINE}])年"
    r"|(?P<ry>今|本|明|大?后|去|前)年)的?)"
)
SPAN = r"(?:到|至|-+|~+|直到)"  #: between the two ends of a range
AND = r"(?:、|,|/|和|跟|及|与|以及|还有|\+|&)"  #: between days counted out
#: What a number before 号 is when it is no day: 15号楼, 3号线.
_NOT_DAY = (
    r"(?![楼线店院桌厅桩口馆柜窗床座栋库位码球场沙仓席货站泳]|房(?!型|价|还|有|多少|贵|什么)|[门车机](?!票)|单元|公[馆路寓]|高速|航站|"
    r"登机|技师|员工|同学|包[厢间]|[汽柴]油|充电|商品|产品|链接|客服|会议|套餐[,的]|电梯|[出入]口|检票|地铁|别墅|套?间(?!大|双|房))"
)
_NO_COUNT = (
    r"(?![\d.:个间套位杯份人晚天点月年元块楼层周号日岁米斤件瓶张%折]|小时|分钟|[多来几]|[零一二三四五六七八九十百千万])"
)
#: 五 of 五六号.
_NEXT = "(?:" + "|".join(f"{one}(?={two}[号日])" for one, two in pairwise(_NINE)) + ")"
_TENS = rf"[二三]?十[{_NINE}]?"
_SIGNED = rf"{DAY}(?:[号]{_NOT_DAY}|日(?![游内间租票元本式用常间]|三餐|套票|之内))"
_BARE = (
    rf"(?:{DAY}(?=(?:{SPAN}|{AND}){DAY}(?:{SPAN}|{AND}|[号日]|{DAY}))|{_TENS}(?={_TENS}[号日])|(?:[二三]?十)?{_NEXT})"
)
_LOOSE = rf"{DAY}{_NO_COUNT}"
#: One or more days of a month: 3号 · 3号到5号 · 25、26号 · 3到5号. In `DAYS_OF_MONTH` the last may lack its 号.
DAYS = rf"(?:(?:(?:{_SIGNED}|{_BARE})(?:{SPAN}|{AND})?)*{_SIGNED})"
_THEN = rf"(?:{SPAN}|{AND})(?={DAY}(?:[号日]|{_NO_COUNT}))"
_SEVERAL = rf"(?:{_TENS}(?={_TENS}[号日])|(?:[二三]?十)?{_NEXT}|(?:{_SIGNED}|{_LOOSE}|{_BARE}){_THEN})*"
DAYS_OF_MONTH = rf"(?:{_SEVERAL}(?:{_SIGNED}|{_LOOSE}))"
WEEKDAYS = rf"(?:[{_NINE[:6]}日天]|[1-7](?!\d))"
#: More weekdays right after the first: 五六日 · 五、六 · 一到五.
_MORE_WEEKDAYS = (
    rf"(?:(?:{SPAN}|、|和|跟|,)?[二三四五六日天](?![点个间套位杯份人晚天号月岁楼层块元周十]|[一二三四五六七八九]点))"
)
WEEK = r"(?:周|星期|礼拜)"
UNIT = r"(?:天|日|个?(?:星期|礼拜)|周|个月|月|年)"
AMOUNT = (
    rf"(?:半个?|[一二两三]?百|{COUNT}个半|[二三]?十[来几多]|\d0[来多]|{COUNT}|几|[两三四五六七八][三四五六七八九]"
    r"|些|一段)"
)
_MONTH_NOT = r"(?![卡饼租子薪嫂票费供亮销])"
_NOT_GIFT = r"(?!快乐|月饼|粽子|礼盒|老人|树|帽|限定|杯|装饰|歌|卡|汤圆|贺卡|氛围)"

_VERBS = [verb + on for verb in ("入住", "离店", "退房") for on in ("", "时间", "日期")]
_AFTER_VERB = "(?:" + "|".join(f"(?<={verb})" for verb in _VERBS) + ")"
_FIRST_TEN = rf"初(?:十|10|[{_NINE}1-9])"
_NO_SIGN = r"(?![日号\d天个间晚人点月])"
_MANY = rf"(?:{COUNT}|几|[两三四五六七八][三四五六七八九])"
_WEEKS_ON = r"这个?|本|再?下{1,3}个?|上{1,2}个?"
_NAMED = {
    "iso": r"(?<![\d./])(?P<y>20\d\d)(?:[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d/.]|-(?!20\d\d)\d{3})"
    r"|(?P<c>[01]\d[0-3]\d)(?!\d))[日号]?",
    "next": r"(?:第二天|次日|翌日|隔天|转天|第2天)(?!的?第)",
    "nights": rf"(?<![第\d初零一二三四五六七八九十])(?P<n>{_MANY})个?(?:晚上?|夜|宿)"
    rf"(?![餐饭场宴市景店班间安宵用点]|上?(?:\d|[{_NINE}十]{{1,2}})点)",
    "stay": r"(?P<v>[住待呆玩订定续间套房床]|预订|入住|一共|总共|连续|连着|共)(?:了|满|上|个)?"
    rf"(?P<n>{COUNT}|半)(?P<u>天|周|个?(?:星期|礼拜)|个月)(?![后前内以之])(?:(?P<m>{COUNT})[晚夜])?",
    "trip": rf"(?<![第\d])(?P<n>{COUNT})天(?P<m>{COUNT})[晚夜]",
    "delta": DELTA,
    "after": rf"(?<![第提\d零一二三四五六七八九十.])(?P<n>{AMOUNT})(?P<u>{UNIT})(?:左右)?"
    r"(?:以后|之后|过后|后)(?![勤台面])",
    "pass": rf"(?<![不超通经错路难])再?(?:过|等)(?:上|个)?(?P<n>{AMOUNT}|阵)(?P<u>{UNIT}|子)(?![后前])",
    "ago": rf"(?<![第提至入住退前少\d])(?P<n>{COUNT})(?P<u>{UNIT})(?:前|之前|以前)(?=[的就我订定住买下在来])",
    "vague": r"(?P<v>这[两几些]天|近[几两]天|最近[几两]天|近期|这阵子|过阵子|"
    rf"(?:未来|接下来|往后|今后|之后)[的这]?(?P<n>{COUNT}|几)(?P<u>天|周|个星期))",
    "lunar": rf"{_YEAR}?(?:(?:(?:农历|阴历|旧历|老历|古历)的?闰?(?P<m1>{MONTH}|[正腊冬])月份?|(?P<m2>[正腊冬])月份?)"
    rf"(?P<d1>{_FIRST_TEN}|{DAY})?|(?P<m3>{MONTH})月(?P<d3>{_FIRST_TEN}|廿[{_NINE}]?"
    rf"|(?<=八月)十五{_NO_SIGN}|(?<=五月)五{_NO_SIGN}))[号日]?",
    "newyear": rf"(?<![小从当最起月历学读上\d])(?:大年|年|正月|新年|过年)?初(?P<ld>十|10|[{_NINE}1-9])"
    rf"(?![中学生级班高次步])",
    "tens": rf"(?:(?P<m>{MONTH})月)?(?P<n>[二三]?十|[123]0?)[几来多][号日]",
    "month": rf"(?<![\d./个第十{_NINE}半])(?<!\d-)(?:{_YEAR}?(?:(?P<m>{MONTH}|元)月份?"
    rf"|(?P<rm>这个?|本|当|再?下+个?|上+个?)月份?(?!球))){_MONTH_NOT}",
    "month_part": rf"(?<![\d{_NINE}十个])月(?P<p>底|末|初|中旬)(?!于)|年底|年末|年初(?![{_NINE}十])",
    "days": rf"(?<![\d.a-z#第尾编路街巷弄道胡同/月])(?<!\d:)(?:{DAYS}|{DAY}(?=入住|离店|退房)"
    rf"|{_AFTER_VERB}{DAY}(?![-/~]){_NO_COUNT})",
    "md": r"(?<![\d./a-z¥$%])(?<!\d:)(?P<m>1[0-2]|0?[1-9])(?P<sep>[./-])(?P<d>3[01]|[12]\d|0?[1-9])(?![\d%]|[./:]\d)",
    "day": r"(?P<w>(?:今明后?|明后|今后(?=两天))(?:两天|三天|天|两晚|日)|大*后(?:[天日儿](?!性)|个儿)|大*前[天日](?!台)"
    r"|[今明昨](?:[天日儿](?!气)|个儿|(?=[早晚夜]))|(?<![然以之最往午前过天周月日])后(?=[早晚])(?!晚上?[会再])"
    r"|听日|today|tonight|tomorrow)个?",
    "weekend": rf"(?P<p>{_WEEKS_ON}|每个?)?(?:{WEEK}的?)?(?:周末|双休日?)(?!愉快|快乐|价)",
    "weekday": rf"(?P<p>{_WEEKS_ON})?(?P<l>(?<![{_NINE}两十几半\d个每姓老小]))?(?:{WEEK}的?(?:那个)?)?"
    rf"(?:(?<=[周期拜的])的?)?{WEEK}(?P<w>{WEEKDAYS})(?P<more>{_MORE_WEEKDAYS}*)(?![杰围岁边福])",
    "week": rf"(?P<p>这一?个?|本|再?下{{1,3}}一?个?|上{{1,2}}个?){WEEK}(?![{_NINE[:6]}日天末1-7边围])",
}

#: Short names that are also a part of other words: what must not stand before and after them.
_GUARDS = {
    "十一": (
        "(?<![二三四五六七八九十一第月周初期拜\\d])",
        "(?![月点楼个间位号日人份杯一二三四五六七八九十天晚多元块周岁层届年分小路街广中道折])",
    ),
    "五一": (
        "(?<![一二三四五六七八九十第\\d周期拜])",
        "(?![路街广大商新店道村桥站中楼十\\d月点个号日杯元块]|[一二三四五六七八九](?![间天个位晚]))",
    ),
    "六一": (
        "(?<![一二三四五六七八九十第\\d周期拜])",
        "(?![路街广店道中楼十\\d月点个号日杯元块]|[一二三四五六七八九](?![间天个位晚]))",
    ),
    "520": ("(?<![\\d房号室间.住])", "(?=那|当|这|节|活动|情人|前|后|晚上|期间|大促|有活动|订|有房|优惠|$)"),
    "618": ("(?<![\\d房号室间.住])", "(?=那|当|这|节|活动|大促|前|后|晚上|期间|有活动|优惠|$)"),
    "小年": ("(?<![最很大])", "(?![轻龄纪份])"),
    "二月二": ("", "(?![十日号天个])"),
    "九月九": ("", "(?![十日号天个])"),
    "三月三": ("", "(?![十日号天个])"),
    "过年": ("(?<![通超经不])", ""),
    "跨年": ("", "(?!龄)"),
}


def _guarded(name: str) -> str:
    before, after = _GUARDS.get(name, ("", ""))
    return f"{before}{re.escape(name)}{after}"


@functools.lru_cache(maxsize=8)
def grammar(names: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    """What finds the next place, and for each kind what takes it apart. `names`: of named days, longest first."""
    kinds = {
        "iso": _NAMED["iso"],
        "festival": rf"{_YEAR}?(?P<f>{'|'.join(_guarded(name) for name in names)}){_NOT_GIFT}",
        **{kind: expression for kind, expression in _NAMED.items() if kind != "iso"},
        "time": CLOCK,
        "part": rf"(?P<only>{PART})",
    }
    plain = ((kind, re.sub(r"\(\?P<\w+>", "(?:", expression)) for kind, expression in kinds.items())
    anywhere = re.compile("|".join(f"(?P<{kind}>{expression})" for kind, expression in plain))
    return anywhere, {kind: re.compile(expression) for kind, expression in kinds.items()}
