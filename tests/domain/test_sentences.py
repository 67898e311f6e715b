"""Sentences for people, in every language."""

from __future__ import annotations

import string
from datetime import datetime
from typing import Any

import pytest

from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.sentences import SPEAKERS, Language, changes_when, de, en, sentence
from controller.domain.sentences.speech import Speech, format_duration

SPEECHES = {Language.EN: en.SPEECH, Language.DE: de.SPEECH}
_EXAMPLES = {
    "limit_by": "box_maximum",
    "missing": "pv_power",
    "fallback": "hold",
    "until": "always",
    "by": "",
    "than": "feed_in",
}
_EXAMPLES["next"] = "not_known"
EVERYWHERE = pytest.mark.parametrize("language", list(Language))


def figures(text: str) -> dict[str, str]:
    """Format by name."""
    return {name: spec or "" for _, name, spec, _ in string.Formatter().parse(text) if name}


def test_every_language_has_a_speaker() -> None:
    assert set(SPEAKERS) == set(Language) == set(SPEECHES)


@pytest.mark.parametrize(
    ("surplus_w", "need_w", "english", "german"),
    [
        (3310.0, 3312.0, "3310 W surplus, need 3312 W", "3310 W Überschuss, nötig sind 3312 W"),
        (-12.0, 40.0, "-12 W surplus, need 40 W", "-12 W Überschuss, nötig sind 40 W"),
        (3240.0, 3312.0, "3.2 kW surplus, need 3.3 kW", "3,2 kW Überschuss, nötig sind 3,3 kW"),
        (3311.9, 3312.0, "3.3 kW surplus, need 3.3 kW", "3,3 kW Überschuss, nötig sind 3,3 kW"),  # to the watt
    ],
)
def test_powers_that_differ_do_not_look_the_same(surplus_w: float, need_w: float, english: str, german: str) -> None:
    reason = because(ReasonCode.CLOUD, surplus_w=surplus_w, need_w=need_w)
    assert sentence(reason) == f"cloud: {english}"
    assert sentence(reason, Language.DE) == f"Wolke: {german}"


def test_powers_are_told_apart_from_those_that_a_ground_rests_on() -> None:
    sun = because(ReasonCode.SUN, surplus_w=3340.0, need_w=2070.0)
    assert sentence(because(ReasonCode.EXPECTED, why=sun, expected_w=3290.0)).endswith(
        "3340 W surplus, 3290 W expected"
    )
    stops = because(ReasonCode.STOPS_SOON, why=because(ReasonCode.CLOUD, surplus_w=3310.0, need_w=3312.0), in_s=80.0)
    assert changes_when(stops) == "stops in 80 s if nothing changes; charging takes a surplus of 3312 W"


def test_a_power_that_is_no_number_is_said_all_the_same() -> None:
    reason = because(ReasonCode.CLOUD, surplus_w=float("nan"), need_w=3312.0)
    assert sentence(reason) == "cloud: nan kW surplus, need 3.3 kW"


@EVERYWHERE
@pytest.mark.parametrize("name", ["always", "nobody", "minimum", "main_fuse"])
def test_a_name_is_said_as_it_was_given_though_it_is_a_word(language: Language, name: str) -> None:
    given = {"until": "always", "current_a": 8}
    assert f" {name} " in sentence(because(ReasonCode.CAP, by=name, **given), language)
    nobody = SPEECHES[language].words["nobody"]
    assert f" {nobody} " in sentence(because(ReasonCode.CAP, by="", **given), language)


@EVERYWHERE
def test_every_code_has_its_line_and_no_other(language: Language) -> None:
    assert set(SPEECHES[language].sentences) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_the_languages_say_the_same_figures(code: ReasonCode) -> None:
    (one, *others) = (speech.sentences[code] for speech in SPEECHES.values())
    for other in others:
        assert figures(other.says) == figures(one.says)
        assert figures(other.changes) == figures(one.changes)


@EVERYWHERE
@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_sentence_can_be_said_and_nothing_is_left_open(code: ReasonCode, language: Language) -> None:
    speech: Speech = SPEECHES[language]
    names = figures(speech.sentences[code].says) | figures(speech.sentences[code].changes)
    why = because(ReasonCode.NO_SUN, surplus_w=-40.0, need_w=3312.0)
    values: dict[str, Any] = {"why": why} | {name: _EXAMPLES.get(name, 3) for name in names if name != "why"}
    for text in (sentence(Reason(code, values), language), changes_when(Reason(code, values), language)):
        assert text
        assert not set(text) & set("{}?")


@pytest.mark.parametrize(
    ("code", "values", "english", "german"),
    [
        (
            ReasonCode.NO_SUN,
            {"surplus_w": -12.0, "need_w": 2070.0},
            "too little sun: 0.0 kW surplus, need 2.1 kW",
            "zu wenig Sonne: 0,0 kW Überschuss, nötig sind 2,1 kW",
        ),
        (
            ReasonCode.STOPS_SOON,
            {"why": because(ReasonCode.CLOUD, surplus_w=1900.0, need_w=2070.0), "in_s": 80.2},
            "cloud: 1.9 kW surplus, need 2.1 kW, stops in 80 s",
            "Wolke: 1,9 kW Überschuss, nötig sind 2,1 kW, Ladestopp in 80 s",
        ),
        (
            ReasonCode.OUTSIDE_WINDOW,
            {"next": datetime(2026, 6, 22, 22, 0)},  # noqa: DTZ001 -- only its wall time is said
            "outside the off-peak windows, next one Mon 22:00",
            "außerhalb des Niedertarifs, er beginnt Mo. 22:00 Uhr",
        ),
        (
            ReasonCode.METER_STALE,
            {"age_s": 11_100.0, "fallback": "minimum"},
            "no grid reading for 3 h 5 min: fallback minimum",
            "seit 3 Std. 5 min kein Wert vom Netzzähler: Rückfall auf Mindeststrom",
        ),
        (
            ReasonCode.FIXED,
            {"current_a": 10.5},
            "fixed current of 10.5 A",
            "fester Ladestrom von 10,5 A",
        ),
    ],
)
def test_figures_are_written_as_the_language_does(
    code: ReasonCode, values: dict[str, Any], english: str, german: str
) -> None:
    assert sentence(because(code, **values)) == english
    assert sentence(because(code, **values), Language.DE) == german


def test_what_has_to_change_is_told_through_what_a_ground_rests_on() -> None:
    reason = because(ReasonCode.STOPS_SOON, why=because(ReasonCode.CLOUD, surplus_w=1900.0, need_w=2070.0), in_s=80)
    assert changes_when(reason) == "stops in 80 s if nothing changes; charging takes a surplus of 2.1 kW"
    assert changes_when(reason, Language.DE) == (
        "Ladestopp in 80 s, wenn sich nichts ändert; zum Laden sind 2,1 kW Überschuss nötig"
    )


def test_a_figure_that_a_foreign_strategy_left_out_costs_no_decision() -> None:
    assert sentence(because(ReasonCode.SUN)) == "sun: ? surplus"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (0.4, "0 s"), (80, "80 s"), (119.6, "2 min"), (600, "10 min"), (7200, "2 h"), (11_100, "3 h 5 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
