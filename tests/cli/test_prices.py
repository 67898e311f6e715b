"""`sunpace prices`, and what `sunpace check` says of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest

from controller.app import read_config
from controller.cli.check import Finding, _try_prices
from controller.cli.main import main
from controller.control.clock import WallClock
from tests.support.feeds import reply, serving

SITE = """
[site]
timezone = "Europe/Berlin"
[history]
directory = "{folder}"
[wallbox]
host = "127.0.0.1"
password = "x"
tls = "insecure"
[meter.grid]
host = "127.0.0.1"
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(config: Path, prices: str) -> None:
    config.write_text(SITE.format(folder=config.parent) + ("[prices]\n" + prices if prices else ""))


def run(config: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["prices", "--config", str(config), *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def market(now: datetime) -> bytes:
    first = now.replace(minute=0, second=0, microsecond=0)
    stamps = [round((first + hour * HOUR).timestamp()) * 1000 for hour in range(31)]
    rows = [
        {"start_timestamp": start, "end_timestamp": end, "marketprice": float(hour), "unit": "Eur/MWh"}
        for hour, (start, end) in enumerate(pairwise(stamps))
    ]
    return reply({"data": rows})


def test_a_table_is_shown(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = config.parent / "prices.csv"
    table.write_text("start,end,per_kwh\n22:00,06:00,0.2\n06:00,22:00,0.3\n")
    write(config, f'source = "file"\nfile = "{table}"\nfactor = 1.1')
    code, out, err = run(config, capsys)
    assert (code, err) == (0, "")
    head, *rows = out.splitlines()
    assert head.startswith(f"{table}: ")
    assert "cheapest 0.220 at" in head
    assert "dearest 0.330 at" in head
    assert any(row.endswith(f"22:00 - 06:00    0.2200  {20 * '#'}") for row in rows)
    code, out, _ = run(config, capsys, "--json")
    found = json.loads(out)
    assert (code, found["stale"], found["prices"][1]["per_kwh"] in (0.22, 0.33)) == (0, False, True)
    assert datetime.fromisoformat(found["prices"][0]["end"]) > datetime.now(UTC)


def test_what_is_fetched_is_kept(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def main_() -> None:
        async with serving(market(datetime.now(UTC))) as service:
            write(config, f'source = "awattar"\ncountry = "de"\nurl = "{service.url}"\nsurcharge_per_kwh = 0.1')
            code, out, err = await anyio.to_thread.run_sync(lambda: run(config, capsys))
            assert (code, err) == (1, "")
            assert "no prices are known from now on" in out
            code, out, err = await anyio.to_thread.run_sync(lambda: run(config, capsys, "--fetch"))
            assert (code, err) == (0, "")
            assert out.startswith(f"awattar de at {service.host}: ")
            assert "cheapest 0.100" in out
        code, again, _ = await anyio.to_thread.run_sync(lambda: run(config, capsys))
        assert (code, again.splitlines()[1:]) == (0, out.splitlines()[1:])
        code, _, err = await anyio.to_thread.run_sync(lambda: run(config, capsys, "--fetch"))
        assert code == 1
        assert err.startswith(f"sunpace: {service.host} cannot be reached")

    anyio.run(main_)


def test_without_a_source_it_is_wrong_use(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("")
    code, out, err = run(config, capsys)
    assert (code, out) == (2, "")
    assert "names no source of prices" in err


async def findings(config: Path) -> list[Finding]:
    return await _try_prices(read_config(config), WallClock())


async def test_check_says_what_it_found(config: Path) -> None:
    async with serving(market(datetime.now(UTC)), reply({}, 500)) as service:
        write(config, f'source = "awattar"\ncountry = "de"\nurl = "{service.url}"')
        (well,) = await findings(config)
        (ill,) = await findings(config)
    assert (well.ok, well.device) == (True, f"prices awattar de at {service.host}")
    assert " h known until " in well.text
    assert (ill.ok, ill.text) == (False, f"{service.host} has a fault of its own (500)")


async def test_check_of_a_table(config: Path) -> None:
    table = config.parent / "prices.toml"
    write(config, f'source = "file"\nfile = "{table}"')
    (none,) = await findings(config)
    assert (none.ok, none.text) == (False, f"{table} does not exist")
    table.write_text("[[dated]]\nstart = 2020-01-01T00:00:00Z\nend = 2020-01-02T00:00:00Z\nper_kwh = 1\n")
    (old,) = await findings(config)
    assert (old.ok, old.text[:31]) == (False, "no prices are known from now on")
    write(config, "")
    assert await findings(config) == []


def test_secrets_are_not_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret: Any = "sesame-7"

    async def main_() -> None:
        async with serving(reply({"errors": [{"message": secret}]})) as service:
            write(config, f'source = "tibber"\ntoken = "{secret}"\nurl = "{service.url}/{secret}"')
            code, out, err = await anyio.to_thread.run_sync(lambda: run(config, capsys, "--fetch"))
            assert code == 1
            assert "check the token" in err
            assert secret not in out + err
            assert secret in service.seen[0]

    anyio.run(main_)
