"""Fixed: one current, whatever the sun does."""

import pytest
from pydantic import ValidationError

from strategies.fixed import Fixed, FixedSettings
from tests.support.houses import Run, core


@pytest.mark.parametrize(("asked_a", "told"), [(6, ["set_limit 6 A", "start"]), (16, ["start"]), (32, ["start"])])
def test_charges_at_once_at_what_is_allowed(asked_a: int, told: list[str]) -> None:
    run = Run(core(Fixed(FixedSettings(current_a=asked_a))))
    run.steps(600, grid_w=9000)
    assert run.told == told


@pytest.mark.parametrize("current_a", [5, 33, 6.5])
def test_settings_are_checked(current_a: float) -> None:
    with pytest.raises(ValidationError):
        FixedSettings.model_validate({"current_a": current_a})
