"""What the wiring makes of the meters' tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.app import Metering, make_meter, read_config
from controller.config.models import MeterEntry, Site
from controller.control.clock import WallClock
from controller.domain.errors import ConfigError
from controller.meter.connection import Connections
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role

WALLBOX = f'[wallbox]\nhost = "box"\npassword = "x"\ntls_fingerprint = "{"ab" * 32}"\n'


def max_power_w(role: Role, fuse_a: float, entry: MeterEntry | None = None) -> float:
    clock = WallClock()
    profile = Shelf().load("eastron-sdm630")
    site = Site(main_fuse_a=fuse_a)
    entry = entry or MeterEntry(host="meter")
    meter = make_meter(role, entry, profile, site=site, connections=Connections(clock), clock=clock)
    return meter.bounds.max_power_w


@pytest.mark.parametrize(
    ("role", "fuse_a", "watts"),
    [
        (Role.GRID, 25, 2 * 3 * 25 * 230),  # fuses blow at twice their current within seconds
        (Role.LOAD, 25, 2 * 3 * 25 * 230),
        (Role.GRID, 0, 200_000),
        (Role.EV, 25, 30_000),
        (Role.EV, 0, 30_000),
        (Role.PV, 25, 200_000),
    ],
)
def test_what_a_connection_carries(role: Role, fuse_a: float, watts: float) -> None:
    assert max_power_w(role, fuse_a) == watts


def test_the_configuration_knows_better() -> None:
    assert max_power_w(Role.GRID, 25, MeterEntry(host="meter", max_power_w=12_000)) == 12_000


def configured(folder: Path, meters: str) -> Metering:
    file = folder / "config.toml"
    file.write_text(meters + WALLBOX)
    return Metering(read_config(file, {}), WallClock())


def test_meters_of_different_serial_settings_behind_one_gateway(tmp_path: Path) -> None:
    table = 'transport = "rtu-over-tcp"\nhost = "gateway"\n'
    meters = f'[meter.grid]\nprofile = "eastron-sdm630"\n{table}[[meter.pv]]\nprofile = "solax-hybrid"\n{table}'
    assert len(configured(tmp_path, meters).house().pollers) == 2


def test_meters_of_different_settings_on_one_line_are_refused(tmp_path: Path) -> None:
    table = 'transport = "rtu"\ndevice = "/dev/ttyUSB0"\n'
    meters = f'[meter.grid]\nprofile = "eastron-sdm630"\n{table}[[meter.pv]]\nprofile = "solax-hybrid"\n{table}'
    with pytest.raises(ConfigError, match="9600 8N1 and 19200 8N1: give both the same"):
        configured(tmp_path, meters).house()


def test_own_profiles_lie_beside_the_configuration_and_their_faults_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "eastron-sdm630"\nname = "Mine"\n')
    meters = '[meter.grid]\nprofile = "mine"\nhost = "meter"\n'
    assert len(configured(tmp_path, meters).house().pollers) == 1
    (tmp_path / "mine.toml").write_text('extends = "eastron-sdm630"\n[meter]\npowr_w = { address = 1 }\n')
    with pytest.raises(
        ConfigError, match=rf'config.toml:2: meter.grid.profile = "mine": {tmp_path}/mine.toml: .*powr_w'
    ):
        configured(tmp_path, meters)
