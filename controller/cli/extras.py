"""Says plainly when packages are missing that only some commands need."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from controller.domain.errors import SunpaceError

_HOME = ("jwt", "python_multipart", "rich", "starlette", "trustme", "uvicorn")
_BACKTEST = ("numpy", "rich")


def require_sim() -> None:
    """Raises SunpaceError when what the virtual home needs of the extra `sim` is not installed."""
    _require("the virtual home", _HOME)


def require_backtest() -> None:
    """Raises SunpaceError when what a backtest needs of the extra `sim` is not installed."""
    _require("a backtest", _BACKTEST)


def _require(what: str, packages: Sequence[str]) -> None:
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise SunpaceError(f"{what} needs {', '.join(missing)}; install Sunpace with its extra: pip install '.[sim]'")


def require_plot() -> None:
    """Raises SunpaceError when the extra `plot` is not installed."""
    if find_spec("matplotlib") is None:
        raise SunpaceError("pictures need matplotlib; install Sunpace with its extra: pip install '.[plot]'")
