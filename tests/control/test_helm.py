"""Which strategy steers: what was chosen by hand, or the configuration's; and when each takes over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from controller.control.helm import Helm, chosen
from controller.control.settings import CoreSettings
from controller.domain.choice import Choice, Followed
from controller.domain.errors import StorageError
from tests.support.houses import NOON, Wants, core

HOUR = timedelta(hours=1)
FIXED = Choice("fixed", NOON)


def site() -> CoreSettings:
    names = ("fixed", "kettle", "price")
    return replace(core(), strategies={"it": Wants(0), **{name: Wants(10) for name in names}})


class Timeless(Wants):
    timeless = True


class Wishes:
    """What a person has chosen, by hand of the test."""

    def __init__(self, choice: Choice | None = None) -> None:
        self.choice = choice

    def look(self, now_s: float, now: datetime) -> Choice | None:
        return self.choice if self.choice is not None and self.choice.holds(now) else None


class Notes:
    """Where it is noted who is followed."""

    def __init__(self, *, full: bool = False) -> None:
        self.kept: list[Followed | None] = []
        self.full = full

    def keep(self, followed: Followed) -> None:
        if self.full:
            raise StorageError("no space")
        self.kept.append(followed)

    def forget(self) -> None:
        self.keep(Followed("nobody", NOON))


class Hosts:
    """Processes that are as the test says."""

    def __init__(self, **hindrances: str | None) -> None:
        self.hindrances = hindrances
        self.started: list[Collection[str]] = []
        self.kept: set[str] = set()

    def start(self, names: Collection[str] = ()) -> None:
        self.started.append(tuple(names))

    def hindrance(self, name: str) -> str | None:
        if self.hindrances.get(name) == "raises":
            raise OSError("no room")
        return self.hindrances.get(name)

    def keep_only(self, names: Collection[str]) -> None:
        self.kept = set(names)

    def close(self) -> None:
        raise AssertionError


def steered(helm: Helm, seconds: Sequence[float] = (0, 1, 2)) -> list[str]:
    """Who is in force, second by second."""
    return [helm.look(second, NOON + timedelta(seconds=second)).active for second in seconds]


def events(logs: Sequence[Any]) -> list[str]:
    return [entry["event"] for entry in logs]


def test_what_is_chosen_takes_over_at_once_and_each_change_is_one_line() -> None:
    wishes = Wishes()
    helm = Helm(site(), wishes)
    with capture_logs() as logs:
        assert steered(helm) == ["it"] * 3
        wishes.choice = FIXED
        assert steered(helm) == ["fixed"] * 3
        assert helm.look(3, NOON) is helm.look(4, NOON) is helm.settings
        wishes.choice = FIXED._replace(until=NOON + HOUR)
        assert (steered(helm), helm.settings.active_until) == (["fixed"] * 3, NOON + HOUR)
        wishes.choice = None
        assert steered(helm) == ["it"] * 3
    told = [(entry["strategy"], entry["before"], entry["by"], entry["until"]) for entry in logs]
    assert told == [
        ("fixed", "it", "hand", None),
        ("fixed", "fixed", "hand", (NOON + HOUR).isoformat()),
        ("it", "fixed", "configuration", None),
    ]
    assert events(logs) == ["strategy_switched"] * 3


def test_it_ends_by_itself_and_nobody_need_look() -> None:
    helm = Helm(site(), Wishes(FIXED._replace(until=NOON + HOUR)))
    assert steered(helm, (0, 3599, 3600)) == ["fixed", "fixed", "it"]


@pytest.mark.parametrize("name", ["gone", "price"])
def test_one_that_cannot_be_chosen_leaves_the_configurations_and_is_told_once(name: str) -> None:
    wishes = Wishes(FIXED)
    helm = Helm(site(), wishes, unfit={"price": "wants prices"})
    steered(helm)
    wishes.choice = Choice(name, NOON)
    with capture_logs() as logs:
        assert steered(helm) == ["it"] * 3
    assert events(logs) == ["strategy_cannot_be_chosen", "strategy_switched"]
    assert logs[0]["why"] == ("wants prices" if name == "price" else logs[0]["why"])
    assert "no such strategy" in logs[0]["why"] or name == "price"


def test_until_a_process_is_ready_the_one_before_goes_on_and_why_is_told() -> None:
    wishes, hosts = Wishes(FIXED), Hosts(kettle="")
    helm = Helm(site(), wishes, hosts, chains={"price": ("price", "kettle", "fixed")})
    steered(helm)
    wishes.choice = Choice("price", NOON)
    with capture_logs() as logs:
        assert (steered(helm), hosts.kept) == (["fixed"] * 3, {"fixed", "price", "kettle"})
        hosts.hindrances["kettle"] = "too hot"
        assert steered(helm) == ["fixed"] * 3
        hosts.hindrances["kettle"] = None
        assert (steered(helm), hosts.kept) == (["price"] * 3, {"price", "kettle", "fixed"})
    assert events(logs) == ["strategy_is_being_started", "strategy_not_ready", "strategy_switched"]
    assert (logs[1]["why"], logs[1]["meanwhile"]) == ("too hot", "fixed")
    hosts.hindrances["kettle"] = "too hot"
    assert steered(helm) == ["price"] * 3  # from then on its faults are those of any strategy in force


def test_a_defect_in_starting_one_keeps_nobody_from_deciding() -> None:
    helm = Helm(site(), Wishes(Choice("kettle", NOON)), Hosts(kettle="raises"))
    with capture_logs() as logs:
        assert steered(helm) == ["it"] * 3
    assert events(logs) == ["strategy_not_started", "strategy_not_ready"]
    assert logs[1]["why"] == "OSError: no room"


def test_the_one_before_does_not_go_on_beyond_its_end() -> None:
    wishes = Wishes(FIXED._replace(until=NOON + HOUR))
    helm = Helm(site(), wishes, Hosts(kettle="too hot"))
    steered(helm)
    wishes.choice = Choice("kettle", NOON)
    assert steered(helm, (3, 3599, 3600, 3601)) == ["fixed", "fixed", "it", "it"]


def test_a_choice_taken_back_is_no_longer_waited_for() -> None:
    wishes, hosts = Wishes(Choice("kettle", NOON)), Hosts(kettle="")
    helm = Helm(site(), wishes, hosts)
    assert steered(helm) == ["it"] * 3
    wishes.choice, hosts.hindrances["kettle"] = None, None
    assert (steered(helm), hosts.kept) == (["it"] * 3, {"it"})


def test_it_is_noted_who_is_followed_and_why_not_another_once_a_change() -> None:
    wishes, hosts, notes = Wishes(), Hosts(kettle=""), Notes()
    helm = Helm(site(), wishes, hosts, unfit={"price": "wants prices"}, store=notes)
    helm.begin(0, NOON)
    steered(helm)
    for choice in (FIXED, Choice("price", NOON), Choice("kettle", NOON)):
        wishes.choice = choice
        steered(helm, (60, 61, 62))
    hosts.hindrances["kettle"] = "too hot"
    steered(helm, (120, 121))
    hosts.hindrances["kettle"] = None
    steered(helm, (180, 181))
    helm.leave()
    minutes = [NOON + timedelta(minutes=minute) for minute in range(4)]
    assert notes.kept == [
        Followed("it", minutes[0]),
        Followed("fixed", minutes[1]),
        Followed("it", minutes[1], "price", "wants prices"),
        Followed("it", minutes[1], "kettle"),
        Followed("it", minutes[1], "kettle", "too hot"),
        Followed("kettle", minutes[3]),
        Followed("nobody", NOON),
    ]


def test_a_note_that_cannot_be_kept_keeps_nobody_from_deciding() -> None:
    wishes = Wishes()
    helm = Helm(site(), wishes, store=Notes(full=True))
    with capture_logs() as logs:
        helm.begin(0, NOON)
        wishes.choice = FIXED
        assert steered(helm) == ["fixed"] * 3
        helm.leave()
    assert events(logs).count("strategy_note_not_kept") == 3


def test_at_the_start_it_waits_for_whoever_is_to_be_asked() -> None:
    hosts = Hosts()
    helm = Helm(site(), Wishes(Choice("price", NOON)), hosts, chains={"price": ("price", "kettle")})
    helm.begin(0, NOON)
    assert (hosts.started, helm.settings.active) == ([("price", "kettle")], "price")
    idle = Hosts()
    Helm(site(), Wishes(), idle).begin(0, NOON)
    assert idle.started == [()]


def test_one_that_was_chosen_until_an_end_goes_by_the_clock() -> None:
    base = replace(core(), strategies={"it": Wants(0), "sun": Timeless(10)})
    assert not base.timeless
    for_good = chosen(base, Choice("sun", NOON))
    assert (for_good.timeless, for_good.afterwards) == (True, "it")
    assert not chosen(base, Choice("sun", NOON, NOON + HOUR)).timeless
