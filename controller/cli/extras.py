"""Says plainly when packages are missing that only some commands need."""

from __future__ import annotations

from importlib.util import find_spec

from controller.domain.errors import SunpaceError

_SIM = ("jwt", "python_multipart", "rich", "starlette", "trustme", "uvicorn")


def require_sim() -> None:
    """Raises SunpaceError when the extra `sim` is not installed."""
    missing = [name for name in _SIM if find_spec(name) is None]
    if missing:
        raise SunpaceError(
            f"the virtual home needs {', '.join(missing)}; install Sunpace with its extra: pip install '.[sim]'"
        )


def require_plot() -> None:
    """Raises SunpaceError when the extra `plot` is not installed."""
    if find_spec("matplotlib") is None:
        raise SunpaceError("pictures need matplotlib; install Sunpace with its extra: pip install '.[plot]'")
