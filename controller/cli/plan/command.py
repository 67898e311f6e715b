"""Foresees, and tells it to people, programs and pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from controller.app import choice_file, core_settings, override_file, read_config, state_directory
from controller.choosing import as_chosen
from controller.cli.logs import configure_logs
from controller.cli.outcome import Outcome, show
from controller.cli.plan.plot import check_plot, draw_plan
from controller.cli.plan.view import as_json_object, plan_view
from controller.control.clock import WallClock
from controller.control.foresee import Stretch, foresee
from controller.control.settings import CoreSettings
from controller.control.supervisor import contained
from controller.domain.calendar import Span
from controller.domain.errors import StorageError, SunpaceError
from controller.domain.horizon import Horizon
from controller.domain.override import NO_OVERRIDES, Overrides
from controller.domain.sentences import Language
from controller.history.override_file import read_overrides
from controller.known import known_horizon
from controller.plugins.hosted import Hosts

_log = structlog.get_logger()


def plan(file: Path, *, hours: int, as_json: bool, plot_file: Path | None) -> int:
    """Prints what would be decided; returns the exit code.

    Raises:
        ConfigError: The configuration is wrong.
        SunpaceError: A strategy failed, or the picture cannot be made.
    """
    configure_logs("warning")
    if plot_file is not None:
        check_plot(plot_file)
    loaded = read_config(file)
    clock = WallClock()
    now = clock.now().replace(second=0, microsecond=0)
    settings, fault = as_chosen(core_settings(loaded), choice_file(loaded.config), loaded, clock.now())
    if fault:
        print(f"sunpace plan: {fault}", file=sys.stderr)
    horizon = known_horizon(loaded.config, loaded.prices_token, state_directory(loaded.config), clock)
    stretches = _foreseen(settings, horizon, now, hours, _overrides(override_file(loaded.config)))
    if plot_file is not None:
        draw_plan(plot_file, stretches, settings)
    language = Language(loaded.config.site.language)
    data = as_json_object(stretches, settings, horizon, language)
    return show(Outcome(data, plan_view(stretches, settings, horizon)), as_json=as_json)


def _overrides(file: Path) -> Overrides:
    """A pause and a boost; as in the service, none holds that cannot be read."""
    try:
        return read_overrides(file)
    except FileNotFoundError:
        return NO_OVERRIDES
    except StorageError as error:
        _log.warning("override_unreadable", error=str(error), remedy="until it is mended no pause and no boost holds")
        return NO_OVERRIDES


def _foreseen(
    settings: CoreSettings, horizon: Horizon, now: datetime, hours: int, overrides: Overrides
) -> Sequence[Stretch]:
    """A strategy of somebody else's may do anything: as in the service it has a process, and little time."""
    hosts = Hosts(settings.strategies, frozenset(settings.strategies), WallClock())
    try:
        hosts.start()
        with contained("plan_failed", loud=False, strategy=settings.active) as run:
            asked, span = replace(settings, strategies=hosts.strategies), Span(now, now + timedelta(hours=hours))
            return foresee(asked, horizon, span, overrides)
    finally:
        hosts.close()
    raise _told(settings.active, run.error) from run.error


def _told(strategy: str, error: Exception | None) -> SunpaceError:
    """What cannot be foreseen, for people."""
    if isinstance(error, SunpaceError):
        return error
    return SunpaceError(f"strategy {strategy!r} failed while it was asked: {type(error).__name__}: {error}")
