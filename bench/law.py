"""What the constants of the surplus law are worth, and how it does where little is as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

from bench.backtest import our_days
from controller.cli.backtest.jobs import run_cases
from controller.cli.backtest.pilots import OURS, PEERS
from controller.cli.backtest.runs import Figures, ParameterSet, Run, by_pilot, cases_for, figures, runs_of
from controller.cli.backtest.scene import make_scene
from controller.cli.backtest.work import Source
from controller.control import sky, weigh

CELLS = ((0.5, 1), (0.5, 3), (0.9, 1), (0.9, 3))
"""Solar share and phases."""

CONSTANTS: tuple[tuple[ModuleType, str], ...] = (
    (sky, "_PV_LEAD_S"),
    (sky, "_LOAD_LEAD_S"),
    (sky, "_SPREAD_S"),
    (weigh, "_PRICE_SHARE"),
    (weigh, "_AHEAD_S"),
    (weigh, "_RECENT_AHEAD_S"),
    (weigh, "_RECENT_S"),
    (weigh, "_RECENT_LEAST_KW"),
    (weigh, "_CHANGE_AHEAD_S"),
    (weigh, "_CHANGE_PRICE_SHARE"),
    (weigh, "_BUSY_WRITES"),
    (weigh, "_BUSY_SWITCHES"),
    (weigh, "_MARGIN"),
)
"""Of the law; those that tell noise from sun matter only where meters tremble."""

NOISE: tuple[tuple[ModuleType, str], ...] = (
    (sky, "_NOISE_STEP"),
    (sky, "_SLOPE_S_PER_W"),
    (sky, "_LEVEL_S_PER_W"),
    (weigh, "_NOISE_MARGIN"),
)
"""Tried with meters that tremble by 30 W."""

_JUNE = 10
"""Of our days the first ones."""

_TREMBLES = ("plant.meter.noise_w=30",)
_PLANTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("30 s dead time", ("plant.dead_time_s=30",)),
    ("meters: 30 W noise", ("plant.meter.noise_w=30",)),
    ("meters: 10 s lag", ("plant.meter.lag_s=10",)),
    ("meters: 10 s means", ("plant.meter.average_s=10",)),
    ("meters: polled every 10 s", ("plant.meter.poll_s=10",)),
    ("meters: an hour's drop-out a day", ("plant.meter.drop_every_s=43200", "plant.meter.drop_s=1800")),
    ("240 V, wandering 5 V", ("plant.voltage_v=240", "plant.voltage_swing_v=5")),
    ("car on one phase", ("plant.car.phases=1",)),
    ("car takes 10 A at most", ("plant.car.max_a=10",)),
    ("car takes 1 A less", ("plant.car.leaves_a=1",)),
    ("car takes 1 A more", ("plant.car.overdraw_a=1",)),
    ("car: 20 kWh and a taper", ("plant.car.capacity_kwh=40", "plant.car.taper_from_pct=80")),
    ("car sleeps after 20 min", ("plant.car.sleeps_after_s=1200",)),
    ("car away 12 to 14 h", ("plant.car.away_h=[[12, 14]]", "plant.box.starts_at_plug_in=true")),
    ("box loses 5 % of commands", ("plant.box.lost_pct=5",)),
    ("battery 5 kWh, house first", ("plant.battery.capacity_kwh=5",)),
    ("battery 5 kWh, car first", ("plant.battery.capacity_kwh=5", 'strategy.surplus.battery="car-first"')),
    ("no meter at the car", ("plant.meter.ev=false",)),
)


def bench_law() -> Iterator[tuple[str, str]]:
    """Captured on our June days as the law stands, and by how many points it changes with each constant."""
    return law_on(our_days()[:_JUNE])


def law_on(days: Sequence[Source]) -> Iterator[tuple[str, str]]:
    """The same on any days."""
    cells = ", ".join(f"{share} {phases}-phase" for share, phases in CELLS)
    yield f"law: captured of {len(days)} days", cells
    tried: tuple[tuple[tuple[tuple[ModuleType, str], ...], tuple[str, ...]], ...] = (
        (CONSTANTS, ()),
        (NOISE, _TREMBLES),
    )
    for constants, extra in tried:
        base = [captured_of(days, cell, extra) for cell in CELLS]
        yield "  as it stands" + (", with " + ", ".join(extra) if extra else ""), _row(base, "%")
        for module, name in constants:
            for factor in (0.5, 2.0):
                with scaled(module, name, factor):
                    changed = [captured_of(days, cell, extra) for cell in CELLS]
                value = getattr(module, name) * factor
                yield (
                    f"  {name.strip('_').lower()} = {value:g}",
                    _row([b - a for a, b in zip(base, changed, strict=True)], ""),
                )


def bench_plants() -> Iterator[tuple[str, str]]:
    """Value in kWh of sun a day, and starts, of every rule on plants that are not the reference's."""
    days = our_days()[:_JUNE:4]
    yield f"plants: value a day of {len(days)} days (starts)", "; ".join(f"{s} {p}-phase" for s, p in CELLS)
    for what, sets in _PLANTS:
        yield f"  {what}", ""
        cells = [_all_pilots(days, cell, sets) for cell in CELLS]
        for name in (*PEERS, OURS):
            figures_of = [cell[name] for cell in cells]
            yield f"    {name}", "; ".join(_a_day(one) for one in figures_of)


def _a_day(one: Figures) -> str:
    days = one.counted.days
    return f"{(one.value_kwh or 0.0) / days:7.2f} ({one.counted.starts / days:4.1f})"


def _all_pilots(days: Sequence[Source], cell: tuple[float, int], sets: tuple[str, ...]) -> dict[str, Figures]:
    runs = _runs(days, cell, sets, [*PEERS, OURS])
    return {name: figures(by_pilot(runs, name)) for name in (*PEERS, OURS)}


def captured_of(days: Sequence[Source], cell: tuple[float, int], sets: tuple[str, ...]) -> float:
    captured = figures(by_pilot(_runs(days, cell, sets, [OURS], jobs=1), OURS)).captured
    return 0.0 if captured is None else 100 * captured


def _runs(
    days: Sequence[Source], cell: tuple[float, int], sets: tuple[str, ...], pilots: list[str], jobs: int = 2
) -> list[Run]:
    share, phases = cell
    every = (f"strategy.surplus.solar_share={share}", f"wallbox.phases={phases}", *sets)
    one = ParameterSet(scene=make_scene(None, every), sets=every)
    return runs_of(run_cases(cases_for(days, [one], pilots), jobs, lambda _: None))


def _row(figures_: Sequence[float], unit: str) -> str:
    return "  ".join(f"{figure:+7.2f}" if not unit else f"{figure:7.2f}" for figure in figures_)


@contextmanager
def scaled(module: ModuleType, name: str, factor: float) -> Iterator[None]:
    """One constant at another value."""
    value = getattr(module, name)
    setattr(module, name, value * factor)
    try:
        yield
    finally:
        setattr(module, name, value)
