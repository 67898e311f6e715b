"""`sunpace plan`: the table, the JSON, the picture, and what goes wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from controller.cli.main import main
from controller.control.clock import WallClock
from controller.control.plugins import installed_strategies
from controller.domain.choice import Choice
from controller.domain.demand import Demand, Situation
from controller.domain.horizon import EnergyLog, Expected, Forecast, Horizon, Mark
from controller.domain.prices import Price, PriceTable
from controller.domain.reasons import ReasonCode, because
from controller.history.choice_file import choice_text
from strategies.fixed import Fixed
from strategies.ready_by import ReadyBy
from tests.support.plugins import write

NOW = datetime(2026, 11, 23, 17, 30, 42, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONFIG = """\
[site]
timezone = "Europe/Berlin"
import_price = 0.30
feed_in_price = 0.08
[meter.grid]
host = "127.0.0.1"
[wallbox]
host = "127.0.0.1"
password = "not-to-be-seen"
tls = "insecure"
[strategy]
active = "{active}"
[strategy.ready_by]
trips = [{{ by = "07:00", kwh = 11 }}]
"""


class Divides(Fixed):
    def demand(self, situation: Situation) -> Demand:
        return Demand(current_a=1 / 0, reason=because(ReasonCode.FIXED, current_a=6))


class Person:
    """Somebody at a terminal."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.writes("ready_by")

    def writes(self, active: str) -> None:
        (self.folder / "config.toml").write_text(CONFIG.format(active=active))

    def says(self, *words: str) -> tuple[int, str, str]:
        try:
            code = main(["plan", "--config", str(self.folder / "config.toml"), *words])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        told = self._capsys.readouterr()
        return code, told.out, told.err


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Person:
    known = {**installed_strategies(), "ready_by": ReadyBy, "bad": Divides}
    monkeypatch.setattr("controller.app.installed_strategies", lambda: known)
    monkeypatch.setattr(WallClock, "now", lambda self: NOW)
    return Person(tmp_path, capsys)


def everything(*_: object) -> Horizon:
    """Prices, sun and the car's power are known."""
    start = NOW.replace(minute=0)
    prices = [Price(start + n * HOUR, start + (n + 1) * HOUR, 0.2 + 0.01 * n) for n in range(12)]
    noon = NOW.replace(hour=11, minute=0) + timedelta(days=1)
    sun = (Expected(noon, noon + 2 * HOUR, 6000, 480),)
    return Horizon(
        prices=PriceTable.of(prices),
        forecast=Forecast(sun, NOW, "somebody's forecast"),
        charged=EnergyLog((Mark(NOW, 0.0),)),
        import_price=0.3,
        feed_in_price=0.08,
        full_power_w=11_000,
    )


def test_the_table_tells_when_who_how_much_and_why(person: Person) -> None:
    code, out, _ = person.says("--hours", "24")
    lines = [line.split() for line in out.splitlines() if line.strip()]
    assert code == 0
    assert lines[0] == ["when", "decides", "A", "sun", "grid", "price", "cost", "why"]
    assert lines[2][:4] == ["Mon", "18:30-03:25", "surplus", "-"]
    assert lines[3][:4] == ["Tue", "03:25-03:28", "ready_by", "16"]  # whose power nobody knows yet: it may be 3.3 kW
    assert lines[5][:4] == ["Tue", "05:48-06:45", "ready_by", "16"]
    assert " ".join(lines[5][4:]) == "0.0 10.5 0.300 3.15 charges by plan"
    assert "in all 11.0 kWh, 0 % of it sun; cost 3.31" in out
    assert "one price at all hours; no sun expected: there is no forecast; the car's power not measured yet" in out


