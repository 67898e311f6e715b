"""The box as control sees it: state, limit, start and stop, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import structlog

from controller.domain.charger import ChargerStatus, PowerSettings
from controller.domain.errors import DeviceRejected
from controller.domain.traffic import Traffic
from controller.domain.units import MIN_CURRENT_A
from controller.wallbox.catalogue import LIMIT_FIELD
from controller.wallbox.client import WallboxClient
from controller.wallbox.off_peak import box_times
from controller.wallbox.sections import power_settings

_log = structlog.get_logger()
_HIGHEST_LIMIT_A = 80


class RestWallbox:
    """Implements the port `Wallbox`.

    Args:
        client: The box.
    """

    def __init__(self, client: WallboxClient) -> None:
        self._client = client
        self._strange: str | None = None

    async def status(self) -> ChargerStatus:
        """`GET /api/dashboard-information`. Raises DeviceError."""
        dashboard, taken_at_s = await self._client.dashboard_at()
        word = dashboard.ocpp_state_text if dashboard.ocpp_state is None else None
        if word is not None and word != self._strange:
            _log.warning("ocpp_state_not_understood", shown=word, remedy="Sunpace goes by what it has told the box")
        self._strange = word
        return dashboard.as_status(taken_at_s)

    async def power(self) -> PowerSettings:
        """`GET /api/sections/power`, or the Unite's fields. Raises DeviceError."""
        fields, taken_at_s = await self._client.section_at("power")
        catalogue = (await self._client.dialect()).catalogue
        return replace(power_settings(fields, catalogue, taken_at_s), times=box_times(fields, catalogue))

    async def set_limit(self, limit_a: int, *, urgent: bool = False) -> None:
        """`POST /api/configuration-updates` for the operator current limit.

        Args:
            limit_a: Whole amps from 6; less does not exist (IEC 61851-1) and is refused here.
            urgent: Whether it protects: goes first, and is written whatever is left of the budget.

        Raises:
            DeviceError: Refused, here or there, or not answered.
        """
        if not MIN_CURRENT_A <= limit_a <= _HIGHEST_LIMIT_A:
            raise DeviceRejected(f"an operator current limit of {limit_a} A does not exist; nothing was sent")
        await self._client.update({LIMIT_FIELD: limit_a}, urgent=urgent, read_back=False)

    async def start(self) -> None:
        """Local remote start. Raises DeviceError."""
        await self._client.start()

    async def stop(self) -> None:
        """Local remote stop. Raises DeviceError."""
        await self._client.stop()

    def traffic(self) -> Traffic:
        """What the gate before the box has seen."""
        return self._client.traffic()

    async def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        await self._client.close()
