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
from controller.simulation.sensing import Meters, Sensed


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
        self._meters: Meters | None = None

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """See `Pilot.look`."""
        now_s = plant.now_s
        sensed = None if plant.reference else self._metering(plant).look(plant)
        while self._due_s <= now_s:
            self._wish_a = self._rule.wish(view(plant, box, self._due_s, sensed))
            self._asked += 1
            self._due_s = self._asked * self._rule.interval_s
        wanted = Command(self._wish_a or box.command.limit_a, self._wish_a > 0)
        told = box.tell(wanted)
        until_s = self._due_s if told else min(self._due_s, box.takes_from_s)
        wish = Wish(self._rule.name, self._wish_a, not told)
        return Look(wish, Standing(-inf, inf, until_s) if until_s > now_s else None)

    def _metering(self, plant: Plant) -> Meters:
        if self._meters is None:
            self._meters = Meters(plant.settings.meter, plant.settings.seed)
        return self._meters


def view(plant: Plant, box: ReferenceBox, now_s: float, sensed: Sensed | None = None) -> View:
    """What a rule is shown when it is asked at second `now_s`.

    Args:
        plant: The plant.
        box: The box before it, which measures the car's current.
        now_s: When the rule is asked, s.
        sensed: What the meters have told last, however old; None for meters of this very step. Without a meter the
            car's power is what the box measures, and PV is 0 W.
    """
    ev_w = plant.ev_w if sensed is None or sensed.ev_w is None else sensed.ev_w
    return View(
        now_s=now_s,
        grid_w=plant.grid_w if sensed is None else sensed.grid_w,
        pv_w=plant.pv_w if sensed is None else sensed.pv_w or 0.0,
        ev_w=ev_w,
        current_a=plant.current_a,
        offered_a=box.command.limit_a if box.command.charging else 0,
        charging=plant.current_a > 0,
        phases=plant.settings.phases_in_use,
        voltage_v=plant.voltage_v,
    )
