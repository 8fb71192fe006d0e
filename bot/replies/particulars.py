"""What room service or an invoice needs to know, and no slot holds: the matter itself, the buyer's name and number."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.replies.forms import Form
from bot.replies.frame import Frame
from bot.replies.heard import Heard
from intents.message import clean
from intents.slots import SlotName

_TITLE = re.compile(r"(?:发票)?抬头(?:是|为|开|写)?[:： ]*([^\s,，。;；]{2,60})")
_COMPANY = re.compile(r"[\w()（）]{2,50}(?:公司|事务所|大学|学校|学院|医院|中心|协会|研究院|工作室|商行|经营部|集团)")
_TAX_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-UW-Y]{15,20}(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_LABELS = re.compile(r"(?:税号|邮箱|抬头|发票)[:：是为 ]*")
OTHER = "其他"
WAKE_UP = "叫醒"  #: the errand that needs a time
_ROOM = re.compile(r"(?<![\d.])(\d{3,4})(?:号?房间?|室)?(?![\d.点:：元块年月分杯瓶])")
_SHORTEST_WISH = 4  #: characters; 客房服务 says nothing yet
_DETAIL_MOST = 60  #: characters

Put = Callable[[str, str, str], None]


def read(form: Form, heard: Heard, frame: Frame, put: Put) -> None:
    """Take the particulars that a message holds."""
    if form.family == "errand":
        _read_errand(heard, frame, put)
    elif form.family == "invoice":
        _read_invoice(heard, frame.asked, put)


def _read_errand(heard: Heard, frame: Frame, put: Put) -> None:
    """What is wanted; the first message says it, whether or not we have a name for it."""
    kind = next((one.kind for one in heard.recognised if one.intent == "room.service" and one.kind), None)
    is_said = frame.asked == "errand" and len(heard.text.strip()) > 1 and not heard.slots
    if kind is None and (is_said or (frame.turns == 0 and len(clean(heard.text)) > _SHORTEST_WISH)):
        kind = OTHER
    is_room_unread = not heard.is_voice and not any(slot.name is SlotName.ROOM_NUMBER for slot in heard.slots)
    if is_room_unread and (match := _ROOM.search(heard.text)):
        put("room_number", match[1], match.group())
    if kind is not None:
        put("errand", kind, "")
        put("detail", " ".join(heard.text.split())[:_DETAIL_MOST], "")


def _read_invoice(heard: Heard, asked: str | None, put: Put) -> None:
    if heard.is_voice:
        return  # a number or a company's name that was misheard costs everybody a second invoice
    text = heard.text
    if match := _TAX_NUMBER.search(text):
        put("tax_number", match.group(), match.group())
    if match := _EMAIL.search(text):
        put("email", match.group(), match.group())
    if match := _TITLE.search(text):
        put("title", match[1], match[1])
    elif match := _COMPANY.search(_LABELS.sub(" ", text)):
        put("title", match.group(), match.group())
    elif asked == "title" and re.search(r"个人", text):
        put("title", "个人", "个人")
