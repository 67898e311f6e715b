"""The plant's options as people write them: `--set plant.KEY=VALUE`, and a file with a table [plant]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from controller.config.faults import word
from controller.config.lines import line_of
from controller.config.overlay import key_path, lay_over
from controller.domain.errors import ConfigError
from controller.domain.toml_text import parse_toml
from controller.simulation.plant import PlantOptions

Place = tuple[str | int, ...]
_REFERENCE = PlantOptions()

ROOT = "plant"
"""The table, and the first step of every key."""

_UNSEEN_LIVE = ("meter.poll_s", "meter.drop_every_s", "meter.drop_s", "meter.pv", "meter.ev", "battery.metered")
"""Keys that shape what the backtest's core is shown; a virtual home has meters that are really asked."""

_ELSEWHERE = {
    "phases": "is set by wallbox.phases; the car's own are plant.car.phases",
    "step_s": "is no option: a backtest steps 5 s, the virtual home 1 s",
}


class _Whole(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    plant: PlantOptions = PlantOptions()


def parted(sets: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of `--set` that are the plant's, and the others."""
    ours = [text for text in sets if _key(text).split(".")[0] == ROOT]
    return ours, [text for text in sets if text not in ours]


def plant_options(
    file: Path | None, sets: Sequence[str], *, live: bool = False, asked: Mapping[str, str] = MappingProxyType({})
) -> PlantOptions:
    """The options of a file, with the words of `--set` laid over it.

    Args:
        file: TOML with a table [plant]; None for the reference plant.
        sets: "plant.KEY=VALUE", later ones win.
        live: Whether they are for a virtual home, where some would do nothing, and are refused.
        asked: How some of `sets` were asked for, where not by `--set`.

    Raises:
        ConfigError: With a line for every key or value that is wrong.
    """
    text = "" if file is None else _read(file)
    try:
        tree = parse_toml(text)
    except ValueError as error:
        raise ConfigError([f"{file}: {error}"]) from error
    origins: dict[Place, str] = {}
    for words in sets:
        _, equals, value = words.partition("=")
        path = key_path(_key(words).split("."))
        origin = asked.get(words, f"--set {words}")
        if not equals or len(path) < 2:
            raise ConfigError([f"{origin}: write it as plant.KEY=VALUE, like plant.dead_time_s=30"])
        lay_over(tree, path, value.strip(), origin, _Whole)
        origins[path] = origin
    try:
        options = _Whole.model_validate(tree).plant
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise ConfigError([_fault(detail, _place(detail["loc"], file, text, origins)) for detail in details]) from error
    if live and (unseen := [key for key in _UNSEEN_LIVE if attrgetter(key)(options) != attrgetter(key)(_REFERENCE)]):
        raise ConfigError([_unseen(key, _place((ROOT, *key.split(".")), file, text, origins)) for key in unseen])
    return options


def _unseen(key: str, place: str) -> str:
    return (
        f"{place}: plant.{key} does nothing in a virtual home, only in a backtest; here meters are left out, or are "
        "silent, by the configuration, `emulate meter` and its --faults"
    )


def _place(path: Place, file: Path | None, text: str, origins: dict[Place, str]) -> str:
    """Who has set what is at `path`."""
    last = next((origin for key, origin in reversed(origins.items()) if _same(key, path)), None)
    line = line_of(text, path)
    return last or (f"{file}:{line}" if line is not None else str(file))


def _fault(detail: ErrorDetails, place: str) -> str:
    path = detail["loc"]
    if path[:1] == (ROOT,) and len(path) == 2 and path[1] in _ELSEWHERE:
        return f"{place}: plant.{path[1]}: {_ELSEWHERE[str(path[1])]}"
    return f"{place}: {word(detail, path, _Whole)}"


def _same(key: Place, path: Place) -> bool:
    """Whether what was set at `key` is part of what is wrong at `path`, or the other way round."""
    length = min(len(key), len(path))
    return key[:length] == path[:length]


def _key(text: str) -> str:
    return text.partition("=")[0].strip()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError([f"{file}: cannot be read: {what}; --plant names another file"]) from error
