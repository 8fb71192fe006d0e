"""Scenarios: a conversation as a YAML file that is played and checked. How to write one: `scenarios/README.md`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.sandbox.play import Player
from bot.sandbox.play_line import NothingCameError, PlayError
from bot.sandbox.scenario_stage import ScenarioError, Stage, Step, UnmetError
from bot.sandbox.scenario_steps import check_step, find_action

SCENARIOS = Path(__file__).resolve().parent / "scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    variables: dict[str, str]
    steps: tuple[Step, ...]


def read_scenario(path: Path) -> Scenario:
    """Read and check one file. Raises ScenarioError."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or set(data) - {"名称", "说明", "变量", "步骤"} or not data.get("步骤"):
        raise ScenarioError(f"{path.name}:要有 名称、步骤,可以有 说明、变量")
    for number, step in enumerate(data["步骤"], 1):
        problem = check_step(step)
        if problem:
            raise ScenarioError(f"{path.name} 第 {number} 步:{problem}")
    variables = {str(name): str(value) for name, value in (data.get("变量") or {}).items()}
    return Scenario(str(data.get("名称") or path.stem), variables, tuple(data["步骤"]))


async def run_scenario(path: Path, player: Player, variables: Mapping[str, str] | None = None) -> list[str]:
    """Play one file; what went wrong, in words, [] when all is well. Stops at the first step that fails.

    `variables` replaces those at the top of the file. Raises ScenarioError when the file itself is wrong.
    """
    scenario = read_scenario(path)
    stage = Stage(player, scenario.variables | dict(variables or {}))
    for number, step in enumerate(scenario.steps, 1):
        try:
            await play_step(stage, step)
        except (UnmetError, NothingCameError, PlayError) as error:
            return [f"{scenario.name}:第 {number} 步 {_in_words(step)}:{error}"]
    return []


async def play_step(stage: Stage, step: Step) -> None:
    """Play one step. Raises UnmetError, NothingCameError, PlayError, ScenarioError."""
    if "同时" in step:
        results = await asyncio.gather(
            *(play_step(stage, each) for each in step["同时"]), return_exceptions=bool(step.get("可以失败"))
        )
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, PlayError):
                raise result
        return
    action, play = find_action(step)
    filled = {name: stage.fill(value) for name, value in step.items()}
    await play(stage, filled, filled[action])


def _in_words(step: Step) -> str:
    return " ".join(f"{name} {value}" for name, value in step.items())
