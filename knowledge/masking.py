"""Takes out of somebody's words what names a person: for files that leave the database. Errs towards taking out."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable

PHONE, NUMBER, EMAIL, NAME, ROOM = "[电话]", "[号码]", "[邮箱]", "[姓名]", "[房号]"

_D = r"[0-9〇零一二三四五六七八九幺]"
_GAP = r"[ \t\-‐–—.·]?"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MOBILE = re.compile(rf"(?<![0-9])(?:\+?86{_GAP})?[1一幺][3-9三四五六七八九](?:{_GAP}{_D}){{9}}(?![0-9])")
_LANDLINE = re.compile(rf"(?<![0-9])\(?0[0-9]{{2,3}}\)?{_GAP}[2-9][0-9]{{3}}{_GAP}[0-9]{{3,4}}(?![0-9])")
_HOTLINE = re.compile(r"(?<![0-9])(?:400|800)[ \-]?[0-9]{3}[ \-]?[0-9]{4}(?![0-9])")
_LONG = re.compile(rf"(?:{_D}{_GAP}){{6,}}{_D}[xX]?(?![0-9])")  # documents, orders, bank cards
_DAY = re.compile(r"(?:19|20)[0-9]{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12][0-9]|3[01])[ \-]*")
_LETTERED = re.compile(  # passports, orders, tax numbers
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,4}[0-9]{6,}|(?=[A-Za-z0-9]*[0-9]{5})(?=[0-9]*[A-Za-z])[A-Za-z0-9]{8,})(?![A-Za-z0-9])"
)
_WECHAT = re.compile(r"((?:[微薇威v]信号?|加[vV]|wx|vx|VX|WX|QQ|qq)[号是:： ]{0,3})[A-Za-z0-9_-]{5,}")
_NAMED_NUMBER = re.compile(
    r"((?:订单|单号|预[订定]号|确认号|会员号|卡号|尾号|后四位|验证码|密码|账号|税号|取件码|流水号)[号码是为:： ]{0,3})"
    r"(?!(?:19|20)[0-9]{2}[-./年])[A-Za-z0-9-]{0,12}[0-9][A-Za-z0-9-]{2,}(?![A-Za-z0-9]| ?[-:：.点月日号元晚天位人间])"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-Z0-9]{5,6}(?![A-Z0-9])"
)
_ROOM = re.compile(
    r"(?<![0-9])[0-9]{3,4}(?=号?(?:房|室)(?!型|价|费|间数)|的?(?:客人|住客|客户|顾客))"
    r"|(?:(?<=住)|(?<=住 )|(?<=住在)|(?<=住在 )|(?<=房号)|(?<=房号 )|(?<=房号是))[0-9]{3,4}"
    r"(?! ?[0-9:：.元块点年月天晚折人])"
)
#: the hundred commonest family names, and the commonest of two characters
_FAMILY = (
    "(?:欧阳|上官|司马|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤])"
)
_TITLED = re.compile(rf"{_FAMILY}[\u4e00-\u9fff]{{0,2}}?(?=先生|女士|小姐|太太|阿姨|叔叔|大爷|奶奶|老师|教授|医生)")
_CALLED_SOMEHOW = re.compile(
    rf"((?:我叫|名叫|名字叫|叫做|(?:爱人|老公|老婆|先生|太太|朋友|同事|孩子|儿子|女儿|同伴)叫)\s*){_FAMILY}[\u4e00-\u9fff]{{1,2}}?"
    r"(?=$|[^\u4e00-\u9fff]|[想要问来在订预的住和跟])"
)
_SURNAME = re.compile(rf"(?<=姓){_FAMILY}(?!名)")
_COLLEAGUE = re.compile(rf"(?:小|老|阿)?{_FAMILY}(?=总(?![部台共是的价额计店])|经理|店长|姐(?!妹)|哥|师傅|主管|主任)")
_CALLED = re.compile(
    rf"((?:我叫|我是|本人|名字[叫是:：]|姓名[是:：]?|联系人[是:：]?|登记人?[是:：]|预订人[是:：]?|入住人[是:：]?)\s*)"
    rf"{_FAMILY}[\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])"
)


def mask(text: str, names: Iterable[str] = (), public: Collection[str] = ()) -> str:
    """`text` in one width, without phones, documents, addresses of mail, plates, rooms and names.

    `names`: people who are known; `public`: numbers that may stay, such as the stores' own.
    """
    masked = unicodedata.normalize("NFKC", text)
    for name in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=lambda one: (-len(one), one)):
        masked = masked.replace(unicodedata.normalize("NFKC", name), NAME)
    kept = {_digits(number) for number in public}
    masked = _EMAIL.sub(EMAIL, masked)
    masked = _WECHAT.sub(rf"\1{NUMBER}", masked)
    masked = _NAMED_NUMBER.sub(rf"\1{NUMBER}", masked)
    for pattern, instead in (
        (_MOBILE, PHONE),
        (_LANDLINE, PHONE),
        (_HOTLINE, PHONE),
        (_LETTERED, NUMBER),
        (_LONG, NUMBER),
    ):
        masked = pattern.sub(functools.partial(_unless_public, kept=kept, instead=instead), masked)
    masked = _PLATE.sub(NUMBER, masked)
    masked = _ROOM.sub(ROOM, masked)
    for pattern in (_CALLED, _CALLED_SOMEHOW):
        masked = pattern.sub(rf"\1{NAME}", masked)
    masked = _COLLEAGUE.sub(NAME, _SURNAME.sub(NAME, masked))
    return _TITLED.sub(NAME, masked)


def _unless_public(found: re.Match[str], *, kept: Collection[str], instead: str) -> str:
    return found[0] if _digits(found[0]) in kept or _DAY.fullmatch(found[0]) else instead


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
