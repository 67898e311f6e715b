"""Plays cases in this process, or over several, which end with it whatever ends it."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.sharedctypes import Synchronized

from controller.cli.backtest.ending import OrderlyEnd
from controller.cli.backtest.work import Batch, Case, Failed, Hear, Played, Tell, Watch, run_batch
from controller.cli.logs import configure_logs
from controller.domain.errors import SunpaceError
from controller.simulation.backtest.score import Outcome

_WORTH_PROCESSES = 16  # cases; with fewer the processes' own start would take as long
_BATCHES_A_PROCESS = 4  # so that none is idle for long at the end
_LOOK_EVERY_S = 0.1
_PRELOADED = ["controller.cli.main", "controller.cli.backtest.jobs"]

_told: list[Synchronized[float]] = []
"""In a child: where it tells of its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a case.

    Attributes:
        case: The case.
        outcome: What the plant has counted.
    """

    case: Case
    outcome: Outcome


def jobs_for(cases: int) -> int:
    """Processes that so many cases are worth, unless somebody says otherwise."""
    return len(os.sched_getaffinity(0)) if cases >= _WORTH_PROCESSES else 1


def run_cases(
    cases: Sequence[Case], jobs: int, tell: Tell, watch: Watch | None = None, hear: Hear | None = None
) -> list[Result]:
    """Plays all cases.

    Args:
        cases: The cases; those of the same day stand together.
        jobs: How many processes, at the most.
        tell: Told of the work as it is done, in cases.
        watch: For somebody who is to be shown every step; then there is only this process.
        hear: Told what had to be put right in a day: before it is played, or with the first results of other processes;
            in the order of the cases, and maybe more than once.

    Returns:
        The results in the order of the cases, whatever the number of processes.

    Raises:
        SunpaceError: One has failed, and all others are given up.
    """
    batches = _batches(cases, jobs)
    if jobs == 1 or len(batches) == 1 or watch is not None:
        played = [_got(run_batch(batch, tell, watch, hear)) for batch in batches]
    else:
        played = _over_processes(batches, min(jobs, len(batches)), tell, hear)
    outcomes = [outcome for batch in played for outcome in batch.outcomes]
    return [Result(case=case, outcome=outcome) for case, outcome in zip(cases, outcomes, strict=True)]


def _batches(cases: Sequence[Case], jobs: int) -> list[Batch]:
    """A batch a day; where there are few days, several, so that every process has something to do."""
    days = [(source, list(of_day)) for source, of_day in groupby(cases, key=lambda case: case.source)]
    pieces = 1 if jobs == 1 else ceil(_BATCHES_A_PROCESS * jobs / len(days))
    batches = []
    for source, of_day in days:
        length = ceil(len(of_day) / min(pieces, len(of_day)))
        for first in range(0, len(of_day), length):
            runs = tuple((case.scene, case.pilot) for case in of_day[first : first + length])
            batches.append(Batch(source=source, runs=runs))
    return batches


def _got(played: Played | Failed) -> Played:
    if isinstance(played, Failed):
        raise played.error
    return played


def _over_processes(batches: list[Batch], jobs: int, tell: Tell, hear: Hear | None) -> list[Played]:
    _check_can_travel(batches)
    context = get_context("forkserver")  # the imports happen once, in the server that the others are forked from
    context.set_forkserver_preload(_PRELOADED)
    done = context.Value("d", 0.0)
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(done,))
    with OrderlyEnd() as signals:
        running = [(batch, pool.submit(_play, batch)) for batch in batches]
        children = set(active_children()) - others
        try:
            signals.started()
            return _follow(running, done, tell, hear, signals.check)
        except BrokenProcessPool as error:
            raise SunpaceError(
                "backtest: one of its processes was killed, as the system does when memory runs out; "
                "try again with a smaller --jobs"
            ) from error
        except BaseException:
            for child in children:
                child.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _check_can_travel(batches: list[Batch]) -> None:
    """Somebody else's strategy may hold what no other process can be given."""
    try:
        pickle.dumps(batches[0])
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise SunpaceError(f"backtest: a strategy cannot be sent to another process ({error}); use --jobs 1") from error


def _follow(
    running: Sequence[tuple[Batch, Future[Played | Failed]]],
    done: Synchronized[float],
    tell: Tell,
    hear: Hear | None,
    check: Callable[[], None],
) -> list[Played]:
    """Until all are done, or one has failed, or `check` raises."""
    told = 0.0
    played: list[Played] = []  # as far as there is no gap
    left = {future for _, future in running}
    while left:
        finished, left = wait(left, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
        check()
        now = float(done.get_obj().value)  # without its lock, which a child that was killed may still hold
        tell(now - told)
        told = now
        for future in finished:
            _got(future.result())
        while len(played) < len(running) and running[len(played)][1] not in left:
            batch, future = running[len(played)]
            played.append(_got(future.result()))
            if hear is not None:
                hear(batch.source, played[-1].notes)
    return played


def _begin(done: Synchronized[float]) -> None:
    """In a child, before its first batch."""
    configure_logs("error")
    _told[:] = [done]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _play(batch: Batch) -> Played | Failed:
    """In a child: plays a batch."""
    return run_batch(batch, _tell)


def _tell(cases: float) -> None:
    done = _told[0]
    with done.get_lock():
        done.value += cases
