"""A virtual meter's faults, and what it has seen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class MeterFaults(BaseModel):
    """What the emulated meter does wrong; every key is off unless set.

    Attributes:
        silence: No answer.
        delay_s: Every answer comes so much later, s.
        exception_code: The answer is this Modbus exception; 0 none.
        wrong_unit: The answer is another unit's.
        garbage: The answer is bytes without sense.
        cut_mid_frame: Half the answer, and the connection is closed; a serial line falls silent.
        every: The five above happen at each Nth request only.
        nan: Every value is "not available", as device and register type write it.
        sign_flip: Wired the other way round: powers and currents turn, energy counters change places.
        frozen: All registers stay what they were when this was set.
        one_client: Whether a second connection is closed at once; unset as the profile says.
        unknown_unit: What a request for a unit that is not there meets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    silence: bool = False
    delay_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0.0
    exception_code: Annotated[int, Field(ge=0, le=255)] = 0
    wrong_unit: bool = False
    garbage: bool = False
    cut_mid_frame: bool = False
    every: Annotated[int, Field(ge=1)] = 1
    nan: bool = False
    sign_flip: bool = False
    frozen: bool = False
    one_client: bool | None = None
    unknown_unit: Literal["silence", "exception"] = "silence"


@dataclass(slots=True)
class MeterRecord:
    """What a virtual meter has seen.

    Attributes:
        requests: Requests that arrived whole.
        answers: Answers that left whole and right.
        exceptions: Requests that the device refused, faults apart.
        connections: Connections that were served.
        turned_away: Connections that were closed at once.
        open: Connections that are open.
        most_open: Most that were open at once.
    """

    requests: int = 0
    answers: int = 0
    exceptions: int = 0
    connections: int = 0
    turned_away: int = 0
    open: int = 0
    most_open: int = 0

    def as_json(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)
