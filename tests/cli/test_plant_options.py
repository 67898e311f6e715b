"""The plant's options as people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from controller.cli.backtest.scene import make_scene
from controller.cli.main import main
from controller.cli.plant_options import parted, plant_options
from controller.domain.errors import ConfigError
from controller.simulation.plant import PlantOptions, PlantSettings

DAY = """time,pv_w,load_w
2026-06-01T10:00:00+00:00,6000,300
2026-06-01T11:00:00+00:00,6000,300
"""


def test_sets_shape_the_plant_and_the_rest_is_the_sites() -> None:
    words = ["plant.dead_time_s=30", "plant.car.phases=1", "wallbox.phases=3", "plant.battery.capacity_kwh=10"]
    scene = make_scene(None, [*words, "plant.dead_time_s=20", "plant.car.away_h=[[8, 17.5]]"])
    assert scene.core.phases == 3
    assert scene.plant == PlantSettings.model_validate(
        {
            "phases": 3,
            "step_s": 5.0,
            "dead_time_s": 20.0,
            "car": {"phases": 1, "away_h": [[8, 17.5]]},
            "battery": {"capacity_kwh": 10},
        }
    )


def test_nothing_asked_for_is_the_reference_plant() -> None:
    assert plant_options(None, []) == PlantOptions()
    assert make_scene(None, ["wallbox.phases=1"]).plant == PlantSettings(phases=1, step_s=5.0)


def test_how_old_a_reading_may_be_is_the_sites(tmp_path: Path) -> None:
    assert make_scene(None, []).core.stale_after_s == 15
    assert make_scene(None, ["meter.grid.stale_after_s=130"]).core.stale_after_s == 130
    file = tmp_path / "config.toml"
    file.write_text('[meter.grid]\nprofile = "no-such"\nhost = "10.0.0.9"\npoll_s = 20\nstale_after_s = 60\n')
    assert make_scene(file, []).core.stale_after_s == 60
    with pytest.raises(ConfigError, match="stale_after_s = 30 is too short for poll_s = 20"):
        make_scene(file, ["meter.grid.stale_after_s=30"])
    for not_a_table in ("meter = 3", "[meter]\ngrid = 3"):
        file.write_text(not_a_table + "\n")
        assert make_scene(file, []).core.stale_after_s == 15


def test_words_are_parted() -> None:
    assert parted(["plant.seed=3", "plants=1", "site.voltage_v=240"]) == (
        ["plant.seed=3"],
        ["plants=1", "site.voltage_v=240"],
    )


def test_a_file_and_what_is_laid_over_it(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("[plant]\nvoltage_v = 240\n[plant.meter]\nnoise_w = 50\nev = false\n")
    options = plant_options(file, ["plant.meter.noise_w=80", "plant.feed_in.limit_w=inf"])
    assert (options.voltage_v, options.meter.noise_w, options.meter.ev) == (240, 80, False)


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        ("plant.dead_time_s=31", "plant.dead_time_s = 31: must be at most 30"),
        ("plant.dead_time_s=nan", "plant.dead_time_s = nan: is not a number"),
        ("plant.car.max_a=nan", "plant.car.max_a = nan: is not a number"),
        ("plant.car.away_h=[[nan, 3]]", "plant.car.away_h[0][0] = nan: is not a number"),
        ("plant.voltage_v=24", "plant.voltage_v = 24: must be at least 100"),
        ("plant.car.phase=1", "plant.car.phase: unknown key; did you mean phases?"),
        ("plant.batery.capacity_kwh=1", "plant.batery: unknown key; did you mean battery?"),
        ("plant.car=3", "plant.car = 3: must be a table"),
        ("plant.car.phases=1.5", "plant.car.phases = 1.5: must be a whole number"),
        (
            "plant.meter.noise_w=50W",
            'plant.meter.noise_w = "50W": must be a number (in watts, without a unit behind it)',
        ),
        ("plant.meter.ev=no", 'plant.meter.ev = "no": must be true or false'),
        ("plant.phases=1", "plant.phases: is set by wallbox.phases; the car's own are plant.car.phases"),
        ("plant.step_s=1", "plant.step_s: is no option: a backtest steps 5 s, the virtual home 1 s"),
        ("plant.car.soc_pct=20", "plant.car: soc_pct, taper_from_pct and taper_end_w need a capacity_kwh"),
        ("plant.car.away_h=[[4, 3]]", "plant.car: away_h: every hour must be later than the one before"),
        ("plant.seed", "write it as plant.KEY=VALUE, like plant.dead_time_s=30"),
        ("plant=1", "write it as plant.KEY=VALUE, like plant.dead_time_s=30"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(word: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plant_options(None, ["plant.seed=2", word])
    (line,) = caught.value.faults
    assert line.startswith(f"--set {word}: ")
    assert fault in line


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[plant]\n\nvoltage = 240\n", "p.toml:3: plant.voltage: unknown key; did you mean voltage_v?"),
        ("voltage_v = 240\n", "p.toml:1: voltage_v: unknown key; known are: plant"),
        ("[plant\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"p\.toml") as caught:
        plant_options(file, [])
    assert fault in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file or directory; --plant names"):
        plant_options(tmp_path / "none.toml", [])


def test_a_backtest_of_another_plant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day, file = tmp_path / "day.csv", tmp_path / "p.toml"
    day.write_text(DAY)
    file.write_text("[plant.car]\ncapacity_kwh = 10\nsoc_pct = 95\n")
    command = ["backtest", str(day), "--json", "--phases", "1", "--plant", str(file), "--set", "plant.voltage_v=240"]
    assert main(command) == 0
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert run["ev_kwh"] == pytest.approx(0.5, abs=0.01)
    assert "plant.voltage_v" in json.dumps(run["set"])


def test_a_house_with_a_battery_tells_where_its_energy_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = tmp_path / "day.csv"
    day.write_text(DAY)
    assert main(["backtest", str(day), "--json"]) == 0
    assert "exported_kwh" not in json.loads(capsys.readouterr().out)["runs"][0]
    words = ["plant.battery.capacity_kwh=1", "plant.battery.efficiency_pct=100", "strategy.active=off_peak"]
    assert main(["backtest", str(day), "--json", *(part for word in words for part in ("--set", word))]) == 0
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert run["charged_kwh"] == pytest.approx(0.5, abs=1e-5)
    assert run["exported_kwh"] + run["charged_kwh"] + run["ev_kwh"] == pytest.approx(
        5.7 + run["discharged_kwh"] + run["imported_kwh"]
    )
    assert run["imported_kwh"] < 0.01
    assert run["curtailed_kwh"] == 0


@pytest.mark.parametrize("command", ["emulate wallbox", "emulate home", "emulate meter", "demo"])
def test_the_virtual_homes_refuse_a_wrong_option_too(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--set", "plant.dead_time_s=60"]) == 2
    assert "plant.dead_time_s = 60: must be at most 30" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("poll_s=10", "meter.poll_s"),
        ("drop_every_s=600", "meter.drop_every_s"),
        ("drop_s=30", "meter.drop_s"),
        ("pv=false", "meter.pv"),
        ("ev=false", "meter.ev"),
    ],
)
def test_a_virtual_home_refuses_what_would_do_nothing_there(word: str, key: str) -> None:
    words = ["plant.meter.noise_w=50", f"plant.meter.{word}"]
    assert plant_options(None, words) != PlantOptions()
    with pytest.raises(ConfigError) as caught:
        plant_options(None, words, live=True)
    (line,) = caught.value.faults
    assert line.startswith(f"--set plant.meter.{word}: plant.{key} does nothing in a virtual home, only in a backtest")


def test_a_virtual_home_names_the_lines_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("[plant.battery]\nmetered = false\n[plant.meter]\nnoise_w = 50\npoll_s = 5\n")
    with pytest.raises(ConfigError) as caught:
        plant_options(file, ["plant.meter.poll_s=5"], live=True)
    first, second = caught.value.faults
    assert first.startswith("--set plant.meter.poll_s=5: plant.meter.poll_s does nothing")
    assert second.startswith(f"{file}:2: plant.battery.metered does nothing")
    file.write_text("[plant.meter]\nnoise_w = 50\nlag_s = 5\npoll_s = 0\n")
    assert plant_options(file, [], live=True).meter.lag_s == 5


@pytest.mark.parametrize("command", ["emulate wallbox", "emulate home", "emulate meter", "demo"])
def test_every_virtual_home_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--set", "plant.meter.drop_every_s=60"]) == 2
    assert "plant.meter.drop_every_s does nothing in a virtual home" in capsys.readouterr().err
