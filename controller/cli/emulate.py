"""`sunpace emulate`: the virtual home's parts by themselves."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, assert_never

import anyio

from controller.cli.emulate_flags import BoxFlags, MeterFlags
from controller.cli.emulate_meter import emulated_meter
from controller.cli.faults_file import read_faults
from controller.cli.logs import configure_logs
from controller.cli.loop import run_on_loop
from controller.cli.plant_options import plant_options
from controller.cli.virtual import config_toml, virtual_day
from controller.control.clock import WallClock
from controller.domain.errors import ConfigError, StorageError
from controller.simulation.box.control import control_server
from controller.simulation.box.core import BoxSettings
from controller.simulation.box.faults import Faults
from controller.simulation.box.server import VirtualBox
from controller.simulation.home import HOST, Home, random_password, virtual_home, virtual_wallbox
from controller.simulation.plant import LivePlant
from controller.simulation.trace import TraceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulation:
    """What to serve, and where.

    Attributes:
        what: Which part of the home.
        port: Of the meter or wallbox, in a home of the meter; 0 takes a free one.
        wallbox_port: Of the wallbox in a home.
        trace_file: A recorded day; None plays a generated one.
        day_name: Which generated one, like "broken:3"; None for the usual one.
        start: Where the generated day begins, "HH:MM".
        write_config: Where to write a configuration that fits a home.
        as_json: Whether the first line is JSON, and the last one what wallbox or meter have seen.
        box: How the wallbox is to be.
        meter: How the meter is to be, by itself.
        plant_file: TOML with the plant's options; None for the reference plant.
        plant_sets: "plant.KEY=VALUE" words over it.
    """

    what: Literal["wallbox", "meter", "home"]
    port: int
    wallbox_port: int
    trace_file: Path | None
    day_name: str | None
    start: str
    write_config: Path | None
    as_json: bool
    box: BoxFlags
    meter: MeterFlags
    plant_file: Path | None = None
    plant_sets: tuple[str, ...] = ()


def emulate(emulation: Emulation) -> int:
    """Serves until stopped; returns the exit code. Raises SunpaceError."""
    configure_logs("warning")
    run_on_loop(_serve, emulation)
    return 0


async def _serve(emulation: Emulation) -> None:
    clock = WallClock()
    options = plant_options(emulation.plant_file, emulation.plant_sets, live=True)
    try:
        day = virtual_day(emulation.trace_file, emulation.start, emulation.day_name, options)
    except TraceError as error:  # a flag that names no trace
        raise ConfigError([str(error)]) from error
    live = LivePlant(day.plant, clock)
    seen: Callable[[], dict[str, Any]]
    async with AsyncExitStack() as stack:
        signals = stack.enter_context(anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT))
        addresses: dict[str, Any]
        match emulation.what:
            case "meter":
                opened_meter = emulated_meter(emulation.meter, emulation.box, live, clock, emulation.port)
                addresses, seen = await stack.enter_async_context(opened_meter)
            case "wallbox":
                opened = virtual_wallbox(live, clock, emulation.port, _box_settings(emulation.box))
                alone, address = await stack.enter_async_context(opened)
                control = await stack.enter_async_context(control_server(alone, HOST, emulation.box.control_port))
                addresses = {**asdict(address), "control": control}
                seen = _seen_by(alone)
            case "home":
                home = await stack.enter_async_context(
                    virtual_home(live, clock, emulation.port, emulation.wallbox_port, _box_settings(emulation.box))
                )
                seen = _seen_by(home.box)
                control = await stack.enter_async_context(control_server(home.box, HOST, emulation.box.control_port))
                wallbox = {**asdict(home.box_address), "control": control}
                addresses = {"meter": asdict(home.meter_address), "wallbox": wallbox}
                if emulation.write_config is not None:
                    _write_config(home, emulation.write_config)
            case _:
                assert_never(emulation.what)
        _announce(addresses, emulation.as_json)
        async for _ in signals:
            break
    if emulation.as_json:
        print(json.dumps(seen()), flush=True)


def _seen_by(box: VirtualBox) -> Callable[[], dict[str, Any]]:
    """Tells what the box has seen; its record may be replaced while it runs."""

    def seen() -> dict[str, Any]:
        return box.record.as_json()

    return seen


def _box_settings(flags: BoxFlags) -> BoxSettings:
    return BoxSettings(
        username=flags.username,
        password=flags.password if flags.password is not None else random_password(),
        dialect=flags.dialect,
        several_users=flags.several_users,
        limit_min_a=flags.limit_min_a,
        token_life_s=flags.token_life_s,
        restart_s=flags.restart_s,
        faults=read_faults(flags.faults) if flags.faults is not None else Faults(),
    )


def _write_config(home: Home, file: Path) -> None:
    """It holds the wallbox's password: for the owner's eyes only."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
            handle.write(config_toml(home, file.resolve().parent / "sunpace-state"))
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror}") from error


def _announce(addresses: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(addresses), flush=True)
        return
    for key, value in addresses.items():
        if isinstance(value, dict):
            print(f"{key}:")
            for name, inner in value.items():
                print(f"  {name:16} {inner}")
        else:
            print(f"{key:16} {value}")
    print("serving; Ctrl-C ends it", flush=True)
