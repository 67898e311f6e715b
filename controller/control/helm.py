"""Which strategy steers: the configuration's, or the one that was chosen by hand in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import structlog

from controller.control.settings import CoreSettings
from controller.control.supervisor import contained
from controller.domain.choice import Choice, Followed
from controller.domain.errors import StorageError
from controller.domain.horizon import LONG_AGO
from controller.domain.one_line import error_line
from controller.domain.ports import ChoiceSource, FollowedStore, StrategyHosts

_log = structlog.get_logger()
_NO_CHAINS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_ALL_FIT: Mapping[str, str] = MappingProxyType({})


def chosen(settings: CoreSettings, choice: Choice) -> CoreSettings:
    """The settings with what was chosen in force, until its end; pure.

    Args:
        settings: With the configuration's strategy in force.
        choice: Of a strategy that there is.
    """
    return replace(settings, active=choice.name, active_until=choice.until, afterwards=settings.active)


class Helm:
    """Turns to another strategy when a person says so, and back.

    A strategy that runs in a process of its own takes over when that is ready; until then the one before goes on, but
    never beyond its own end. To what the configuration says it is turned at once.

    Attributes:
        settings: The site, with the strategy that is in force.

    Args:
        settings: The site, with the configuration's strategy in force.
        choices: Where it comes from what was chosen; None for nowhere.
        hosts: Where the strategies of others run; None where there are none.
        chains: Of each strategy the names of those who are asked in turn.
        unfit: Why one that there is cannot be chosen all the same, by name.
        store: Where it is noted for those who ask what is followed; None for nowhere.
    """

    def __init__(
        self,
        settings: CoreSettings,
        choices: ChoiceSource | None = None,
        hosts: StrategyHosts | None = None,
        *,
        chains: Mapping[str, tuple[str, ...]] = _NO_CHAINS,
        unfit: Mapping[str, str] = _ALL_FIT,
        store: FollowedStore | None = None,
    ) -> None:
        self.settings = self._configured = settings
        self._choices, self._hosts = choices, hosts
        self._chains, self._unfit = chains, unfit
        self._choice: Choice | None = None
        self._awaited: str | None = None
        self._refused = ""
        self._store, self._noted = store, Followed("", LONG_AGO)

    def begin(self, now_s: float, now: datetime) -> None:
        """Makes ready what steers first, in bounded time; once, before anything is told to the box."""
        choice = None if self._choices is None else self._choices.look(now_s, now)
        if self._hosts is not None:
            self._hosts.start(self._asked(choice.name) if choice is not None else ())
        self.look(now_s, now)
        self._note(now)

    def leave(self) -> None:
        """The service ends."""
        if self._store is not None:
            try:
                self._store.forget()
            except StorageError as error:
                _log.warning("strategy_note_not_kept", error=str(error))

    def look(self, now_s: float, now: datetime) -> CoreSettings:
        """The settings in force at `now` (aware), the same object until that changes; returns at once."""
        if self._choices is None:
            return self.settings
        choice = self._choices.look(now_s, now)
        if choice != self._choice or self._awaited is not None:
            news, self._choice = choice != self._choice, choice
            self._turn(choice, now, news=news)
            self._note(now)
        return self.settings

    def _turn(self, choice: Choice | None, now: datetime, *, news: bool) -> None:
        """Takes over what was chosen; `news`: whether it has not been looked at before."""
        awaited, self._refused = None, ""
        if choice is None:
            self._take(self._configured, by="configuration")
        elif why := self._why_not(choice.name):
            self._refused = why
            remedy = "mend that and restart the service, or choose another one; until then the configuration's holds"
            _log.warning("strategy_cannot_be_chosen", strategy=choice.name, why=why, remedy=remedy)
            self._take(self._configured, by="configuration")
        elif (awaited := self._hindrance(choice.name)) is None:
            self._take(chosen(self._configured, choice), by="hand")
        else:
            if (until := self.settings.active_until) is not None and now >= until:
                self._take(self._configured, by="configuration")
            self._tell_awaited(choice.name, awaited, news=news)
        self._awaited = awaited
        if self._hosts is not None:
            wanted = () if choice is None else self._asked(choice.name)
            self._hosts.keep_only({*self._asked(self.settings.active), *wanted})

    def _take(self, settings: CoreSettings, *, by: str) -> None:
        """One line a change."""
        before = self.settings
        if settings == before:
            return
        self.settings = settings
        until = None if settings.active_until is None else settings.active_until.isoformat()
        _log.info("strategy_switched", strategy=settings.active, before=before.active, by=by, until=until)

    def _tell_awaited(self, name: str, why: str, *, news: bool) -> None:
        """One line a change; `why`: what has gone wrong, empty while it is only being started."""
        if not news and why == self._awaited:
            return
        if why:
            remedy = "until it is ready the one before goes on; `sunpace strategy default` no longer waits for it"
            _log.warning("strategy_not_ready", strategy=name, why=why, meanwhile=self.settings.active, remedy=remedy)
        else:
            _log.info("strategy_is_being_started", strategy=name, meanwhile=self.settings.active)

    def _note(self, now: datetime) -> None:
        """Once a change."""
        why = self._refused or self._awaited
        awaited = "" if self._choice is None or why is None else self._choice.name
        followed = Followed(self.settings.active, self._noted.since, awaited, why or "")
        if self._store is None or followed == self._noted:
            return
        if followed.name != self._noted.name:
            followed = followed._replace(since=now)
        self._noted = followed
        try:
            self._store.keep(followed)
        except StorageError as error:
            _log.warning("strategy_note_not_kept", error=str(error))

    def _why_not(self, name: str) -> str | None:
        """Why it cannot be chosen; None where it can."""
        if name not in self._configured.strategies:
            return "there was no such strategy, or none that can be used, when the service began"
        return self._unfit.get(name)

    def _hindrance(self, name: str) -> str | None:
        """Why it cannot be asked yet, or one that it hands over to; None where all can, empty while one only starts."""
        if self._hosts is None:
            return None
        found: list[str] = []
        with contained("strategy_not_started", loud=not self._awaited, strategy=name) as outcome:
            found = [why for one in self._asked(name) if (why := self._hosts.hindrance(one)) is not None]
        if outcome.error is not None:
            return error_line(outcome.error)
        return next((why for why in found if why), found[0]) if found else None

    def _asked(self, name: str) -> tuple[str, ...]:
        return self._chains.get(name, (name,))
