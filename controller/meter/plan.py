"""Plans as few read requests as a device's limits allow; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from controller.meter.formula import Function, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One read request: registers `start` to `end` - 1.

    Attributes:
        function: How they are read.
        start: First address.
        end: First address behind it.
        parts: The numbers in it that are wanted, with their scale factors, each from its first address to the first
            behind it, in order.
    """

    function: Function
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """Registers it reads."""
        return self.end - self.start

    @property
    def has_gaps(self) -> bool:
        """Whether it reads registers that nobody wants."""
        return self.count > len({address for a, b in self.parts for address in range(a, b)})

    def split(self) -> tuple[Block, ...]:
        """A request for each number."""
        return tuple(Block(function=self.function, start=a, end=b, parts=((a, b),)) for a, b in self.parts)


def plan(registers: Iterable[Register], *, max_registers: int, max_gap: int) -> tuple[Block, ...]:
    """The requests that read all `registers`.

    Args:
        registers: What is wanted; may overlap.
        max_registers: Most registers of one request.
        max_gap: Most registers that may be read for nothing between two that are wanted.
    """
    wanted = sorted({(r.function, *r.span(max_registers)) for r in registers})
    blocks: list[Block] = []
    for function, start, end in wanted:
        last = blocks[-1] if blocks else None
        if last is None or last.function != function or start - last.end > max_gap or end - last.start > max_registers:
            blocks.append(Block(function=function, start=start, end=end, parts=((start, end),)))
            continue
        parts = (*last.parts, (start, end))
        blocks[-1] = Block(function=function, start=last.start, end=max(last.end, end), parts=parts)
    return tuple(blocks)
