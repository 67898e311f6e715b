"""`sunpace emulate`: the flags and the file of faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.cli.faults_file import read_faults
from controller.cli.main import main
from controller.domain.errors import ConfigError
from controller.simulation.box.faults import Faults


def test_a_file_of_faults(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text('[faults]\nlatency_s = 2\nlockout_answer = "429"\nonly = ["/api/login"]\n')
    assert read_faults(file) == Faults(latency_s=2, lockout_answer="429", only=("/api/login",))
    file.write_text("[faults]\n")
    assert read_faults(file) == Faults()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [": faults: is missing; all keys stand in one table: [faults]"]),
        ("latency_s = 1\n[faults]\n", [":1: latency_s: stands outside the table; put it below a line [faults]"]),
        ("[fault]\n[faults]\n", [":1: fault: unknown key; did you mean faults?"]),
        ("[faults]\nlatencys = 1\n", [":2: faults.latencys: unknown key; did you mean latency_s?"]),
        (
            '[faults]\n\nlatency_s = "1 s"\n',
            [':3: faults.latency_s = "1 s": must be a number (in seconds, without a unit behind it)'],
        ),
        ("[faults]\nerror_every = -1\n", [":2: faults.error_every = -1: must be at least 0"]),
        (
            '[faults]\nlockout_answer = "no"\n',
            [':2: faults.lockout_answer = "no": must be "drop", "429" or "503"'],
        ),
    ],
)
def test_a_wrong_file_is_a_line_a_fault(text: str, lines: list[str], tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_faults(file)
    assert list(caught.value.faults) == [f"{file}{line}" for line in lines]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory; --faults names another file"):
        read_faults(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        read_faults(tmp_path / "bytes.toml")
    (tmp_path / "broken.toml").write_text("[faults\n")
    with pytest.raises(ConfigError, match="not valid TOML"):
        read_faults(tmp_path / "broken.toml")


def test_wrong_faults_are_exit_2_before_anything_listens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "f.toml"
    file.write_text("[faults]\nslow = true\n")
    assert main(["emulate", "wallbox", "--faults", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{file}:2: faults.slow: unknown key; known are: ")


def test_a_meter_has_no_wallboxs_flags(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulate", "meter", "--several-users"]) == 2
    assert "go with `emulate wallbox` and `emulate home` only" in capsys.readouterr().err
