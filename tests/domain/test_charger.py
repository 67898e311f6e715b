"""What the connector's states mean."""

import pytest

from controller.domain.charger import OcppState


@pytest.mark.parametrize(
    ("state", "plugged", "enabled"),
    [
        (OcppState.AVAILABLE, False, False),
        (OcppState.PREPARING, True, False),
        (OcppState.CHARGING, True, True),
        (OcppState.SUSPENDED_EV, True, True),
        (OcppState.SUSPENDED_EVSE, True, False),
        (OcppState.FINISHING, True, False),
        (OcppState.RESERVED, False, False),
        (OcppState.UNAVAILABLE, None, None),
        (OcppState.FAULTED, None, None),
        (OcppState.UNKNOWN, None, None),
    ],
)
def test_states(state: OcppState, plugged: bool | None, enabled: bool | None) -> None:
    assert state.plugged is plugged
    assert state.enabled is enabled
    assert len(OcppState) == 10
