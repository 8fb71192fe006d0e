"""What the sample chains sell: enough of everything to try it, and nothing in it that HQ would be warned of."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import knowledge
from knowledge.content import Content, load
from knowledge.terms import DEFAULT

SAMPLES = Path(knowledge.__file__).parent / "samples"
DAY = date(2026, 11, 23)  #: a Monday
SELLING = ("products.csv", "stock.csv", "commission.csv", "orders.yaml")


def files(chain: str) -> dict[str, bytes]:
    folder = SAMPLES / chain
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(params=("hotel", "coffee"))
def chain(request: pytest.FixtureRequest) -> Content:
    loaded = load(files(request.param))
    assert [str(problem) for problem in loaded.problems if problem.file in SELLING] == []
    assert loaded.content is not None
    return loaded.content


def prices(chain: Content, store: str, on: date) -> dict[str, tuple[int | None, object]]:
    stands = {number: chain.sales.stock.stand(product, store, on) for number, product in chain.products.items()}
    return {number: (stand.quantity, stand.price) for number, stand in stands.items() if stand.price is not None}


def test_every_store_sells_six_things_at_least(chain: Content) -> None:
    main = [product for product in chain.products.values() if product.is_room or product.category == "饮品"]
    assert len(main) >= 6 and all(product.tags for product in main)
    for store in chain.stores:
        sold = prices(chain, store, DAY)
        assert sum(number in sold for number in (product.number for product in main)) >= 6, store


def test_some_stores_have_their_own_stock_and_days_their_own_price(chain: Content) -> None:
    assert len({store for store in chain.stores if prices(chain, store, DAY) != prices(chain, "no store", DAY)}) >= 2
    days = [prices(chain, next(iter(chain.stores)), DAY + timedelta(days=step)) for step in range(45)]
    assert any(day != days[0] for day in days)
    assert any(quantity == 0 for store in chain.stores for quantity, _ in prices(chain, store, DAY).values()) or any(
        quantity == 0 for day in days for quantity, _ in day.values()
    )


def test_everything_has_a_rule_for_giving_money_back_and_a_rate(chain: Content) -> None:
    terms = chain.sales.terms
    assert terms.pay_link and DEFAULT not in terms.refunds
    for product in chain.products.values():
        assert terms.refund_terms(product.category) is not None, product.number
        assert chain.sales.commission.rate(product.number, product.category, DAY) > 0


def test_drinks_have_options_with_their_prices() -> None:
    content = load(files("coffee")).content
    assert content is not None
    latte = next(product for product in content.products.values() if product.name == "拿铁")
    assert [group.name for group in latte.options] == ["杯型", "温度", "糖度", "加料"]
    assert [int(choice.extra) for choice in latte.options[0].choices] == [0, 4]
