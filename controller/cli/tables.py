"""What a person sees: plain lines and tables; whatever a device writes is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text


def line(text: str) -> RenderableType:
    """One line, whatever is in it."""
    return Text(text)


def table(columns: Sequence[str], rows: Iterable[Iterable[str]], title: str | None = None) -> Table:
    """A plain table."""
    made = Table(box=SIMPLE_HEAD if any(columns) else None, show_header=any(columns), pad_edge=False)
    if title is not None:
        made.title, made.title_justify = Text(title, style="bold"), "left"
    for number, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made
