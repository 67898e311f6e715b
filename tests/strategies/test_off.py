"""Off: nothing, whatever the sun does."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from controller.domain.reasons import ReasonCode
from strategies.off import Off, OffSettings
from tests.support.houses import Run, core


@pytest.mark.parametrize("charging", [True, False])
def test_it_stops_what_charges_and_starts_nothing(charging: bool) -> None:
    run = Run(core(Off.from_settings(OffSettings())), charging=charging)
    run.steps(600, 5.0, grid_w=-9000)
    assert run.told == (["stop"] if charging else [])
    assert run.decision.reason.code is ReasonCode.OFF


def test_it_has_no_keys() -> None:
    with pytest.raises(ValidationError):
        OffSettings.model_validate({"current_a": 6})
