"""What `demo` and `emulate` share: a virtual day, and a configuration that fits a virtual home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from controller.domain.errors import ConfigError
from controller.domain.one_line import one_line
from controller.plugins.find import FOLDER
from controller.plugins.trusted import Distrust, trusted_text
from controller.simulation.days.day import Day, generate
from controller.simulation.days.names import named_days
from controller.simulation.home import Home
from controller.simulation.plant import Plant, PlantOptions, PlantSettings
from controller.simulation.trace import read_trace

_PRICES = """\
start,end,per_kwh
00:00,06:00,0.24
06:00,11:00,0.36
11:00,14:00,0.16
14:00,00:00,0.38
"""
_PLANS = {
    "price": "cheapest_hours = 3",
    "ready_by": 'trips = [{ by = "16:00", kwh = 40 }]',
}
"""What the strategies of a plan are set to; left alone they would only follow the sun."""
_FIRST_SUN_W = 200.0
_USUAL_DAY = "sunny:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualDay:
    """A plant, and when its day begins and ends.

    Attributes:
        plant: Sun, house, car.
        start: The instant of the plant's second 0.
        length_s: How long the day lasts; None for one that repeats.
    """

    plant: Plant
    start: datetime
    length_s: float | None


def virtual_day(
    trace_file: Path | None, start: str, name: str | None = None, options: PlantOptions | None = None
) -> VirtualDay:
    """A recorded day from its first sun, or a generated one from `start`.

    Args:
        trace_file: The recorded day, if any.
        start: Where a generated one begins, "HH:MM".
        name: Which generated one, like "broken:3"; None for a sunny one with a few clouds.
        options: The plant's; None for the reference plant.

    Raises:
        TraceError: The recorded day cannot be read.
        ConfigError: No such day is generated, or both are asked for.
    """
    if trace_file is not None and name is not None:
        raise ConfigError([f"--trace {trace_file} and --day {name}: there is one day, name one of them"])
    settings = PlantSettings() if options is None else PlantSettings(**dict(options))
    if trace_file is not None:
        trace = read_trace(trace_file)
        start_s = trace.first_sun_s(_FIRST_SUN_W)
        plant = Plant(trace, start_s, settings)
        return VirtualDay(plant=plant, start=datetime.fromtimestamp(start_s, UTC), length_s=trace.times_s[-1] - start_s)
    trace = generate(_one_day(name or _USUAL_DAY))
    hour = time.fromisoformat(start)
    begin = trace.start.replace(hour=hour.hour, minute=hour.minute)
    return VirtualDay(plant=Plant(trace, begin.timestamp(), settings, cyclic=True), start=begin, length_s=None)


def _one_day(name: str) -> Day:
    kind, seeds = named_days(name)
    if len(seeds) > 1:
        raise ConfigError([f"--day {name}: there is one day, name one seed, like {kind}:{seeds[0]}"])
    return Day(kind=kind, seed=seeds[0])


def config_toml(home: Home, directory: Path, *, speed: float = 1.0) -> str:
    """A configuration for a virtual home.

    Args:
        home: The home.
        directory: Where the service keeps its state.
        speed: The clock's; polls and waits are stretched so that they stay what a machine can do in real time.
    """
    meter, box = home.meter_address, home.box_address
    poll_s = max(1.0, speed / 20)
    wait_s = min(30.0, max(3.0, speed / 4))
    roles = [("[meter.grid]", meter.unit_id), ("[[meter.pv]]", meter.pv_unit_id), ("[meter.ev]", meter.ev_unit_id)]
    meters = "\n".join(
        f'{header}\nprofile = "{meter.profile}"\nhost = "{meter.host}"\nport = {meter.port}\nunit_id = {unit_id}\n'
        f"poll_s = {poll_s}\ntimeout_s = {wait_s}\nstale_after_s = {max(15.0, 3 * poll_s, speed / 2)}\n"
        for header, unit_id in roles
    )
    return (
        f'[site]\nname = "virtual home"\n\n{meters}\n[wallbox]\nhost = "{box.host}"\nport = {box.port}\n'
        f"username = {_toml(box.username)}\npassword = {_toml(box.password)}\n"
        f'tls_fingerprint = "{box.tls_fingerprint}"\n'
        f"phases = {home.live.now().settings.phases}\n\n"
        f"[wallbox.pacing]\ntimeout_s = {min(120.0, max(30.0, speed))}\n\n"
        f'[history]\ndirectory = "{directory}"\n'
    )


def strategy_toml(strategy: str, folder: Path) -> str:
    """The table `[strategy]` for one by its name, or for the file of one's own, which is laid beside the configuration.

    One that plans gets something to plan: prices that change over the day, or a trip.

    Args:
        strategy: The name, or a path that ends in ".py".
        folder: Where the configuration lies.

    Raises:
        ConfigError: The file cannot be had, or others may write to it.
    """
    name = strategy
    if strategy.endswith(".py"):
        file = Path(strategy)
        if file.name[0] in "._" or not file.name.isprintable():
            raise ConfigError([f"--strategy {one_line(strategy, 4096)}: no name for a strategy: give the file another"])
        try:
            source = trusted_text(file)
        except Distrust as error:
            raise ConfigError([f"--strategy {file}: {error}"]) from error
        place = folder / FOLDER
        place.mkdir(mode=0o700)
        name = file.stem
        (place / file.name).write_bytes(source)
        (place / file.name).chmod(0o600)
    chosen = f"\n[strategy]\nactive = {_toml(name)}\n"
    if name not in _PLANS:
        return chosen
    prices = folder / "prices.csv"
    prices.write_text(_PRICES)
    return f'{chosen}[strategy.{name}]\n{_PLANS[name]}\n\n[prices]\nsource = "file"\nfile = {_toml(str(prices))}\n'


def _toml(text: str) -> str:
    """Quoted text: a person may have chosen it."""
    return json.dumps(text, ensure_ascii=False)
