"""The page's own judgement of a text: how many messages it becomes, and which numbers nobody can vouch for."""

from __future__ import annotations

import random

from playwright.async_api import Browser

from bot.gate.split import split_text
from tests.browser.watch import watched
from tests.unit.web.matter import Matter

PIECES = [
    "好的", "停车场在楼下。", "一共\n\n", "，", "、", "a b ", "Hello! ", "？", "\n", "　", "！", ";", "é", "e\u0301",
    "👍🏽", "👨‍👩‍👧", "🇨🇳", "🇨🇳🇫🇷🇩🇪", "1️⃣", "❤️", "𠮷", "https://example.com/" + "x" * 300,
    "https://a.cn/停车?x=1。", "HTTPS://A.CN/b,c;d!", "(见 a.cn/" + "y" * 900 + ")", "0571-0001-0101", "”", "\n\n\n",
    "字" * 200, "w" * 700,
]  # fmt: skip


async def test_messages_are_counted_as_they_will_be_cut(matter: Matter, browser: Browser) -> None:
    rng = random.Random(20261124)
    texts = ["", "  ", "短", "字" * 682, "字" * 683, "x" * 2048, "x" * 2049, "https://a.cn/" + "x" * 5000]
    texts += ["".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 160))) for _ in range(150)]
    async with watched(browser, 360) as seen:
        await seen.page.goto(str(matter.client.make_url("/static/icon.svg")))
        script = """async texts => {
          const { countParts } = await import("/static/split.js");
          return texts.map(text => countParts(text));
        }"""
        counted = await seen.page.evaluate(script, texts)
    assert counted == [len(split_text(text)) for text in texts]


FILES = [
    "楼下就是地下停车场,每天 30 元封顶。",
    "早餐 07:00-10:00,周末到 10:30,成人 48 元一位,1.2 米以下的小朋友 24 元",
    "13:00 前退房不加收;会员九五折;18:00 后按一天算",
    "0571-0001 0101",
    "医院打车约 8 分钟,24 小时急诊",
    "知味厅 21:00-23:30 有片儿川",
    "60",
    "12 月 31 日晚上 8 点有跨年活动,1,280 元一桌",
]
SAID = ["我 11 点半到,带 2 个人,手机 13800000000,预算 500 元"]


UNKNOWN: list[tuple[str, list[str]]] = [
    ("每天三十元封顶,早餐 48 块", []),
    ("每天 30元,早上七点到十点", []),
    ("晚上9点半还有片儿川", ["晚上9点半"]),
    ("晚上九点到十一点半有吃的", []),
    ("２１：００ 开门", []),
    ("下午一点前退房", []),
    ("两点前退房", ["两点"]),
    ("走路 8 分钟,全天24小时", []),
    ("打车 15 分钟", ["15 分钟"]),
    ("半小时就到", ["半小时"]),
    ("每天 35 元", ["35 元"]),
    ("¥48 一位", []),
    ("48-58 元", ["58 元"]),
    ("给您打八折", ["八折"]),
    ("会员 9.5 折", ["9.5 折"]),
    ("电话 05710001 0101", []),
    ("电话 0001-0101", []),
    ("电话 0571-0001 0102", ["0571-0001 0102"]),
    ("押金六十元", []),
    ("您 11:30 到对吧,我打 138 0000 0000", []),
    ("一共 500 元", ["500 元"]),
    ("12月31号晚上8点,一桌 1280 元", []),
    ("1月1日", ["1月1日"]),
    ("您稍等一点,快一点,一下就好,一起去", []),
    ("8 楼 806 房,2 位,第 3 个门", []),
    ("95%的客人", ["95%"]),
    ("", []),
]


async def test_numbers_from_nowhere_are_found(matter: Matter, browser: Browser) -> None:
    script = """async ([texts, sources]) => {
      const { findUnknown } = await import("/static/numbers.js");
      return texts.map(text => [text, findUnknown(text, sources).map(one => text.slice(one.from, one.to).trim())]);
    }"""
    async with watched(browser, 360) as seen:
        await seen.page.goto(str(matter.client.make_url("/static/icon.svg")))
        texts = [text for text, _ in UNKNOWN]
        found = await seen.page.evaluate(script, [texts, {"files": FILES, "said": SAID}])
    assert [(text, numbers) for text, numbers in found] == UNKNOWN
