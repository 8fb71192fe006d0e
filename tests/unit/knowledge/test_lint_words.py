"""Both sides of the law's line: what is a claim, and what only holds the same characters."""

from __future__ import annotations

import pytest

from knowledge.entry import Audience
from knowledge.lint_words import claims, find_claims
from tests.unit.knowledge.making import entry

CLAIMS = """
我们是全杭州最好的酒店|这里的早餐全城最佳|全国销量第一的拿铁|本店是杭州唯一的江景酒店|顶级服务,极致享受
100%满意,不满意就退|百分百安全|绝对放心|积分永久有效|国家级大师手冲|全网最低价|我们的咖啡是最好喝的
NO.1 的口碑|TOP1 门店|独一无二的体验|首屈一指的早餐|最正宗的杭帮菜|零风险预订|特供好茶|世界级的体验
行业领先的清洁标准|史上最低折扣|味道最好|服务第一|最优质的服务|最先进的设备|口碑第一|绝对不会有问题
顶 级服务|ＮＯ．１ 门店|全城首家|满意度１００％|我们品质最好|最顶级的豆子
"""
HARMLESS = """
最近有什么新品,来看看|最晚 14:00 退房|第一次来可以扫码|最早 6:30 开门|最新款的拿铁|最多住 2 人|最少提前 1 天
最好提前一天预约|最好带上身份证|第一时间联系您|第一晚房费|最后一班车 22:00|首杯半价|首单减 5 元|顶楼有露台
万能插座在床头|最低消费 100 元|最近的地铁站走 5 分钟|床品是 100% 纯棉|阿拉比卡豆 100%|绝对不能带明火进房间
他们有国家级非遗表演|进门第一间|周一第一趟班车|全国最早的航班 6 点|最高可坐 6 人|充到 100% 就会停
最方便的路线是坐 1 号线|房费可以百分百用积分抵|一楼最里面|最大的会议室坐 200 人|店里唯一码在小票上
最终以前台为准|全市最近的医院|百分之十的服务费|最好的办法是打电话问前台|退款最快 1 天|第一家分店在西湖
最新通知请看公告|这家店已永久停业
"""


def _each(said: str) -> list[str]:
    return said.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("said", _each(CLAIMS))
def test_a_claim(said: str) -> None:
    assert claims(said)


@pytest.mark.parametrize("said", _each(HARMLESS))
def test_no_claim(said: str) -> None:
    assert claims(said) == ()


def test_only_what_customers_read() -> None:
    handbook = entry("E-1", "口径", customer_answer="", staff_answer="别说最佳、第一品牌", audience=Audience.STAFF)
    told = entry("Q-1", "早餐好吗", customer_answer="全城最佳早餐,绝对满意", staff_answer="别说最佳")
    (problem,) = find_claims([handbook, told])
    assert (problem.code, problem.column, problem.is_error) == ("absolute-word", "客户版答案", False)
    assert problem.message.startswith("「全城最佳」、「绝对」是广告法不允许的绝对化说法")


def test_a_name_may_hold_such_a_word() -> None:
    answer = "可以看看顶级庭院房,院子里能喝茶"
    assert [*find_claims([entry("Q-1", "房型", customer_answer=answer)])] != []
    assert [*find_claims([entry("Q-1", "房型", customer_answer=answer)], ["顶级庭院房", "大床房"])] == []
    assert [*find_claims([entry("Q-1", "房型", customer_answer=answer + ",顶级享受")], ["顶级庭院房"])] != []
