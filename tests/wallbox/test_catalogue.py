"""The field catalogue against the rows of the API's reference."""

import pytest

from controller.wallbox.catalogue import SECTIONS, FieldType, load_catalogue
from tests.wallbox.reference import rows

EXPECTED = rows()


@pytest.mark.parametrize(("section", "key", "kind", "permission", "unit", "values"), EXPECTED, ids=lambda text: text)
def test_row(section: str, key: str, kind: str, permission: str, unit: str, values: str) -> None:
    field = load_catalogue("next").fields[key]
    assert (field.section, field.type.value, field.writable) == (section, kind, permission == "RW")
    assert (field.unit or "-") == unit
    if kind == "select" and values != "-":
        assert set(values.split("|")) <= set(field.values)
    elif values != "-":
        assert f"{field.min}-{field.max}" == values


def test_there_are_no_rows_but_those() -> None:
    assert sorted(load_catalogue("next").fields) == sorted(key for _, key, *_ in EXPECTED)
    assert len(EXPECTED) == 87
    assert {section for section, *_ in EXPECTED} == set(SECTIONS) - {"profile"}


def test_what_can_lock_the_owner_out_is_guarded() -> None:
    guarded = {field.key for field in load_catalogue("next") if field.guarded}
    assert guarded == {key for section, key, *_ in EXPECTED if section == "network"}
    assert load_catalogue("next").fields["wlan-pre-shared-key"].type is FieldType.PASSWORD


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("operator-current-limit", "installationSettings.currentLimiterValue"),
        ("installationSettings.currentLimiterValue", "installationSettings.currentLimiterValue"),
        ("phases-connected-to-charge-point", "installationSettings.currentLimiterPhase"),
        ("free-charging", "ocppConfigurations.freeModeActive"),
        ("free-charging-alais", "ocppConfigurations.freeModeRfid"),
        ("randomised-delay-range", "generalSettings.randomisedDelayMaximumDuration"),
    ],
)
def test_the_unite_is_asked_in_the_nexts_words(name: str, key: str) -> None:
    field = load_catalogue("unite").find(name)
    assert field is not None
    assert field.key == key


def test_every_field_of_the_unite_means_one_of_the_next_and_lies_in_its_section() -> None:
    known = load_catalogue("next").fields
    for field in load_catalogue("unite"):
        assert field.means is not None
        assert known[field.means].section == field.section


def test_a_field_that_nobody_knows() -> None:
    assert load_catalogue("next").find("operator-curent-limit") is None
