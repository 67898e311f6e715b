"""`sunpace demo`: the real service in a virtual home, on real sockets."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from controller.app import make_controller, read_config
from controller.cli.demo_view import LiveView, PlainView, View
from controller.cli.logs import configure_logs
from controller.cli.loop import run_on_loop
from controller.cli.plant_options import plant_options
from controller.cli.virtual import VirtualDay, config_toml, strategy_toml, virtual_day
from controller.config.loader import Loaded
from controller.control.clock import ScaledClock, WallClock
from controller.domain.errors import ConfigError
from controller.plugins.find import FOLDER
from controller.simulation.home import Home, virtual_home
from controller.simulation.plant import LivePlant

_START = "10:00"
_EXIT_WITHIN_S = 4.5


def demo(
    *,
    speed: float,
    trace_file: Path | None,
    day_name: str | None,
    duration_s: float | None,
    as_json: bool,
    plant_file: Path | None = None,
    plant_sets: Sequence[str] = (),
    strategy: str | None = None,
) -> int:
    """Plays a day until Ctrl-C, the duration or the trace's end; returns the exit code. Raises SunpaceError.

    Args:
        speed: Virtual seconds a second.
        trace_file: A recorded day; None plays a generated one.
        day_name: Which generated one, like "broken:3"; None for the usual one.
        duration_s: Real seconds after which to end.
        as_json: Whether the last line on stdout is what was measured, as JSON.
        plant_file: TOML with the plant's options; None for the reference plant.
        plant_sets: "plant.KEY=VALUE" words over it.
        strategy: The name of the strategy, or the file of one's own; None for the usual one.
    """
    configure_logs("error")
    day = virtual_day(trace_file, _START, day_name, plant_options(plant_file, plant_sets, live=True))
    measured = run_on_loop(_play, day, speed, duration_s, as_json, strategy)
    if as_json:
        print(json.dumps(measured), flush=True)
    else:
        print("  ".join(f"{name} {value}" for name, value in measured.items()))
    return 0


async def _play(
    day: VirtualDay, speed: float, duration_s: float | None, as_json: bool, strategy: str | None
) -> dict[str, float | None]:
    clock = ScaledClock(day.start, speed)
    live = LivePlant(day.plant, clock)
    lasts_s = min((s for s in (duration_s, day.length_s and day.length_s / speed) if s), default=None)
    stop = anyio.Event()
    with TemporaryDirectory(prefix="sunpace-demo-") as directory:
        async with virtual_home(live, clock) as home:
            file = Path(directory) / "config.toml"
            chosen = "" if strategy is None else strategy_toml(strategy, file.parent)
            file.write_text(config_toml(home, Path(directory) / "state", speed=speed) + chosen)
            view = _view(home, clock, as_json)
            controller = make_controller(
                _loaded(file, strategy),
                clock,
                (view,),
                tick_s=max(1.0, speed / 20),
                exit_within_s=_EXIT_WITHIN_S * speed,
            )
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_stop_on_signal, stop)
                if lasts_s is not None:
                    tasks.start_soon(_stop_after, stop, lasts_s)
                with view.shown():
                    await controller.run(stop)
                tasks.cancel_scope.cancel()
    return measured(home)


def _loaded(file: Path, strategy: str | None) -> Loaded:
    """The configuration; what is wrong with it is blamed on what was asked for, not on a file that nobody knows."""
    try:
        return read_config(file, {})
    except ConfigError as error:
        own = f"{file.parent / FOLDER / Path(strategy or '').name}: "
        faults = [fault.partition(": ")[2].removeprefix(own) for fault in error.faults]
        raise ConfigError([f"--strategy {strategy}: {fault}" for fault in faults]) from error


def measured(home: Home) -> dict[str, float | None]:
    """What the virtual plant and wallbox have counted; nothing that the controller believes."""
    energy, record = home.live.now().energy, home.box.record
    return {
        "solar_kwh": round(energy.solar_kwh, 3),
        "grid_kwh": round(energy.grid_kwh, 3),
        "ev_kwh": round(energy.ev_kwh, 3),
        "starts": energy.starts,
        "limit_writes": record.limit_writes,
        "api_calls": record.api_calls,
        "max_in_flight": record.max_in_flight,
        "min_gap_s": None if record.min_gap_s is None else round(record.min_gap_s, 3),
    }


def _view(home: Home, clock: ScaledClock, as_json: bool) -> View:
    """The live picture on a terminal, else a line a change; beside JSON both go to stderr."""
    stream = sys.stderr if as_json else sys.stdout
    return LiveView(home, clock, stream) if stream.isatty() else PlainView(home, clock, stream)


async def _stop_after(stop: anyio.Event, seconds: float) -> None:
    await WallClock().sleep(seconds)
    stop.set()


async def _stop_on_signal(stop: anyio.Event) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()
