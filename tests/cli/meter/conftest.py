from pathlib import Path

import pytest

from tests.cli.meter.devices import FOREIGN_PROFILE, HYBRID_PROFILE, Person


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "foreign-f24.toml").write_text(FOREIGN_PROFILE)
    (tmp_path / "hybrid-h3.toml").write_text(HYBRID_PROFILE)
    return Person(tmp_path, capsys)
