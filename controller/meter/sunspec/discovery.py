"""Walks a device's chain of SunSpec models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from controller.domain.errors import DeviceProtocolError
from controller.meter.formula import Function, Point, Register
from controller.meter.registers import ValueRefused

ReadRegisters = Callable[[Function, int, int], Awaitable[list[int]]]
"""Function, first address, count -> words; raises DeviceError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The models that a device has."""

    def locate(self, components: tuple[tuple[Register | Point, ...], ...]) -> tuple[tuple[Register | Point, ...], ...]:
        """The same with registers for points; phases that the model has not are left out. Raises ValueRefused."""
        raise ValueRefused("SunSpec is not served yet")

    def headers_of(self, registers: Iterable[Register]) -> Mapping[tuple[Function, int], int]:
        """Model numbers and lengths at the head of the models that hold `registers`."""
        return {}


async def discover(read: ReadRegisters) -> Chain:
    """Finds the models of a device. Raises DeviceError."""
    raise DeviceProtocolError("SunSpec is not served yet")
