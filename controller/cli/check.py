"""`sunpace check`: is the configuration right, and does every device answer?"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from controller.app import (
    Metering,
    choice_file,
    core_settings,
    external_cap_file,
    make_box,
    make_limit_store,
    make_price_source,
    override_file,
    read_config,
)
from controller.choosing import as_chosen
from controller.cli.check_forecast import forecast_found
from controller.cli.logs import configure_logs
from controller.cli.loop import run_on_loop
from controller.cli.meter.sentences import sentence
from controller.cli.prices import told
from controller.config.loader import Loaded
from controller.control.box_times_notice import charging_windows
from controller.control.clock import WallClock
from controller.domain.box_times import conflicts
from controller.domain.errors import DeviceError, FeedError, StorageError
from controller.domain.ports import Clock, LimitStore, Meter, Wallbox
from controller.history.cap_file import read_cap
from controller.history.override_file import read_overrides
from controller.meter.quantities import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One device: what it said, or how it failed; and what is to be warned of though it works."""

    device: str
    ok: bool
    text: str
    values: dict[str, Any]
    warnings: tuple[str, ...] = ()


def check(file: Path, *, as_json: bool) -> int:
    """Checks a configuration and its devices; returns the exit code. Raises ConfigError."""
    configure_logs("warning")
    loaded = read_config(file)
    findings = run_on_loop(_reach, loaded)
    well = all(finding.ok for finding in findings)
    if as_json:
        devices = [
            {"device": f.device, "ok": f.ok, "text": f.text, **f.values, "warnings": list(f.warnings)} for f in findings
        ]
        print(json.dumps({"config": str(file), "ok": well, "devices": devices}, default=str))
    else:
        print(f"ok    {file}: the file is right")
        for finding in findings:
            print(f"{'ok   ' if finding.ok else 'FAIL '} {finding.device}: {finding.text}")
            for warning in finding.warnings:
                print(f"warn  {finding.device}: {warning}")
    return 0 if well else 1


async def _reach(loaded: Loaded) -> list[Finding]:
    clock = WallClock()
    findings = [_try_store(make_limit_store(loaded.config)), *_try_cap(external_cap_file(loaded.config))]
    findings += _try_override(override_file(loaded.config))
    settings, fault = as_chosen(core_settings(loaded), choice_file(loaded.config), loaded, clock.now())
    findings += [Finding(device="strategy by hand", ok=False, text=fault, values={})] if fault else []
    findings += await _try_forecast(loaded, clock)
    findings += await _try_prices(loaded, clock)
    metering = Metering(loaded, clock)
    meters = [(role, metering.meter(role, entry)) for role, entry in metering.entries()]
    try:
        findings += [await _try_meter(role, meter) for role, meter in meters]
    finally:
        for _, meter in meters:
            await meter.close()
    try:
        box = make_box(loaded.config.wallbox, loaded.wallbox_password, clock)
    except DeviceError as error:
        return [*findings, Finding(device="wallbox", ok=False, text=str(error), values={})]
    try:
        findings.append(await _try_wallbox(box.steered, loaded, settings.active))
    finally:
        await box.client.close(keep_gap=True)
    return findings


def _try_store(store: LimitStore) -> Finding:
    try:
        store.probe()
    except StorageError as error:
        return Finding(device="state", ok=False, text=str(error), values={})
    return Finding(device="state", ok=True, text="your own limit can be kept across a crash", values={})


def _try_cap(file: Path) -> list[Finding]:
    """The limit from outside, where there is one."""
    try:
        cap = read_cap(file)
    except FileNotFoundError:
        return []
    except StorageError as error:
        return [Finding(device="external limit", ok=False, text=str(error), values={})]
    limit = f"{cap.power_w:g} W" if cap.power_w is not None else f"{cap.current_a:g} A a phase"
    until = "further notice" if cap.until is None else f"{cap.until:%Y-%m-%d %H:%M %z}"
    return [Finding(device="external limit", ok=True, text=f"{limit} until {until} ({file})", values={})]


async def _try_forecast(loaded: Loaded, clock: Clock) -> list[Finding]:
    """Whoever tells the sun, where somebody is named."""
    found = await forecast_found(loaded, clock)
    return [] if found is None else [Finding(device=found[0], ok=found[1], text=found[2], values={})]


async def _try_prices(loaded: Loaded, clock: Clock) -> list[Finding]:
    """Where the prices come from, where they are configured."""
    source = make_price_source(loaded, clock)
    if source is None:
        return []
    name, zone = f"prices {source.name}", loaded.config.site.zone
    try:
        await source.renew()
    except FeedError as error:
        return [Finding(device=name, ok=False, text=str(error), values={})]
    table, now = source.prices(clock.now()), clock.now()
    known = table is not None and any(price.end > now for price in table.prices)
    return [Finding(device=name, ok=known, text=told(table, now, zone), values={})]


def _try_override(file: Path) -> list[Finding]:
    """A pause or boost by hand, where its file cannot be read; what holds is told by `sunpace status`."""
    try:
        read_overrides(file)
    except FileNotFoundError:
        return []
    except StorageError as error:
        return [Finding(device="pause or boost", ok=False, text=f"{error}; `sunpace resume` removes it", values={})]
    return []


async def _try_meter(role: Role, meter: Meter) -> Finding:
    try:
        reading = await meter.read()
    except DeviceError as error:
        return Finding(device=meter.name, ok=False, text=str(error), values={})
    values: dict[str, Any] = {
        "power_w": reading.power_w,
        "current_a": reading.current_a,
        "voltage_v": reading.voltage_v,
        "refused": dict(reading.refused),
    }
    if reading.power_w is None:
        text = "; ".join(f"{quantity} refused: {why}" for quantity, why in reading.refused.items())
        return Finding(device=meter.name, ok=False, text=text, values=values)
    text = f"{reading.power_w:.0f} W: {sentence(role, reading)}"
    if reading.voltage_v is not None:
        text += "; " + " / ".join(f"{volts:.0f}" for volts in reading.voltage_v[: reading.phases]) + " V"
    return Finding(device=meter.name, ok=True, text=text, values=values)


async def _try_wallbox(wallbox: Wallbox, loaded: Loaded, active: str) -> Finding:
    name = f"wallbox {loaded.config.wallbox.host}:{loaded.config.wallbox.port}"
    try:
        power = await wallbox.power()
        status = await wallbox.status()
    except DeviceError as error:
        return Finding(device=name, ok=False, text=str(error), values={})
    values: dict[str, Any] = {"limit_a": power.limit_a, "limit_max_a": power.limit_max_a, "phases": power.phases}
    values["ocpp_state"] = status.state.value
    windows = charging_windows(loaded.strategies[active])
    found = conflicts(power.times, windows, loaded.config.wallbox.period_sense)
    warnings = tuple(f"{conflict.what}; {conflict.remedy}" for conflict in found)
    values["traffic"] = asdict(wallbox.traffic())
    text = f"{status.state.value}, operator current limit {power.limit_a} A"
    if power.limit_max_a is not None:
        text += f" of at most {power.limit_max_a} A"
    configured = loaded.config.wallbox.phases
    if power.phases is not None and power.phases < configured:
        wrong = f"{text}; but it is connected to {power.phases} phase and the file says wallbox.phases = {configured}"
        return Finding(device=name, ok=False, text=wrong, values=values, warnings=warnings)
    return Finding(device=name, ok=True, text=text, values=values, warnings=warnings)
