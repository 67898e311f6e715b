"""A wrong configuration: one line a fault, with place, fault and remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from controller.app import core_settings, make_limit_store, read_config
from controller.config.loader import Loaded, load_config, parse_config
from controller.config.models import MeterEntry
from controller.control.plugins import installed_strategies
from controller.domain.errors import ConfigError

GOOD = """\
[site]
timezone = "Europe/Berlin"
main_fuse_a = 35

[meter.grid]
profile = "eastron-sdm630"
host = "10.0.0.1"

# two roofs
[[meter.pv]]
profile = "eastron-sdm630"
host = "10.0.0.2"

[[meter.pv]]
profile = "eastron-sdm630"
host = "10.0.0.3"
unit_id = 7

[wallbox]
host = "10.0.0.4"
password = "hunter2-secret"
tls_fingerprint = "{fingerprint}"

[wallbox.pacing]
limit_change_s = 30

[strategy]
active = "surplus"

[strategy.surplus]
solar_share = 0.7

[strategy.off_peak]
windows = [
  {{ start = "22:00", end = "06:00" }},
  {{ start = "12:00", end = "13:00", days = ["sat", "sun"] }},
]
""".format(fingerprint="ab:" * 31 + "cd")


class Shelf:
    """Two profiles, of which one serves producers only."""

    known = ("eastron-sdm630", "inverter", "sunspec")

    def fault(self, key: str, role: str) -> str | None:
        return f"has no values for a {role} meter" if key == "inverter" and role != "pv" else None


def load(text: str, **environ: str) -> Loaded:
    return parse_config(text, "config.toml", environ, installed_strategies(), Shelf())


def grid(loaded: Loaded) -> MeterEntry:
    entry = loaded.config.meter.grid
    assert entry is not None
    return entry


def faults(text: str, **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(text, **environ)
    return caught.value.faults


def test_a_good_file_becomes_settings() -> None:
    loaded = load(GOOD)
    config = loaded.config
    assert config.site.main_fuse_a == 35
    assert [entry.host for entry in config.meter.pv] == ["10.0.0.2", "10.0.0.3"]
    assert config.wallbox.tls_fingerprint == "ab" * 31 + "cd"
    assert config.wallbox.max_current_a == 16
    assert set(loaded.strategies) >= {"surplus", "off_peak", "fixed"}
    core = core_settings(loaded)
    assert core.active == "surplus"
    assert str(core.timezone) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("timezone =", "timezon =", "2: site.timezon: unknown key; did you mean timezone?"),
        ('"Europe/Berlin"', '"Europe/Berlim"', r'2: site.timezone = "Europe/Berlim": .*no IANA time zone'),
        ("main_fuse_a = 35", "main_fuse_a = -1", "3: site.main_fuse_a = -1: must be at least 0"),
        ("main_fuse_a = 35", 'main_fuse_a = "35 A"', r'3: site.main_fuse_a = "35 A": must be a number \(in amps'),
        ("main_fuse_a = 35", "main_fuse_a = true", r"3: site.main_fuse_a = true: must be a number"),
        ("main_fuse_a = 35", "feed_in_limit_w = -1", "3: site.feed_in_limit_w = -1: must be at least 0"),
        (
            "main_fuse_a = 35",
            'feed_in_limit_w = "0 W"',
            r'3: site.feed_in_limit_w = "0 W": must be a number \(in watts',
        ),
        ("main_fuse_a = 35", "external_cap_file = 1", "3: site.external_cap_file"),
        ('host = "10.0.0.1"', "", "5: meter.grid: host is missing"),
        ('host = "10.0.0.1"', 'host = "http://x/"', r'7: meter.grid.host = "http://x/": is no host name'),
        ('host = "10.0.0.1"', 'host = "x"\nport = 70000', "8: meter.grid.port = 70000: must be at most 65535"),
        ('host = "10.0.0.1"', 'host = "x"\ntransport = "rtu"', r'5: meter.grid: host and transport = "rtu" do not go'),
        (
            'host = "10.0.0.1"',
            'host = "x"\npoll_s = 10',
            "5: meter.grid: stale_after_s = 15 is too short for poll_s = 10",
        ),
        ("unit_id = 7", 'unit_id = "7"', r'17: meter.pv\[1\].unit_id = "7": must be a whole number'),
        ("unit_id = 7", "unit = 7", r"17: meter.pv\[1\].unit: unknown key; did you mean unit_id\?"),
        (
            'host = "10.0.0.3"',
            'host = "10.0.0.3"\nprofile2 = 1',
            r"17: meter.pv\[1\].profile2: unknown key; did you mean profile\?",
        ),
        (
            '[[meter.pv]]\nprofile = "eastron-sdm630"\nhost = "10.0.0.3"',
            '[[meter.pv]]\nprofile = "eastron-sdm360"\nhost = "10.0.0.3"',
            r'15: meter.pv\[1\].profile = "eastron-sdm360": unknown meter profile; did you mean eastron-sdm630\?',
        ),
        ('password = "hunter2-secret"', "", "19: wallbox: exactly one of password and password_file is needed"),
        (
            'password = "hunter2-secret"',
            'password_file = "/nowhere/pw"',
            "21: wallbox.password_file: /nowhere/pw cannot be read: No such file",
        ),
        ("tls_fingerprint", "#", '19: wallbox: exactly one of tls_fingerprint, tls_ca_file and tls = "insecure"'),
        ("ab:ab", "ab:a", "22: wallbox.tls_fingerprint: a SHA-256 fingerprint has 64 hex digits"),
        (
            'host = "10.0.0.4"',
            'host = "x"\nmin_current_a = 10\nmax_current_a = 8',
            "19: wallbox: min_current_a = 10 is above max_current_a = 8",
        ),
        ('host = "10.0.0.4"', 'host = "x"\nmin_current_a = 5', "21: wallbox.min_current_a = 5: must be at least 6"),
        ('host = "10.0.0.4"', 'host = "x"\nmax_current_a = 16.5', "21: wallbox.max_current_a = 16.5: must be a whole"),
        ('host = "10.0.0.4"', 'host = "x"\nstarts_per_day = -1', "21: wallbox.starts_per_day = -1: must be at least 0"),
        ('host = "10.0.0.4"', 'host = "x"\nphases = 2', "21: wallbox.phases = 2: must be 1 or 3"),
        ("main_fuse_a = 35", 'language = "fr"', '3: site.language = "fr": must be "en" or "de"'),
        ('host = "10.0.0.4"', 'host = "x"\nfallback = "max"', '"minimum", "stop" or "hold"'),
        ('host = "10.0.0.4"', 'host = "x"\nphases = true', "21: wallbox.phases = true: must be a whole number"),
        ('"hunter2-secret"', '""', "21: wallbox.password: .*at least 1"),
        (
            "tls_fingerprint",
            'tls_ca_file = "/nowhere.pem" # ',
            "22: wallbox.tls_ca_file: /nowhere.pem is no PEM certificate that can be read: No such file",
        ),
        ("limit_change_s = 30", "limit_change_s = 1", "25: wallbox.pacing.limit_change_s = 1: must be at least 5"),
        ("limit_change_s = 30", "limit_change_ms = 30000", "did you mean limit_change_s?"),
        ('active = "surplus"', 'active = "surplis"', '28: strategy.active = "surplis": .*did you mean surplus'),
        ("[strategy.surplus]", "[strategy.surplu]", "30: strategy.surplu: unknown; did you mean surplus"),
        ("solar_share = 0.7", "solar_share = 70", "31: strategy.surplus.solar_share = 70: must be at most 1"),
        ("solar_share = 0.7", "solar_share = 0", "31: strategy.surplus.solar_share = 0: must be above 0"),
        (
            "solar_share = 0.7",
            "solarshare = 0.7",
            "31: strategy.surplus.solarshare: unknown key; did you mean solar_share",
        ),
        ('"12:00"', '"25:00"', r'34: strategy.off_peak.windows\[1\].start = "25:00": a time of day'),
        ('"sat"', '"saturday"', r'34: strategy.off_peak.windows\[1\].days\[0\] = "saturday": must be "mon"'),
        (
            "[strategy.surplus]",
            "[strategy.off]\nx = 1\n[strategy.surplus]",
            "31: strategy.off.x: unknown key; there are none",
        ),
        ('active = "surplus"', 'active = "sur\\nplus"', "28: strategy.active"),
        ('"12:00"', '"12\\n00"', r"34: strategy.off_peak.windows\[1\].start: a time of day"),
        ("[site]", "[sight]", "1: sight: unknown key; did you mean site"),
        ("[meter.grid]", "[meter.gird]", "did you mean grid"),
    ],
)
def test_each_fault_names_place_and_remedy(old: str, new: str, line: str) -> None:
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1) if "eastron-sdm360" not in new else GOOD.replace(old, new))
    matching = [fault for fault in found if re.search(line, fault.removeprefix("config.toml:"))]
    assert len(matching) == 1, found
    assert all(fault.startswith("config.toml") and "\n" not in fault for fault in found)
    assert not any("hunter2" in fault for fault in found)


@pytest.mark.parametrize("host", ["10.0.0.9", "fe80::1", "meter.local", "my_meter"])
def test_hosts_that_can_be(host: str) -> None:
    assert grid(load(GOOD.replace("10.0.0.1", host))).host == host


@pytest.mark.parametrize("host", ["", "10.0.0.9:502", "a b", "-x", "b\u00f6x!"])
def test_hosts_that_cannot_be(host: str) -> None:
    assert any(
        "meter.grid.host" in fault and "no host name" in fault for fault in faults(GOOD.replace("10.0.0.1", host))
    )


def test_all_faults_come_at_once() -> None:
    text = (
        GOOD.replace("timezone", "timezon").replace("solar_share = 0.7", "solar_share = 7").replace("unit_id", "unit")
    )
    assert len(faults(text)) == 3


def test_broken_toml_names_the_line() -> None:
    (fault,) = faults(GOOD.replace("[wallbox]", "[wallbox"))
    assert re.match(r"config\.toml: not valid TOML: .*line 19", fault)


def test_an_empty_file_says_what_is_missing() -> None:
    assert [fault.split(";")[0] for fault in faults("")] == [
        "config.toml: meter: is missing",
        "config.toml: wallbox: is missing",
    ]


@pytest.mark.parametrize("text", ["strategy = 3", "meter = []", "wallbox = 'x'"])
def test_a_value_where_a_table_belongs(text: str) -> None:
    assert any("must be a table" in fault for fault in faults(text))


def test_a_missing_file_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.toml: cannot be read: No such file or directory; --config names"):
        read_config(tmp_path / "nowhere.toml", {})


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD, encoding="utf-8-sig")
    loaded = load_config(file, {}, installed_strategies(), Shelf())
    assert loaded.config.site.main_fuse_a == 35


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(file, {}, installed_strategies(), Shelf())


GRID = """[meter.grid]
profile = "eastron-sdm630"
host = "10.0.0.1"
"""


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ('[meter.grid]\nhost = "a"\nprofile = "inverter"\n', r"7: meter\.grid\.profile = .*no values for a grid meter"),
        ('[meter.grid]\ntransport = "rtu"\n', r'meter\.grid: device is missing: .*"/dev/ttyUSB0"'),
        ('[meter.grid]\ntransport = "rtu"\ndevice = "/dev/x"\nhost = "a"\n', r"host and transport .* do not go"),
        ('[meter.grid]\ntransport = "rtu-over-tcp"\n', r"host is missing"),
        ('[meter.grid]\nhost = "a"\nbaudrate = 9600\n', r'baudrate and transport = "tcp" do not go together'),
        ('[meter.grid]\nhost = "a"\ntransport = "udp"\n', r'transport = "udp": must be "tcp", "rtu" or "rtu-over-tcp"'),
        ('[meter.grid]\nhost = "a"\nparity = "odd?"\n', r'parity = "odd\?": must be "none", "even" or "odd"'),
        ('[meter.load]\nhost = "a"\nincludes_car = false\n', r"needs \[meter\.ev\]"),
        ('[meter.load]\nhost = "a"\n' + GRID, r"leave one of them out"),
        ("", r"grid is missing: .*\[meter\.load\]"),
    ],
)
def test_meters_that_cannot_be_read(table: str, line: str) -> None:
    text = GOOD.replace(GRID, table)
    if not table:
        assert text != GOOD
    assert any(re.search(line, fault) for fault in faults(text)), faults(text)


def test_ways_to_a_meter() -> None:
    serial = (
        '[meter.grid]\ntransport = "rtu"\ndevice = "/dev/ttyUSB0"\nbaudrate = 19200\nparity = "even"\nstopbits = 2\n'
    )
    entry = grid(load(GOOD.replace(GRID, serial)))
    assert (str(entry.device), entry.baudrate, entry.parity, entry.stopbits) == ("/dev/ttyUSB0", 19200, "even", 2)
    assert entry.profile == "sunspec"  # what needs no profile
    assert grid(load(GOOD.replace(GRID, '[meter.grid]\nhost = "a"\ntransport = "rtu-over-tcp"\n'))).port is None


def test_load_and_pv_stand_in_for_the_grid() -> None:
    loaded = load(GOOD.replace(GRID, '[meter.load]\nhost = "a"\nstale_after_s = 20\n'))
    assert [path for path, _ in loaded.config.meter.entries()] == [("pv", 0), ("pv", 1), ("load",)]
    assert core_settings(loaded).stale_after_s == 15  # the shortest counts


class TestEnvironment:
    def test_wins_over_the_file_and_keeps_types(self) -> None:
        loaded = load(
            GOOD,
            SUNPACE_WALLBOX__PASSWORD="123456",
            SUNPACE_SITE__MAIN_FUSE_A="63",
            SUNPACE_METER__GRID__INVERT="true",
            SUNPACE_METER__PV__1__HOST="roof.local",
            SUNPACE_STRATEGY__ACTIVE="fixed",
            SUNPACE_STRATEGY__SURPLUS__SOLAR_SHARE="1.0",
        )
        assert loaded.wallbox_password.get_secret_value() == "123456"
        assert loaded.config.site.main_fuse_a == 63
        assert grid(loaded).invert is True
        assert loaded.config.meter.pv[1].host == "roof.local"
        assert loaded.config.strategy.active == "fixed"

    def test_its_faults_name_the_variable(self) -> None:
        (fault,) = faults(GOOD, SUNPACE_SITE__MAIN_FUSE_A="much")
        assert fault == (
            'environment SUNPACE_SITE__MAIN_FUSE_A: site.main_fuse_a = "much": '
            "must be a number (in amps, without a unit behind it)"
        )

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("SUNPACE_METER__PV__5__HOST", r"meter.pv\[5\].host does not exist"),
            ("SUNPACE_SITE__NAME__X", "site.name: must be text"),
            ("SUNPACE_WALBOX__HOST", "did you mean wallbox"),
        ],
    )
    def test_paths_that_lead_nowhere(self, name: str, words: str) -> None:
        assert any(re.search(words, fault) for fault in faults(GOOD, **{name: "x"}))

    def test_takes_the_place_of_the_files_other_way_to_say_it(self, tmp_path: Path) -> None:
        text = GOOD.replace('password = "hunter2-secret"', 'password_file = "/nowhere"')
        loaded = load(text, SUNPACE_WALLBOX__PASSWORD="from-outside", SUNPACE_WALLBOX__TLS="insecure")
        assert loaded.wallbox_password.get_secret_value() == "from-outside"
        assert loaded.config.wallbox.tls == "insecure"
        assert loaded.config.wallbox.tls_fingerprint is None

    def test_a_foreign_credential_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "other.pem").write_text("x")
        (fault,) = faults(GOOD, CREDENTIALS_DIRECTORY=str(tmp_path))
        assert fault.startswith("credential other.pem: other: unknown key")

    def test_credentials_that_cannot_be_read(self, tmp_path: Path) -> None:
        assert "cannot be read" in faults(GOOD, CREDENTIALS_DIRECTORY=str(tmp_path / "none"))[0]
        (tmp_path / "wallbox.password").write_bytes(b"\xff\xfe")
        assert "cannot be read as text" in faults(GOOD, CREDENTIALS_DIRECTORY=str(tmp_path))[0]
        assert "no text" in faults(GOOD, SUNPACE_WALLBOX__PASSWORD="p\udcff")[0]

    def test_credentials_of_systemd(self, tmp_path: Path) -> None:
        (tmp_path / "wallbox.password").write_text("from-systemd\n")
        loaded = load(GOOD.replace('password = "hunter2-secret"', ""), CREDENTIALS_DIRECTORY=str(tmp_path))
        assert loaded.wallbox_password.get_secret_value() == "from-systemd"

    def test_password_file(self, tmp_path: Path) -> None:
        file = tmp_path / "pw"
        file.write_text("from-file\n")
        text = GOOD.replace('password = "hunter2-secret"', f'password_file = "{file}"')
        assert load(text).wallbox_password.get_secret_value() == "from-file"
        file.write_text("\n")
        assert "is empty" in faults(text)[0]


def test_secrets_do_not_show() -> None:
    loaded = load(GOOD)
    shown = repr(loaded) + str(loaded.config) + loaded.config.model_dump_json()
    assert "hunter2" not in shown


def test_the_annotated_file_is_right_but_for_its_password(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "config.toml").read_text()
    (fault,) = faults(text)
    assert "wallbox.password_file: /etc/sunpace/wallbox-password cannot be read" in fault
    file = tmp_path / "pw"
    file.write_text("x")
    assert load(text.replace("/etc/sunpace/wallbox-password", str(file))).config.site.timezone == "Europe/Berlin"


def test_every_default_that_the_annotated_file_shows_is_the_default(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "config.toml").read_text()
    file = tmp_path / "pw"
    file.write_text("x")
    text = text.replace("/etc/sunpace/wallbox-password", str(file))
    plain = load(text)
    from_elsewhere = "tls|import_price|feed_in_price|otherwise_price|feed_in_limit_w|external_cap_file|directory"
    from_elsewhere += "|override_file|strategy_choice_file|power_w|until|energy_kwh"
    from_the_profile = "profile|host|unit_id|port|timeout_s|device|baudrate|max_power_w|includes_car|silent_is_zero"
    shown = re.sub(rf"(?m)^# (?=(?!{from_elsewhere}|{from_the_profile})\w+ += )", "", text)
    assert shown.count("\n# ") < text.count("\n# ")
    spelt_out = load(shown)
    assert spelt_out.config.model_dump(exclude={"strategy"}) == plain.config.model_dump(exclude={"strategy"})
    assert {name: vars(s) for name, s in spelt_out.strategies.items()} == {
        name: vars(s) for name, s in plain.strategies.items()
    }


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"STATE_DIRECTORY": "/var/lib/sunpace"}, "/var/lib/sunpace/own-limit.json"),
        ({"XDG_STATE_HOME": "/home/me/.state"}, "/home/me/.state/sunpace/own-limit.json"),
    ],
)
def test_where_state_lies(environ: dict[str, str], place: str) -> None:
    store: Any = make_limit_store(load(GOOD).config, environ)
    assert str(store._path) == place
