"""Getting things done in the chat, from the first word to the money: whole conversations through the front door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stage import ON_SQLITE, look_around
from tests.talks import Talk, open_shop, to_monday

TALKS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "doing.yaml").read_text(encoding="utf-8"))
BY_NAME = {talk["name"]: talk for talk in TALKS}
ALSO_ON_POSTGRES = ("一句话订房并付款", "客人还在看,最后一间被别人订走", "付款报了两次")
ALONE = [talk["name"] for talk in TALKS if talk.get("alone")]  #: what they leave behind would reach the next one
SHARING = [talk for talk in TALKS if not talk.get("alone")]
IN_A_HOUSE = 12
SETTLING = 0.3  #: seconds in which what a week changes is done


@ON_SQLITE
@pytest.mark.parametrize("start", range(0, len(SHARING), IN_A_HOUSE))
async def test_conversations_one_after_the_other(start: int, database_url: str, tmp_path: Path, free_port: int) -> None:
    failed: list[str] = []
    async with open_shop(database_url, tmp_path, free_port) as house:
        for number, told in enumerate(SHARING[start : start + IN_A_HOUSE]):
            if number:
                to_monday(house)
                await look_around(SETTLING)
            try:
                await Talk(house, told, number=number).play()
            except AssertionError as error:
                failed.append(str(error))
    assert not failed, "\n\n".join(failed)


@ON_SQLITE
@pytest.mark.parametrize("name", ALONE)
async def test_conversation(name: str, database_url: str, tmp_path: Path, free_port: int) -> None:
    await _play(BY_NAME[name], database_url, tmp_path, free_port)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ALSO_ON_POSTGRES)
async def test_conversation_on_postgres(name: str, database_url: str, tmp_path: Path, free_port: int) -> None:
    await _play(BY_NAME[name], database_url, tmp_path, free_port)


async def _play(told: dict[str, Any], database_url: str, folder: Path, port: int) -> None:
    async with open_shop(database_url, folder, port) as house:
        await Talk(house, told).play()
