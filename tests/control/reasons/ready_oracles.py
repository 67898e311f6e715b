"""What the reasons of `ready_by` claim, reckoned anew; in these lives nothing is known of what has been charged."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import strategies as st

from controller.domain.reasons import Reason, ReasonCode
from strategies.ready_by import ReadyBy, ReadyBySettings
from tests.control.reasons.lives import Look
from tests.control.reasons.oracles import chain, command, demand, local_time, oracle, outermost

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ready_by = st.builds(
    lambda trips, amps, use: ReadyBy(
        ReadyBySettings.model_validate({"trips": trips, "current_a": amps, "use_battery": use})
    ),
    st.lists(
        st.fixed_dictionaries(
            {"by": st.sampled_from(["00:30", "02:30", "07:00", "23:59"]), "kwh": st.sampled_from([1.0, 12.0, 80.0])},
            optional={"days": st.lists(st.sampled_from(["sat", "sun"]), min_size=1, max_size=2, unique=True)},
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda trip: trip["by"],
    ),
    st.sampled_from([6, 16, 32]),
    st.booleans(),
)


def settings_of(look: Look) -> ReadyBySettings:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, ReadyBy)
    return strategy._settings


def coming(look: Look) -> list[tuple[datetime, float]]:
    """The deadlines of the next days with their kWh, in their order."""
    now = local_time(look).replace(second=0, microsecond=0)
    days = [now.date() + timedelta(days=ahead) for ahead in range(8)]
    found = [
        (datetime.combine(day, time.fromisoformat(trip.by), now.tzinfo), trip.kwh or 0.0)
        for trip in settings_of(look).trips
        for day in days
        if _DAYS[day.weekday()] in trip.days
    ]
    return sorted((at, kwh) for at, kwh in found if at.timestamp() > now.timestamp())


def is_wanted(look: Look, reason: Reason) -> list[tuple[datetime, float]]:
    said: datetime = reason.values["by"]
    wanted = [(at, kwh) for at, kwh in coming(look) if at.timestamp() == said.timestamp()]
    assert wanted
    assert said.utcoffset() == wanted[0][0].utcoffset()
    return wanted


def is_spared(look: Look) -> bool:
    """Whether less is wanted in the end, for the home battery's sake."""
    return any(
        ground.code in {ReasonCode.BATTERY_SPARED, ReasonCode.BATTERY_HELD} for ground in chain(demand(look).reason)
    )


@oracle(ReasonCode.READY_CHARGES)
def charges(look: Look, reason: Reason) -> None:
    (at, kwh), figures = is_wanted(look, reason)[0], reason.values
    assert (at, kwh) == coming(look)[0]
    assert figures["missing_kwh"] == figures["kwh"] >= kwh
    assert local_time(look).replace(second=0, microsecond=0) < figures["until"] <= figures["by"]
    assert figures["current_a"] == demand(look).current_a or is_spared(look)
    assert not outermost(look, reason) or not command(look).charging or command(look).limit_a <= figures["current_a"]


@oracle(ReasonCode.READY_WAITS)
def waits(look: Look, reason: Reason) -> None:
    at, kwh = is_wanted(look, reason)[0]
    assert (at, kwh) == coming(look)[0]
    assert reason.values["missing_kwh"] >= kwh
    assert local_time(look) < reason.values["next"] < at


@oracle(ReasonCode.READY_SHORT)
def short(look: Look, reason: Reason) -> None:
    """Even on every phase and at the highest limit."""
    at, kwh = is_wanted(look, reason)[0]
    figures = reason.values
    assert figures["kwh"] == kwh
    assert 0 <= figures["there_kwh"] < kwh
    assert figures["there_pct"] == pytest.approx(100 * figures["there_kwh"] / kwh)
    before_kwh = sum(earlier for when, earlier in coming(look) if when < at)
    hours = (at.timestamp() - local_time(look).replace(second=0, microsecond=0).timestamp()) / 3600
    most_a = max(look.settings.min_current_a, min(settings_of(look).current_a, look.settings.max_current_a))
    most_kw = look.settings.phases * 0.26 * most_a
    assert figures["there_kwh"] <= max(0.0, most_kw * hours - before_kwh) + 1e-6
    assert figures["current_a"] == demand(look).current_a or is_spared(look)
