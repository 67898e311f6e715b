"""Whom a strategy hands over to is there, and does not hand back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from controller.config.loader import load_offline
from controller.control.plugins import installed_strategies
from controller.domain.demand import Answering
from controller.domain.errors import ConfigError
from strategies.fixed import Fixed


def load(tmp_path: Path, text: str) -> Mapping[str, Answering]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load_offline(file, {}, installed_strategies()).strategies


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '[strategy.fixed]\nthen = "surplos"\n',
            '2: strategy.fixed.then = "surplos": no such strategy is installed; did',
        ),
        ('[strategy]\nactive = "fixed"\n[strategy.fixed]\nthen = "x"\n', '4: strategy.fixed.then = "x": no such'),
        (
            '[strategy]\nactive = "fixed"\n[strategy.fixed]\nthen = "fixed"\n',
            '4: strategy.fixed.then = "fixed": is the strategy itself; name another one',
        ),
    ],
)
def test_a_wrong_name_is_told_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=r"config.toml:" + fault.replace(".", r"\.")):
        load(tmp_path, text)


@pytest.mark.parametrize("then", ["surplus", "off_peak"])
def test_a_right_one_is_taken(tmp_path: Path, then: str) -> None:
    text = f'[strategy]\nactive = "fixed"\n[strategy.fixed]\nuntil = "06:00"\nthen = "{then}"\n'
    fixed = load(tmp_path, text)["fixed"]
    assert isinstance(fixed, Fixed)
    assert fixed._then == then