def test_it_fits_into_eighty_columns(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.cli.plan.command.known_horizon", everything)
    monkeypatch.setattr("controller.cli.outcome._WIDTH_OF_A_FILE", 80)
    _, out, _ = person.says("--hours", "30")
    assert max(map(len, out.splitlines())) <= 80
    assert not [line for line in out.splitlines() if line.startswith(" " * 20) and "─" not in line and line.strip()]
    assert "prices known until Tue 06:00; sun: somebody's forecast" in out


def test_as_json(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.cli.plan.command.known_horizon", everything)
    code, out, _ = person.says("--json", "--hours", "24")
    told = json.loads(out)
    assert code == 0
    assert told["active"] == "ready_by"
    assert told["known"]["full_power_w"] == 11_000
    first = told["stretches"][0]
    assert first["from"] == "2026-11-23T18:30:00+01:00"
    assert first["rule"] == "ready_charges"
    assert (first["current_a"], first["power_w"], first["price"]) == (16, 11_000, 0.2)
    assert sum(row["grid_kwh"] for row in told["stretches"]) == pytest.approx(told["total"]["grid_kwh"], abs=0.01)
    assert told["total"]["sun_kwh"] == pytest.approx(11.04, abs=0.1)  # 8 A for two hours tomorrow
    assert all(a["to"] == b["from"] for a, b in zip(told["stretches"], told["stretches"][1:], strict=False))


@pytest.mark.parametrize(("suffix", "begins"), [("html", b"<!DOCTYPE"), ("png", b"\x89PNG")])
def test_a_picture(suffix: str, begins: bytes, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.cli.plan.command.known_horizon", everything)
    file = person.folder / f"plan.{suffix}"
    assert person.says("--hours", "24", "--plot", str(file))[0] == 0
    assert file.read_bytes().startswith(begins)
    if suffix != "png":
        for part in ("sun", "car-sun", "car-grid", "price", "reason-0"):
            assert f'id="{part}"' in file.read_text()


def test_without_prices_the_picture_says_so(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.cli.plan.command.known_horizon", lambda *_: Horizon())
    file = person.folder / "plan.svg"
    code, out, _ = person.says("--hours", "6", "--plot", str(file))
    assert code == 0
    assert "prices not known" in out
    assert "prices not known" in file.read_text()
    assert "no sun expected, and nothing is charged" in file.read_text()
    assert "in all 0.0 kWh; cost 0.00" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--hours", "0"), "0 is not between 1 and 192"),
        (("--hours", "many"), "'many' is no number of hours"),
        (("--plot", "plan.pdf"), "--plot plan.pdf: name it F.html, F.svg, F.png"),
    ],
)
def test_wrong_use(words: tuple[str, ...], says: str, person: Person) -> None:
    code, out, err = person.says(*words)
    assert (code, out) == (2, "")
    assert says in err


def test_a_strategy_that_fails_is_one_clear_line(person: Person) -> None:
    person.writes("bad")
    assert person.says() == (
        1,
        "",
        "sunpace: strategy 'bad' failed while it was asked: ZeroDivisionError: division by zero\n",
    )


def test_a_pause_is_part_of_the_plan_and_one_that_cannot_be_read_is_told(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(person.folder))
    file = person.folder / "override.toml"
    file.write_text("[pause]\nset_at = 2026-11-23T17:00:00Z\nuntil = 2026-11-23T18:30:00Z\n")
    _, out, err = person.says("--hours", "3", "--json")
    first, second = json.loads(out)["stretches"][:2]
    assert (first["strategy"], first["rule"], first["to"]) == ("pause", "paused", "2026-11-23T19:30:00+01:00")
    assert second["strategy"] == "surplus"
    assert err == ""
    file.write_text("[pause]\n")
    _, out, err = person.says("--hours", "3", "--json")
    assert json.loads(out)["stretches"][0]["strategy"] == "surplus"
    assert "set_at is missing" in err


def test_an_hour_that_the_clock_shows_twice_is_told_with_its_zone(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(person.folder))
    monkeypatch.setattr(WallClock, "now", lambda self: datetime(2026, 10, 24, 23, tzinfo=UTC))
    (person.folder / "override.toml").write_text(
        "[pause]\nset_at = 2026-10-24T22:00:00Z\nuntil = 2026-10-25T00:15:00Z\n"
        "[boost]\nset_at = 2026-10-24T22:00:00Z\nuntil = 2026-10-25T01:15:00Z\n"
    )
    _, out, _ = person.says("--hours", "3")
    assert "Sun 01:00-02:15 CEST" in out
    assert "Sun 02:15 CEST-02:15 CET" in out
    assert "Sun 02:15 CET-03:00" in out


def test_what_is_said_of_others_does_not_come_between(person: Person) -> None:
    write(person.folder, name="tea-time")
    code, out, err = person.says("--json", "--hours", "1")
    assert code == 0
    assert json.loads(out)["active"] == "ready_by"
    assert "'tea-time' is no name for a strategy" in err


def test_a_strategy_of_somebody_elses_that_fails_is_told_as_the_service_tells_it(person: Person) -> None:
    write(person.folder, "return good._replace(current_a=-1)")
    person.writes("kettle")
    assert person.says() == (1, "", "sunpace: strategy kettle failed: current_a is -1.0, not between 0 and 200\n")


def test_a_strategy_of_somebody_elses_that_hangs_holds_nobody_up(person: Person) -> None:
    write(person.folder, "time.sleep(600)")
    person.writes("kettle")
    assert person.says() == (1, "", "sunpace: strategy kettle failed: did not answer within 200 ms\n")


def test_a_picture_that_cannot_be_written_is_one_clear_line(person: Person) -> None:
    code, _, err = person.says("--hours", "1", "--plot", str(person.folder / "nowhere" / "plan.png"))
    assert code == 1
    assert "cannot be written" in err


def test_what_was_chosen_by_hand_is_foreseen_until_its_end(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(person.folder))
    file, until = person.folder / "strategy-choice.toml", NOW.replace(minute=0, second=0) + 3 * HOUR
    file.write_text(choice_text(Choice("fixed", NOW, until)))
    told = json.loads(person.says("--json", "--hours", "24")[1])
    assert (told["active"], told["active_until"]) == ("fixed", "2026-11-23T21:00:00+01:00")
    deciding = [(row["strategy"], row["to"][:16]) for row in told["stretches"]]
    assert deciding[0] == ("fixed", "2026-11-23T21:00")
    assert [name for name, _ in deciding[1:]] == ["ready_by", "surplus"]  # what it lacks by then, without another start
    out = person.says("--hours", "6")[1]
    assert "fixed was chosen by hand until 2026-11-23 21:00; then ready_by is active" in out
    file.write_text(choice_text(Choice("fixed", NOW)))
    assert "fixed was chosen by hand, for good; else ready_by would be active" in person.says("--hours", "6")[1]
    file.write_text(choice_text(Choice("price", NOW)))
    code, out, err = person.says("--json", "--hours", "6")
    assert (code, json.loads(out)["active"]) == (0, "ready_by")
    assert err.startswith(f"sunpace plan: {file}: price: goes by prices: a table [prices] has to say")
    assert err.endswith("while that is so, ready_by holds, as the configuration has it\n")
