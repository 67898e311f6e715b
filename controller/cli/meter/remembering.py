"""A wire that asks for nothing twice: profiles that want the same registers share what was read."""

from __future__ import annotations

from dataclasses import dataclass, field

from controller.domain.errors import DeviceError, DeviceRejected, DeviceTimeout
from controller.meter.connection import ILLEGAL_FUNCTION, Unit
from controller.meter.formula import Function


@dataclass(slots=True)
class Seen:
    """What a unit has answered so far.

    Attributes:
        words: Register contents: function and address -> word.
        failures: Requests that failed: function, first address, count -> how.
        unserved: Function codes that it does not know.
        requests: How often it was asked.
    """

    words: dict[tuple[Function, int], int] = field(default_factory=dict)
    failures: dict[tuple[Function, int, int], DeviceError] = field(default_factory=dict)
    unserved: dict[Function, DeviceRejected] = field(default_factory=dict)
    requests: int = 0


class RememberingWire:
    """A unit, and what it has answered.

    Args:
        unit: The unit; the wire owns it.
        seen: What it has answered so far; is added to.
    """

    def __init__(self, unit: Unit, seen: Seen) -> None:
        self._unit = unit
        self._seen = seen

    def __str__(self) -> str:
        """For people."""
        return str(self._unit)

    @property
    def sent_at_s(self) -> float | None:
        """See `Unit.sent_at_s`."""
        return self._unit.sent_at_s

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        """See `Connection.read`; raises again what it raised before."""
        seen = self._seen
        if function in seen.unserved:
            raise _again(seen.unserved[function])
        places = [(function, address) for address in range(start, start + count)]
        if all(place in seen.words for place in places):
            return [seen.words[place] for place in places]
        if (failure := seen.failures.get((function, start, count))) is not None:
            raise _again(failure)
        seen.requests += 1
        try:
            words = await self._unit.read(function, start, count)
        except DeviceRejected as error:
            if error.status == ILLEGAL_FUNCTION:
                seen.unserved[function] = error
            seen.failures[function, start, count] = error
            raise
        except DeviceTimeout as error:
            seen.failures[function, start, count] = error
            raise
        seen.words.update(zip(places, words, strict=True))
        return words

    async def close(self) -> None:
        """Gives the unit back."""
        await self._unit.close()


def _again(error: DeviceError) -> DeviceError:
    """The same, without the traceback that it has gathered."""
    return error.with_traceback(None)
