"""Strategies of others for tests: a file, well or misbehaving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from controller.domain.demand import Answering
from controller.plugins.foreign import Foreign, Plugins

OURS = ("surplus", "fixed", "off_peak")

HEAD = '''\
"""Tea."""
import os, signal, sys, threading, time
from pathlib import Path
from typing import ClassVar
from pydantic import BaseModel, Field
from controller.domain.demand import Defer, Demand, Dwell, Situation, Sun
from controller.domain.reasons import Reason, ReasonCode, because


class Settings(BaseModel, frozen=True, extra="forbid"):
    cups: float = Field(default=7, ge=0, le=99, description="amps of tea")
    flag: str = ""


class Kettle:
    """Boils water.

    And more.
    """

    Settings: ClassVar = Settings

    def __init__(self, settings):
        self.settings = settings

    @classmethod
    def from_settings(cls, settings):
        return cls(settings)

    def demand(self, situation):
        good = Demand(current_a=self.settings.cups, reason=because(ReasonCode.PLUGIN, says="tea is ready"))
        if self.settings.flag and not Path(self.settings.flag).exists():
            return good
'''
"""Does as its last lines say: at once, or once the file `flag` exists."""

DO_AS_TOLD = (
    "told = {}; exec(compile('def deed(self, situation, good):\\n    ' + Path(self.settings.flag).read_text(), "
    "'<deed>', 'exec'), globals(), told); return told['deed'](self, situation, good)"
)
"""What the file `flag` says."""

_LATE = "did not answer within 200 ms"
MISDEEDS = {
    "raises": ("raise ValueError('too hot')", "ValueError: too hot (<deed>, line 2)"),
    "raises beyond Exception": ("raise SystemExit(3)", "SystemExit: 3 (<deed>, line 2)"),
    "leaves": ("os._exit(3)", "has ended its process (exit code 3)"),
    "kills its group": ("os.killpg(0, signal.SIGSEGV)", "its process was ended by SIGSEGV"),
    "is busy for ever": ("while True: pass", _LATE),
    "sleeps": ("time.sleep(3600)", _LATE),
    "locks itself out": ("lock = threading.Lock(); lock.acquire(); lock.acquire()", _LATE),
    "eats memory": ("hoard = [bytearray(1 << 29) for _ in range(1000)]", "MemoryError (<deed>, line 2)"),
    "writes into the answers": ("os.write(4, b'{}\\n')", "answered what cannot be understood"),
    "floods the answers": ("os.write(4, b'x' * 400000)", "answers without an end"),
    "answers a number": ("return 10", "answered 10, neither a Demand nor a Defer"),
    "asks for NaN": ("return good._replace(current_a=float('nan'))", "current_a is nan, not between 0 and 200"),
    "asks for a power station": ("return good._replace(current_a=1e9)", "current_a is 1000000000.0, not between"),
    "asks for less than nothing": ("return good._replace(current_a=-6)", "current_a is -6.0, not between"),
    "defers to nobody": ("return Defer(to='nobody')", "defers to 'nobody', which there is not; known are: fixed,"),
    "defers to itself": ("return Defer(to='kettle')", "defers to itself"),
}
"""What a strategy may do to its user, in Python, and what is told of it."""


def write(folder: Path, code: str = "return good", name: str = "kettle", head: str = HEAD) -> Path:
    """Writes a strategy beside a configuration in `folder`; returns its file."""
    place = folder / "strategies"
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    file = place / f"{name}.py"
    body = f"        {code}\n" if head == HEAD else code
    file.write_text(head + body)
    file.chmod(0o644)
    return file


def made(folder: Path, tables: dict[str, Any] | None = None) -> tuple[dict[str, Answering], list[tuple[str, str]]]:
    """All plug-ins in `folder`, and the faults."""
    strategies, faults = Plugins(folder, OURS).made(tables or {}, {})
    return strategies, [(name, fault.text) for name, fault in faults]


def kettle(folder: Path, code: str = "return good", **table: Any) -> Foreign:
    """The strategy `kettle`, as `code` has it behave."""
    write(folder, code)
    strategies, faults = made(folder, {"kettle": table})
    assert faults == []
    strategy = strategies["kettle"]
    assert isinstance(strategy, Foreign)
    return strategy
