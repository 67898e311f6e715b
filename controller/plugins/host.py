"""The process that runs a strategy of somebody else's: `python -m controller.plugins.host PARENT_PID`.

It is told a `Job` and then situations, each a length and a pickle, on what was its standard input; it answers each with
one line of JSON on what was its standard output. What the strategy itself prints goes nowhere.
"""

from __future__ import annotations

import ctypes
import json
import os
import pickle
import resource
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from controller.domain.demand import Answering
from controller.domain.horizon import NOTHING_KNOWN
from controller.plugins.answers import Nonsense, as_plain
from controller.plugins.load import located, make
from controller.plugins.origin import Described

MEMORY_BYTES = 512 << 20
"""Address space that a strategy has, Python itself included."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serves until the other end is closed."""
    requests, replies = _own_channel()
    _end_with(int(sys.argv[1]))
    _be_modest()
    job = _received(requests)
    strategy, described = make(job)
    _send(replies, _described_as_plain(described))
    if strategy is not None:
        _serve(strategy, requests, replies)


def _serve(strategy: Answering, requests: BinaryIO, replies: int) -> None:
    horizon = NOTHING_KNOWN
    while (message := _received(requests)) is not None:
        number, situation, changed = message
        horizon = horizon if changed is None else changed
        _send(replies, [number, *_answer(strategy, situation._replace(horizon=horizon))])


def _answer(strategy: Answering, situation: Any) -> tuple[str, Any]:
    """What it answers, or how it fails."""
    try:
        return "answer", as_plain(strategy.demand(situation))
    except Nonsense as error:
        return "failed", str(error)
    except BaseException as error:  # noqa: BLE001 -- their code may raise anything, even SystemExit
        return "failed", located(error)


def _own_channel() -> tuple[BinaryIO, int]:
    """Takes standard input and output for itself, so that nothing that is printed can come between."""
    requests, replies = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return os.fdopen(requests, "rb"), replies


def _end_with(parent: int) -> None:
    """Ends with the service, whatever ends it, even in the middle of an endless loop (Linux: prctl)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _be_modest() -> None:
    """Little memory, no core files, and the first to go where the system runs out of memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123
        score.write("1000")


def _received(requests: BinaryIO) -> Any:
    """The next message; None once the other end is closed. It is the service's: it may be unpickled."""
    head = requests.read(4)
    body = requests.read(int.from_bytes(head, "big")) if len(head) == 4 else b""
    return pickle.loads(body) if body else None  # noqa: S301


def _send(replies: int, plain: Any) -> None:
    left = json.dumps(plain, default=str).encode() + b"\n"
    while left:
        left = left[os.write(replies, left) :]


def _described_as_plain(described: Described) -> dict[str, Any]:
    return {
        "about": described.about,
        "schema": described.schema,
        "values": described.values,
        "timeless": described.timeless,
        "faults": [[list(fault.path), fault.text] for fault in described.faults],
    }


if __name__ == "__main__":
    main()
