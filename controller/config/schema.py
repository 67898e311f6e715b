"""What a model takes at a key path; read off its annotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel


def kinds_at(model: type[BaseModel], path: Sequence[str | int]) -> set[Any]:
    """The plain types that the key at `path` takes: `list[X] | None` takes X and None; none for unknown keys."""
    kinds: set[Any] = {model}
    for step in path:
        if isinstance(step, int):
            continue
        inner = _model_in(kinds)
        field = inner.model_fields.get(step) if inner is not None else None
        if field is None:
            return set()
        kinds = _kinds(field.annotation)
    return kinds


def keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys of the table at `path`; none where there is no table."""
    inner = _model_in(kinds_at(model, path))
    return list(inner.model_fields) if inner is not None else []


def _model_in(kinds: set[Any]) -> type[BaseModel] | None:
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _kinds(annotation: Any) -> set[Any]:
    parts = get_args(annotation)
    return {annotation} if not parts else set().union(*(_kinds(part) for part in parts))
