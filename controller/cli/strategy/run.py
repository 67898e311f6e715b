"""`sunpace strategy list` and `show`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType

from controller.cli.logs import configure_logs
from controller.cli.outcome import Outcome, show
from controller.cli.strategy.known import Known, all_strategies
from controller.cli.strategy.settings_rows import as_toml, settings_of
from controller.cli.tables import line, table
from controller.config.faults import nearest
from controller.domain.errors import ConfigError


def run_list(file: Path | None, *, as_json: bool) -> int:
    """Prints all; returns the exit code. Raises ConfigError."""
    configure_logs("warning")
    known = all_strategies(file)
    rows = [(one.name, _from(one), _role(one), _error(one) or one.like.about) for one in known]
    view = table(("name", "from", "", "what it is"), rows)
    return show(Outcome({"strategies": [_data(one) for one in known]}, view), as_json=as_json)


def run_show(file: Path | None, name: str, *, as_json: bool) -> int:
    """Prints one; returns the exit code. Raises ConfigError, also where there is no such strategy."""
    configure_logs("warning")
    known = all_strategies(file)
    mine = [one for one in known if one.name == name]
    if not mine:
        raise ConfigError([f"strategy {name}: there is none; {nearest(name, {one.name for one in known})}"])
    data, views = [_full(one) for one in mine], [_view(one) for one in mine]
    usable = all(not one.like.faults for one in mine)
    return show(Outcome(data[0] if len(data) == 1 else data, Group(*views), 0 if usable else 1), as_json=as_json)


def _view(one: Known) -> RenderableType:
    head = [f"{one.name}: {one.like.about}" if one.like.about else one.name, f"from {_from(one)}"]
    if role := _role(one):
        head.append(role)
    parts = [line(text) for text in (*head, *(f"cannot be used: {text}" for text in _errors(one)))]
    settings = settings_of(one.like.schema, one.like.values)
    if not settings:
        return Group(*parts, line(f"[strategy.{one.name}] has no keys") if not one.like.faults else line(""))
    rows = (
        (row.key, as_toml(row.value), "has to be given" if row.required else as_toml(row.default), row.takes, row.about)
        for row in settings
    )
    return Group(
        *parts, table(("key", "in force", "default", "takes", "what it means"), rows, f"[strategy.{one.name}]")
    )


def _full(one: Known) -> dict[str, Any]:
    rows = settings_of(one.like.schema, one.like.values)
    return {**_data(one), "errors": _errors(one), "settings": [row._asdict() for row in rows]}


def _data(one: Known) -> dict[str, Any]:
    return {
        "name": one.name,
        "from": one.kind.value,
        "place": one.place,
        "active": one.active,
        "by_hand": one.by_hand,
        "in_chain": one.in_chain,
        "about": one.like.about,
        "usable": not one.like.faults,
        "error": _error(one),
    }


def _from(one: Known) -> str:
    return "Sunpace" if one.kind.value == "built-in" else one.place


def _role(one: Known) -> str:
    return ("active, by hand" if one.by_hand else "active") if one.active else "in the chain" if one.in_chain else ""


def _error(one: Known) -> str | None:
    errors = _errors(one)
    return errors[0] if errors else None


def _errors(one: Known) -> list[str]:
    return [fault.text for fault in one.like.faults]
