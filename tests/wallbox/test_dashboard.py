"""The dashboard and the list of errors, in both languages."""

import pytest

from controller.domain.charger import OcppState
from controller.domain.errors import DeviceProtocolError, DeviceRejected
from controller.wallbox.dashboard import BoxError, parse_dashboard, parse_errors
from controller.wallbox.dialect import DialectName
from tests.support.https import answer, scripted_box


def groups(**values: object) -> list[dict[str, object]]:
    entries = [{"key": key.replace("_", "-"), "label": key.title(), "value": value} for key, value in values.items()]
    return [{"key": "summary", "label": "Summary", "entries": entries}]


@pytest.mark.parametrize(
    ("free", "sessions", "duration", "energy"),
    [
        ("ON", "28 Sessions", "819.46 minutes", "0.013 kWh"),
        ("EIN", "28 Ladevorgänge", "819,46 Minuten", "0,013 kWh"),
        (True, 28, 819.46, "13 Wh"),
    ],
)
def test_texts_become_values_in_both_languages(
    free: object, sessions: object, duration: object, energy: object
) -> None:
    body = groups(
        status_wallbox="OK",
        free_charging=free,
        connectivity_status="",
        total_charging_sessions=sessions,
        duration=duration,
        power=energy,
        charge_point_id="NEXT-1",
        ocpp_state="SuspendedEV",
    )
    seen = parse_dashboard(body)
    assert (seen.status, seen.free_charging, seen.connectivity) == ("OK", True, None)
    assert (seen.charging_sessions, seen.charge_point_id) == (28, "NEXT-1")
    assert seen.session_duration_s == pytest.approx(49167.6)
    assert seen.session_energy_wh == pytest.approx(13)
    assert seen.ocpp_state is OcppState.SUSPENDED_EV
    assert [entry.key for entry in seen.groups[0].entries][-1] == "ocpp-state"


def test_what_the_box_does_not_show_is_none_and_what_we_do_not_know_is_kept() -> None:
    seen = parse_dashboard([{"key": "new", "entries": [{"key": "mood", "value": "fine", "color": "green"}]}])
    assert (seen.status, seen.free_charging, seen.session_energy_wh, seen.ocpp_state) == (None, None, None, None)
    assert (seen.groups[0].label, seen.groups[0].entries[0].label) == ("new", "mood")
    assert (seen.groups[0].entries[0].text, seen.groups[0].entries[0].color) == ("fine", "green")


def test_an_odd_part_does_not_hide_the_rest() -> None:
    odd = {"key": "a", "label": 5, "entries": None}
    state = {"key": "ocpp-state", "label": ["x"], "value": "Charging", "color": 7}
    seen = parse_dashboard([odd, {"key": "b", "entries": [state]}])
    assert seen.ocpp_state is OcppState.CHARGING
    assert seen.groups[1].entries[0].label == "(1 entries)"


@pytest.mark.parametrize("body", [None, {}, "x", [1], [{"entries": []}], [{"key": "a", "entries": [{}]}]])
def test_what_is_no_dashboard(body: object) -> None:
    with pytest.raises(DeviceProtocolError, match="dashboard is not as specified"):
        parse_dashboard(body)


def test_errors() -> None:
    body = [
        {"errorCode": "ConnectorLockFailure", "errorDescription": "Lock failed", "timestamp": "2025-12-15T10:00:00Z"},
        {"errorCode": 7},
    ]
    assert parse_errors(body) == (
        BoxError("ConnectorLockFailure", "Lock failed", "2025-12-15T10:00:00Z"),
        BoxError("7", "", ""),
    )
    assert parse_errors([]) == ()
    with pytest.raises(DeviceProtocolError, match="list of errors is not as specified"):
        parse_errors({"errors": []})


async def test_the_dashboard_is_asked_for_once_by_all_who_ask_within_five_seconds() -> None:
    body = answer(groups(ocpp_state="Charging"))
    async with scripted_box(dashboard=body) as (script, box):
        for _ in range(20):
            assert (await box.client.dashboard()).ocpp_state is OcppState.CHARGING
    assert script.calls == ["POST /api/login", "GET /api/dashboard-information"]


async def test_current_errors_over_https() -> None:
    async with scripted_box({"GET /api/current-errors": answer([{"errorCode": "X"}])}) as (_, box):
        assert (await box.client.errors())[0].code == "X"


async def test_the_unite_has_no_list_of_errors_and_is_not_asked() -> None:
    async with scripted_box(dialect=DialectName.UNITE) as (script, box):
        with pytest.raises(DeviceRejected, match="does not list its errors"):
            await box.client.errors()
    assert script.calls == []


async def test_labels_come_in_the_language_asked_for() -> None:
    async with scripted_box(language="de", dashboard=answer([])) as (script, box):
        await box.client.dashboard()
    assert script.headers[-1]["accept-language"] == "de"
