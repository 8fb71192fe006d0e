"""What HQ decided about time and trust: `policy.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from knowledge.fields import Fields
from knowledge.problem import Place, Problem

CHINA = ZoneInfo("Asia/Shanghai")


class Outcome(StrEnum):
    """What becomes of a question."""

    ANSWER = "answer"  #: one entry answers it
    OFFER = "offer"  #: up to three entries, for a person to choose from
    NONE = "none"  #: nothing that HQ wrote answers it


@dataclass(frozen=True, slots=True)
class Policy:
    """Every field has a default, so a chain without the file works."""

    quiet_pause: timedelta = timedelta(seconds=1.5)  #: no bubble for so long: the question is complete
    quiet_most: timedelta = timedelta(seconds=4)  #: and after so long it counts as complete anyway
    auto_line: float = 0.95  #: confidence at which an 自动 entry goes out by itself
    answer_line: float = 0.55  #: confidence below which there is no answer, only a choice
    offer_line: float = 0.1  #: confidence below which there is not even a choice
    colleague_after: timedelta = timedelta(minutes=3)
    manager_after: timedelta = timedelta(minutes=6)
    headquarters_after: timedelta = timedelta(minutes=15)
    soothing: str = ""  #: sent once when nobody tapped in time; empty: nothing is sent
    ask_store: str = ""  #: asks which store is meant; empty: nothing is asked
    replace_every: timedelta = timedelta(seconds=20)  #: a card is replaced at most this often
    person_quiet: timedelta = timedelta(minutes=15)  #: after 我来回: so long silent, and the clerk is asked
    backlog_cards: int = 5  #: open cards a clerk after downtime
    staff_per_minute: int = 25  #: messages to one clerk
    stale_after: timedelta = timedelta(minutes=10)  #: older messages are never answered without a person
    quiet_from: time = time(21, 0)  #: 免打扰, in store time
    quiet_until: time = time(9, 0)
    zone: ZoneInfo = CHINA  #: store time
    auto_on: bool = True
    auto_digest: timedelta = timedelta(minutes=15)  #: at most one "替您回了" card so often
    dismiss_reasons: tuple[str, ...] = ("广告", "已当面答复", "重复提问")  #: at most three

    def outcome(self, confidence: float) -> Outcome:
        """What becomes of a question whose best hit is so sure; 0 stands for no hit."""
        if confidence >= self.answer_line:
            return Outcome.ANSWER
        return Outcome.OFFER if confidence >= self.offer_line else Outcome.NONE

    @classmethod
    def parse(cls, data: Mapping[str, object], place: Place) -> tuple[Policy, tuple[Problem, ...]]:
        fields, default = Fields(data, place), cls()
        answer_line = fields.number("作答线", default.answer_line, least=0.1, most=1)
        policy = cls(
            quiet_pause=fields.seconds("静候停顿秒", default.quiet_pause, least=0, most=30),
            quiet_most=fields.seconds("静候最长秒", default.quiet_most, least=0, most=60),
            auto_line=fields.number("自动回复线", default.auto_line, least=0.5, most=1),
            answer_line=answer_line,
            offer_line=fields.number("备选线", min(default.offer_line, answer_line), least=0.01, most=1),
            colleague_after=fields.minutes("转同事分钟", default.colleague_after, least=0.1, most=1_440),
            manager_after=fields.minutes("转店长分钟", default.manager_after, least=0.1, most=1_440),
            headquarters_after=fields.minutes("转总部分钟", default.headquarters_after, least=0.1, most=1_440),
            soothing=fields.sentence("安抚语", default.soothing),
            ask_store=fields.text("问门店", default.ask_store),
            replace_every=fields.seconds("换卡间隔秒", default.replace_every, least=0, most=600),
            person_quiet=fields.minutes("人工安静分钟", default.person_quiet, least=1, most=1_440),
            backlog_cards=fields.whole("补卡上限", default.backlog_cards, least=1, most=100),
            staff_per_minute=fields.whole("每分钟消息", default.staff_per_minute, least=1, most=30),
            stale_after=fields.minutes("旧消息分钟", default.stale_after, least=1, most=2_880),
            quiet_from=fields.clock_time("免打扰开始", default.quiet_from),
            quiet_until=fields.clock_time("免打扰结束", default.quiet_until),
            zone=fields.zone("时区", default.zone),
            auto_on=fields.switch("自动回复", default.auto_on),
            auto_digest=fields.minutes("自动汇总分钟", default.auto_digest, least=1, most=1_440),
            dismiss_reasons=fields.texts("不用回理由", default.dismiss_reasons, most=3),
        )
        policy._check_order(fields)
        fields.check_keys()
        return policy, tuple(fields.problems)

    def _check_order(self, fields: Fields) -> None:
        """Values that are right one by one and make no sense together."""
        if self.quiet_pause > self.quiet_most:
            fields.refuse("静候最长秒", "静候最长秒不能比静候停顿秒短。请改大一点。")
        if self.auto_line < self.answer_line:
            fields.refuse("自动回复线", "自动回复线不能比作答线低:自己发出去的,把握要更大。请改高一点。")
        if self.answer_line < self.offer_line:
            fields.refuse("备选线", "备选线不能比作答线高:把握大的直接作答,小一些的才给几条备选。请改低一点。")
        if not self.colleague_after <= self.manager_after <= self.headquarters_after:
            fields.refuse("转店长分钟", "要按 转同事、转店长、转总部 的顺序一个比一个晚。请检查这三个数字。")
