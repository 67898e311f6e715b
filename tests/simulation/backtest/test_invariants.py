"""What must hold whatever the day, the meters and the car do: the whole core in front of the plant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.settings import CoreSettings, Fallback
from controller.domain.decision import Command
from controller.domain.reasons import Reason, ReasonCode
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.core import CorePilot
from controller.simulation.plant import CarOptions, MeterOptions, Plant, PlantSettings
from controller.simulation.trace import Trace
from tests.support.houses import surplus

STEP_S = 5.0
PROTECTING = {ReasonCode.FUSE, ReasonCode.FUSE_UNWATCHED, ReasonCode.NO_HEADROOM, ReasonCode.METER_STALE}


class Recording(ReferenceBox):
    """Takes a command at any time, loses some, and keeps them all."""

    def __init__(self, plant: Plant, lost: float, seed: int) -> None:
        super().__init__(plant)
        self._lost, self._random, self._plant_ = lost, Random(seed), plant
        self.told: list[tuple[float, Command, Command]] = []

    def takes(self, now_s: float) -> bool:
        return True

    def tell(self, command: Command) -> bool:
        self.told.append((self._plant_.now_s, command, self.command))
        return True if self._random.random() < self._lost else super().tell(command)


@dataclass(frozen=True)
class Moment:
    """One look: what is commanded after it, and what was known."""

    at_s: float
    told: tuple[Command, Command] | None  # what, and what the box did before
    command: Command
    code: ReasonCode
    blind: bool
    fuse_a: int | None


def lived(trace: Trace, plant_settings: PlantSettings, core: CoreSettings, *, lost: float, seed: int) -> list[Moment]:
    plant = Plant(trace, trace.times_s[0], plant_settings)
    box, pilot = Recording(plant, lost, seed), CorePilot(core, trace.times_s[0])
    moments = []
    while plant.now_s < trace.duration_s:
        known = len(box.told)
        look = pilot.look(plant, box)
        told = box.told[known][1:] if len(box.told) > known else None
        assert isinstance(look.reason, Reason)
        assert str(look.reason)
        fuse_a = pilot._state.fuse.cap_a  # what it reckons the fuse to leave
        moments.append(Moment(plant.now_s, told, box.command, look.reason.code, look.blind, fuse_a))
        box.advance(plant.now_s + STEP_S)
    return moments


points = st.lists(
    st.tuples(st.sampled_from([5.0, 10.0, 60.0, 300.0]), st.floats(0, 14_000), st.floats(0, 6000)),
    min_size=4,
    max_size=24,
)
meters = st.builds(
    MeterOptions,
    noise_w=st.sampled_from([0.0, 30.0, 400.0]),
    lag_s=st.sampled_from([0.0, 4.0, 12.0]),
    poll_s=st.sampled_from([1.0, 5.0, 10.0]),
    drop_every_s=st.sampled_from([100.0, 400.0, 1e9]),
    drop_s=st.sampled_from([10.0, 60.0]),
    pv=st.booleans(),
    ev=st.booleans(),
)
plants = st.builds(
    PlantSettings,
    phases=st.sampled_from([1, 3]),
    step_s=st.just(STEP_S),
    dead_time_s=st.sampled_from([0.0, 10.0, 30.0]),
    seed=st.integers(0, 99),
    car=st.builds(CarOptions, phases=st.sampled_from([None, 1, 2]), max_a=st.sampled_from([8.0, 16.0])),
    meter=meters,
)
laws = st.fixed_dictionaries(
    {
        "solar_share": st.sampled_from([0.3, 0.5, 0.8, 1.0]),
        "keep_minimum": st.booleans(),
        "start_costs_kwh": st.sampled_from([0.001, 0.1, 2.0]),
    }
)


def trace_of(rows: list[tuple[float, float, float]]) -> Trace:
    at_s, made = 1_781_992_800.0, []
    for lasts_s, pv_w, load_w in rows:
        made.append((at_s, pv_w, load_w))
        at_s += lasts_s
    return Trace.of(made)


@given(
    points,
    plants,
    laws,
    st.sampled_from([7, 13, 32]),
    st.sampled_from([0.0, 20.0]),
    st.sampled_from(Fallback),
    st.sampled_from([0.0, 0.3]),
    st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_whatever_happens(
    rows: list[tuple[float, float, float]],
    plant: PlantSettings,
    law: dict[str, float],
    most_a: int,
    fuse_a: float,
    fallback: Fallback,
    lost: float,
    seed: int,
) -> None:
    core = CoreSettings(
        strategies={"surplus": surplus(**law)},
        active="surplus",
        timezone=UTC,
        phases=plant.phases,
        max_current_a=most_a,
        main_fuse_a=fuse_a,
        fallback=fallback,
    )
    moments = lived(trace_of(rows), plant, core, lost=lost, seed=seed)
    told = [(moment, *moment.told) for moment in moments if moment.told is not None]
    for moment, command, before in told:
        assert type(command.limit_a) is int
        if command.charging:
            caps_a = [most_a, *([] if moment.fuse_a is None else [moment.fuse_a])]
            assert 6 <= command.limit_a <= min(caps_a)
        if moment.blind and lost == 0.0:  # what was lost is believed for a while, and told with the rest
            assert command.limit_a <= before.limit_a
            assert before.charging or not command.charging
        if lost == 0.0:
            assert command != before  # nothing is told twice
    for (earlier, _, _), (later, command, _) in pairwise(told):
        ends = later.code is ReasonCode.LIMIT_IGNORED and not command.charging  # the fallback's 6 A did not come about
        assert later.at_s - earlier.at_s >= core.limit_change_s or later.code in PROTECTING or ends
    raised = sum(command.limit_a != before.limit_a for _, command, before in told)
    hours = (moments[-1].at_s - moments[0].at_s) / 3600 if moments else 0.0
    if fuse_a == 0.0 and plant.meter.drop_every_s > 1e6 and lost == 0.0:
        assert raised <= core.writes_per_hour * (1 + hours)
    if lost == 0.0 and fallback is Fallback.STOP:
        assert not any(moment.blind and moment.command.charging for moment in moments)
    if lost == 0.0 and fallback is Fallback.MINIMUM:
        assert not any(moment.blind and moment.command.charging and moment.command.limit_a > 6 for moment in moments)


@given(
    st.sampled_from([1, 3]),
    st.sampled_from(Fallback),
    st.booleans(),
    st.floats(0.5, 1.0),
    st.sampled_from([0.0, 0.4]),
    st.integers(0, 9),
)
@settings(max_examples=12, deadline=None)
def test_when_the_meter_dies_the_box_falls_back_and_stops_in_time(
    phases: int, fallback: Fallback, metered: bool, share: float, lost: float, seed: int
) -> None:
    core = CoreSettings(
        strategies={"surplus": surplus(solar_share=share)},
        active="surplus",
        timezone=UTC,
        phases=phases,
        fallback=fallback,
        fallback_stop_after_s=600.0,
    )
    dies_s = 300.0
    meter = MeterOptions(ev=metered, drop_every_s=dies_s, drop_s=86400.0)
    plant = PlantSettings(phases=phases, step_s=STEP_S, meter=meter, seed=seed)
    moments = lived(trace_of([(3600.0, 9000.0, 300.0), (1.0, 9000.0, 300.0)]), plant, core, lost=lost, seed=seed)
    blind = [moment for moment in moments if moment.blind]
    assert blind
    assert moments[-1].blind
    patience_s = 60.0 * (1 if lost == 0.0 else 10)  # a stop that was lost is repeated
    falls_s = blind[0].at_s
    if fallback is Fallback.STOP:
        assert not any(moment.command.charging for moment in blind if moment.at_s > falls_s + patience_s)
    if fallback is Fallback.MINIMUM:
        assert all(
            moment.command.limit_a <= 6 or not moment.command.charging
            for moment in blind
            if moment.at_s > falls_s + patience_s
        )
    assert not any(moment.command.charging for moment in blind if moment.at_s > falls_s + 600 + patience_s)
    assert all(later.command.limit_a <= earlier.command.limit_a for earlier, later in pairwise(blind))
