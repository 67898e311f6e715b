"""Reads a file of faults for the emulated wallbox."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from controller.config.faults import word
from controller.config.lines import line_of
from controller.domain.errors import ConfigError
from controller.simulation.box.faults import Faults


class _FaultsFile(BaseModel):
    """The whole file: one table."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    faults: Faults


def read_faults(file: Path) -> Faults:
    """The table [faults] of a TOML file.

    Raises:
        ConfigError: With every fault that could be found, one line each.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        tree = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError([f"{file}: cannot be read: {what}; --faults names another file"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{file}: not valid TOML: {error}"]) from error
    try:
        return _FaultsFile.model_validate(tree).faults
    except ValidationError as error:
        found = error.errors(include_url=False)
        lines = []
        for detail in found:
            path = detail["loc"]
            line = line_of(text, path)
            place = f"{file}:{line}" if line is not None else str(file)
            if path == ("faults",) and detail["type"] == "missing":
                lines.append(f"{place}: faults: is missing; all keys stand in one table: [faults]")
            elif len(path) == 1 and path[0] in Faults.model_fields:
                lines.append(f"{place}: {path[0]}: stands outside the table; put it below a line [faults]")
            else:
                lines.append(f"{place}: {word(detail, path, _FaultsFile)}")
        raise ConfigError(lines) from error
