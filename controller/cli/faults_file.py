"""Reads a file of faults for the emulated wallbox or meter."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from controller.config.faults import word
from controller.config.lines import line_of
from controller.domain.errors import ConfigError
from controller.domain.toml_text import parse_toml
from controller.simulation.box.faults import Faults
from controller.simulation.meters.faults import MeterFaults

F = TypeVar("F", bound=BaseModel)


class _FaultsFile(BaseModel, Generic[F]):
    """The whole file: one table."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    faults: F


def read_faults(file: Path) -> Faults:
    """A wallbox's: the table [faults] of a TOML file. Raises ConfigError with a line for each that is wrong."""
    return _read(file, Faults)


def read_meter_faults(file: Path) -> MeterFaults:
    """A meter's: the table [faults] of a TOML file. Raises ConfigError with a line for each that is wrong."""
    return _read(file, MeterFaults)


def _read(file: Path, kind: type[F]) -> F:
    """The table [faults] of a TOML file.

    Args:
        file: The file.
        kind: Whose faults they are.

    Raises:
        ConfigError: With every fault that could be found, one line each.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        tree = parse_toml(text)
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError([f"{file}: cannot be read: {what}; --faults names another file"]) from error
    except ValueError as error:
        raise ConfigError([f"{file}: {error}"]) from error
    whole: Any = _FaultsFile[kind]  # type: ignore[valid-type]
    try:
        faults: F = whole.model_validate(tree).faults
    except ValidationError as error:
        found = error.errors(include_url=False)
        lines = []
        for detail in found:
            path = detail["loc"]
            line = line_of(text, path)
            place = f"{file}:{line}" if line is not None else str(file)
            if path == ("faults",) and detail["type"] == "missing":
                lines.append(f"{place}: faults: is missing; all keys stand in one table: [faults]")
            elif len(path) == 1 and path[0] in kind.model_fields:
                lines.append(f"{place}: {path[0]}: stands outside the table; put it below a line [faults]")
            else:
                lines.append(f"{place}: {word(detail, path, whole)}")
        raise ConfigError(lines) from error
    return faults
