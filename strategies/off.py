"""Do not charge."""

from __future__ import annotations

from math import inf
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from controller.domain.demand import Demand, Situation
from controller.domain.reasons import ReasonCode, because

_NOTHING = Demand(current_a=0.0, reason=because(ReasonCode.OFF), steady_w=(-inf, inf))


class OffSettings(BaseModel):
    """The table `[strategy.off]`; it has no keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Off:
    """Wants nothing, ever: for a while without charging, and for others to hand over to."""

    Settings: ClassVar[type[OffSettings]] = OffSettings
    timeless: ClassVar[bool] = True

    @classmethod
    def from_settings(cls, settings: OffSettings) -> Self:  # noqa: ARG003 -- there are none
        """See `Strategy.from_settings`."""
        return cls()

    def demand(self, situation: Situation) -> Demand:  # noqa: ARG002 -- whatever it is
        """See `Strategy.demand`."""
        return _NOTHING
