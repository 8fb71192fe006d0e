"""A small chain of two hotels, read through the same door as HQ's own files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

import pytest

from bot.replies.router import suggest
from bot.replies.suggestion import Asked, Suggestion
from intents.recogniser import Recogniser
from knowledge.content import Content, load

STORES = """门店编号,门店名称,城市,客服账号,停车,早餐时间,泳池
A1,湖边店,杭州,wkA,楼下地下停车场,7:00-10:00,
B2,江边店,南京,wkB,门前空地,6:30-9:30,三楼
"""

QUESTIONS = """编号,二级分类,标准问题,相似问题,客户版答案,员工版答案,适用门店,适用城市,受众,失效日期,自主级别
Q-01,停车,停车方便吗,有停车场吗##开车来能停吗,停车在{{门店.停车}}。,,,,客户,,自动
Q-02,早餐,早餐几点开始,早餐到几点结束##几点吃早餐,早餐{{门店.早餐时间}}。,,,,客户,,确认
Q-03,发票,发票怎么开,能开专票吗##我要开发票,退房时前台开。,,,,客户,,确认
Q-04,赔偿,杯子打破了赔多少,打碎东西怎么赔,按价目表赔偿。,,,,客户,,仅人工
Q-05,泳池,泳池在哪里,有游泳池吗,泳池在{{门店.泳池}}。,,,,客户,,自动
Q-06,游船,坐游船去哪里买票,游船票多少钱,码头买票。,,A1,,客户,,确认
Q-07,蚊虫,房间里有虫子,屋里有蟑螂怎么处理,马上为您换房。,,,,客户,,自动
Q-08,房价,大床房多少钱一晚,大床房什么价格,大床房绝对超值。,,,,客户,,自动
Q-09,员工,赔付权限是多少,店员能免单吗,,店员可以免一份早餐。,,,员工,,确认
Q-10,旧事,中秋月饼怎么领,月饼在哪里领,前台领。,,,,客户,2026-10-01,确认
Q-11,接机,可以接机吗,有没有接机服务,可以接机。,,,,客户,,确认
Q-12,接机,接机要收费吗,接机多少钱,接机按公里收费。,,,,客户,,确认
"""

PERSONA = "开头: '您好,'\n结尾: ''\n问候: '您好,有什么可以帮您~'\n禁用词: [绝对]\n"
POLICY = "问门店: 请问您问的是哪家店呢?\n"
TODAY = date(2026, 11, 22)
DEFAULT = "A1"


class Ask(Protocol):
    """Asks a question, bubble by bubble, in a store (None: unknown)."""

    def __call__(
        self,
        *bubbles: str,
        store: str | None = DEFAULT,
        media: tuple[str, ...] = (),
        menu_id: str | None = None,
        is_first_today: bool = False,
    ) -> Suggestion: ...


def _read() -> Content:
    files = {"stores.csv": STORES, "faq/a.csv": QUESTIONS, "persona.yaml": PERSONA, "policy.yaml": POLICY}
    loaded = load({path: text.encode() for path, text in files.items()})
    assert loaded.content is not None, loaded.problems
    return loaded.content


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.fixture(scope="session")
def content() -> Content:
    return _read()


@pytest.fixture(scope="session")
def ask_of(recogniser: Recogniser) -> Callable[[Content], Ask]:
    """A way to ask of any content."""

    def of(content: Content) -> Ask:
        def ask(
            *bubbles: str,
            store: str | None = DEFAULT,
            media: tuple[str, ...] = (),
            menu_id: str | None = None,
            is_first_today: bool = False,
        ) -> Suggestion:
            place = content.stores[store] if store else None
            asked = Asked("\n".join(bubbles), bubbles, media, menu_id, place, TODAY, is_first_today)
            return suggest(asked, content, recogniser)

        return ask

    return of


@pytest.fixture(scope="session")
def ask(content: Content, ask_of: Callable[[Content], Ask]) -> Ask:
    return ask_of(content)
