"""Strategies of others for the configuration: each is tried in a process of its own before it is used."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from controller.domain.demand import Answering, Defer, Demand, Situation
from controller.domain.errors import StrategyError
from controller.domain.one_line import error_line
from controller.plugins.answers import Nonsense, as_plain, from_plain
from controller.plugins.child import CLOSES_WITHIN_S, START_WITHIN_S, Child, described
from controller.plugins.find import find_plugins
from controller.plugins.load import make
from controller.plugins.origin import Described, Fault, Job, Origin, Refused


class Foreign:
    """A strategy of somebody else's with its settings, asked in this very process.

    A backtest asks it so: it steers nothing, a person who sees it has started it and can end it, and a question costs
    microseconds in place of a way between processes. What it answers is checked as in the service. The service gives
    each a process (`controller.plugins.hosted`).

    Args:
        job: What it is made from.
        like: What it is like.
        known: The strategies that it may defer to.
    """

    def __init__(self, job: Job, like: Described, known: Collection[str]) -> None:
        self.job = job
        self.like = like
        self.known = frozenset(known)
        self._strategy: Answering | None = None

    @property
    def timeless(self) -> bool:
        """See `Strategy`."""
        return self.like.timeless

    @property
    def then(self) -> str | None:
        """Whom it leaves the decision to, where its settings tell."""
        then = self.like.values.get("then")
        return then if isinstance(then, str) else None

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`; what it prints goes to stderr. Raises what it raises, and StrategyError."""
        with redirect_stdout(sys.stderr):
            if self._strategy is None:
                self._strategy = self._made()
            try:
                plain = as_plain(self._strategy.demand(situation))
            except Nonsense as error:
                raise StrategyError(self.job.origin.name, str(error)) from None
            except (Exception, KeyboardInterrupt):
                raise
            except BaseException as error:  # `SystemExit` and its like: it is not for them to end the command
                raise StrategyError(self.job.origin.name, error_line(error)) from error
        return from_plain(plain, self.job.origin.name, self.known)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process loads it anew: its class is known there by no name."""
        return Foreign, (self.job, self.like, self.known)

    def _made(self) -> Answering:
        strategy, like = make(self.job)
        if strategy is None:
            raise StrategyError(self.job.origin.name, like.faults[0].text)
        return strategy


class Plugins:
    """The strategies of others that there are.

    Args:
        folder: Where the configuration lies; None for installed packages only.
        ours: The names of those that come with Sunpace.
    """

    def __init__(self, folder: Path | None, ours: Collection[str]) -> None:
        self._ours = frozenset(ours)
        self._found = find_plugins(folder, self._ours)

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Those that may be loaded."""
        return self._found.origins

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Those that may not."""
        return self._found.refused

    @property
    def names(self) -> Collection[str]:
        """Of all, usable or not."""
        return {*self._found.origins, *(one.name for one in self._found.refused)}

    def made(
        self, tables: Mapping[str, Any], beside: Mapping[str, Any]
    ) -> tuple[dict[str, Answering], list[tuple[str, Fault]]]:
        """All that can be used, and what is wrong with the others, by name.

        Args:
            tables: `[strategy]`, as written.
            beside: What settings may look at while they are checked.
        """
        faults = [(one.name, Fault((), f"{one.place}: {one.why}")) for one in self._found.refused]
        jobs = [Job(origin=one, table=tables.get(name, {}), beside=beside) for name, one in self.origins.items()]
        likes = list(tried(jobs))
        known = {*self._ours, *(job.origin.name for job, like in likes if not like.faults)}
        for job, like in likes:
            name, place = job.origin.name, job.origin.place
            faults += [(name, f if f.path else Fault((), f"{place}: {f.text}")) for f in like.faults]
        return {job.origin.name: Foreign(job, like, known) for job, like in likes if not like.faults}, faults


def tried(jobs: Iterable[Job]) -> Iterator[tuple[Job, Described]]:
    """Loads each in a process of its own, all at a time, and tells what it is like, or why it cannot be used."""
    children: list[tuple[Job, Child | StrategyError]] = []
    try:
        for job in jobs:
            try:
                children.append((job, Child(job)))
            except StrategyError as error:
                children.append((job, error))
        for job, child in children:
            yield job, _described(child)
    finally:
        for _, child in children:
            if isinstance(child, Child):
                child.end(CLOSES_WITHIN_S)


def _described(child: Child | StrategyError) -> Described:
    if isinstance(child, StrategyError):
        return Described(faults=(Fault((), child.what),))
    try:
        if (plain := child.receive(max(0.0, START_WITHIN_S - child.age_s))) is not None:
            return described(child.name, plain)
        return Described(faults=(Fault((), f"cannot be imported: it was not ready within {START_WITHIN_S:.0f} s"),))
    except StrategyError as error:
        return Described(faults=(Fault((), error.what),))
