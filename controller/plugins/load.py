"""Loads a strategy of somebody else's, and makes it from its table: runs their code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ValidationError

from controller.config.faults import word
from controller.domain.demand import STRATEGY_GROUP, Answering, Strategy
from controller.domain.one_line import error_line, one_line
from controller.plugins.answers import shown
from controller.plugins.origin import Described, Fault, Job, Origin

_GUIDE = "docs/writing-a-strategy.md shows one"
_PARTS = ("Settings", "from_settings", "demand")
_MOST_FAULTS = 20


class NotLoaded(Exception):
    """There is no strategy to be had from an origin; the text is one line."""


def load_class(origin: Origin) -> type[Strategy]:
    """The strategy's class. Raises NotLoaded, whatever their code does."""
    if origin.source is None:
        from importlib.metadata import EntryPoint  # noqa: PLC0415 -- a file's process starts faster without it

        with _contained():
            found = EntryPoint(name=origin.name, value=origin.target, group=STRATEGY_GROUP).load()
        if not _fulfils(found):
            raise NotLoaded(f"{origin.target} is no strategy: it has no {_lacks(found)}; {_GUIDE}")
        return found  # type: ignore[no-any-return]
    module = ModuleType(f"sunpace_strategy_{origin.name}")
    module.__file__ = origin.target
    sys.modules[module.__name__] = module
    with _contained():
        exec(compile(origin.source, origin.target, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 -- what a plug-in is
    return _only_class(module)


def make(job: Job) -> tuple[Answering | None, Described]:
    """The strategy from its table, None where it cannot be made, and what it is like; raises nothing."""
    try:
        strategy = load_class(job.origin)
    except NotLoaded as error:
        return None, Described(faults=(Fault((), str(error)),))
    return make_from(strategy, job.origin.name, job.table, job.beside)


def make_from(
    strategy: type[Strategy], name: str, table: Any, beside: Mapping[str, Any]
) -> tuple[Answering | None, Described]:
    """As `make`, from the class."""
    model: type[BaseModel] = strategy.Settings
    about = one_line((strategy.__doc__ or "").strip().partition("\n")[0])
    schema = _schema(model)
    try:
        settings = model.model_validate(table, context=dict(beside))
        made = strategy.from_settings(settings)
        values = settings.model_dump(mode="json")
    except ValidationError as error:
        return None, Described(about=about, schema=schema, faults=tuple(_faults(error, name, model)))
    except BaseException as error:  # noqa: BLE001 -- their code may raise anything, even SystemExit
        text = f"cannot be made from its settings: {located(error)}"
        return None, Described(about=about, schema=schema, faults=(Fault((), text),))
    if not callable(getattr(made, "demand", None)):
        text = f"its from_settings returns {shown(made)}, which has no demand; {_GUIDE}"
        return None, Described(about=about, schema=schema, faults=(Fault((), text),))
    timeless = getattr(strategy, "timeless", False) is True
    return made, Described(about=about, schema=schema, values=values, timeless=timeless)


def located(error: BaseException) -> str:
    """An error of theirs: its own last line, and where it was raised."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return one_line(f"line {error.lineno}: {type(error).__name__}: {error.msg}")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    line = error_line(error)
    if not frames or frames[-1].filename == __file__:
        return line
    file = one_line(frames[-1].filename.rpartition("/")[2], 60)  # theirs as well: code may be compiled under any name
    return f"{line} ({file}, line {frames[-1].lineno})"


class _contained:  # noqa: N801 -- reads like what it does
    """Whatever their code raises while it is loaded becomes one line."""

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ModuleNotFoundError):
            remedy = f"install {error.name} where Sunpace is installed, or do without it"
            raise NotLoaded(f"cannot be imported: {located(error)}: {remedy}") from error
        if error is not None:
            raise NotLoaded(f"cannot be imported: {located(error)}") from error


def _only_class(module: ModuleType) -> type[Strategy]:
    classes = {
        name: thing
        for name, thing in vars(module).items()
        if isinstance(thing, type) and thing.__module__ == module.__name__ and not thing.__name__.startswith("_")
    }
    fit = {thing.__name__: thing for thing in classes.values() if _fulfils(thing)}
    if len(fit) == 1:
        return next(iter(fit.values()))
    if fit:
        raise NotLoaded(f"has several strategies, {', '.join(sorted(fit))}: begin the names of all but one with _")
    for name, thing in classes.items():
        if callable(getattr(thing, "demand", None)):
            raise NotLoaded(f"{name} is no strategy: it has no {_lacks(thing)}; {_GUIDE}")
    raise NotLoaded(f"has no class with {', '.join(_PARTS[:-1])} and {_PARTS[-1]}; {_GUIDE}")


def _fulfils(thing: Any) -> bool:
    return isinstance(thing, type) and not _lacks(thing)


def _lacks(thing: Any) -> str:
    settings = getattr(thing, "Settings", None)
    there = {
        "Settings": isinstance(settings, type) and issubclass(settings, BaseModel),
        "from_settings": callable(getattr(thing, "from_settings", None)),
        "demand": callable(getattr(thing, "demand", None)),
    }
    lacks = [part for part in _PARTS if not there[part]]
    return " and no ".join("Settings that is a pydantic model" if part == "Settings" else part for part in lacks)


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """As far as there is one: a model may hold what JSON schema has no word for."""
    try:
        return model.model_json_schema()
    except Exception:  # noqa: BLE001 -- their validators' business
        return {"properties": {name: {} for name in model.model_fields}}


def _faults(error: ValidationError, name: str, model: type[BaseModel]) -> Iterator[Fault]:
    for detail in error.errors(include_url=False)[:_MOST_FAULTS]:
        path = detail["loc"]
        yield Fault(path, one_line(word(detail, ("strategy", name, *path), model), 300))
