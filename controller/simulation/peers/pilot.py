"""Lets a rule steer the reference plant: asks as often as the rule wants to be asked, and passes on what it wishes."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.standing import Standing
from controller.domain.decision import Command
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import Look
from controller.simulation.peers.rule import Rule, View
from controller.simulation.plant import Plant


class Wish(NamedTuple):
    """What a rule wants.

    Attributes:
        rule: Its name.
        current_a: Whole amps; 0 is "off".
        held: Whether the box could not be told yet.
    """

    rule: str
    current_a: int
    held: bool

    def __str__(self) -> str:
        wants = f"{self.current_a} A" if self.current_a else "off"
        return f"{self.rule}: {wants}{', held back' if self.held else ''}"


class RulePilot:
    """Gives a rule's newest wish as soon as the box takes it.

    The rule is asked at second 0 and then once an interval, with the newest sample; where its loop is shorter than the
    plant's step it is asked several times with the same one. A wish that comes too soon after the last command is held
    back; what the rule wishes by the time the box takes a command again is given then.

    Args:
        rule: The rule, at its beginning.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._asked = 0
        self._due_s = 0.0
        self._wish_a = 0

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """See `Pilot.look`."""
        now_s = plant.now_s
        while self._due_s <= now_s:
            self._wish_a = self._rule.wish(view(plant, box, self._due_s))
            self._asked += 1
            self._due_s = self._asked * self._rule.interval_s
        wanted = Command(self._wish_a or box.command.limit_a, self._wish_a > 0)
        told = box.tell(wanted)
        until_s = self._due_s if told else min(self._due_s, box.takes_from_s)
        wish = Wish(self._rule.name, self._wish_a, not told)
        return Look(wish, Standing(-inf, inf, until_s) if until_s > now_s else None)


def view(plant: Plant, box: ReferenceBox, now_s: float) -> View:
    """What a rule is shown when it is asked at second `now_s`: meters at grid, PV and car, all of this step."""
    return View(
        now_s=now_s,
        grid_w=plant.grid_w,
        pv_w=plant.pv_w,
        ev_w=plant.ev_w,
        current_a=plant.current_a,
        offered_a=box.command.limit_a if box.command.charging else 0,
        charging=plant.current_a > 0,
        phases=plant.settings.phases_in_use,
        voltage_v=plant.settings.voltage_v,
    )
