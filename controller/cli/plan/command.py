"""Foresees, and tells it to people, programs and pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from controller.app import choice_file, core_settings, read_config, state_directory
from controller.choosing import as_chosen
from controller.cli.outcome import Outcome, show
from controller.cli.plan.plot import check_plot, draw_plan
from controller.cli.plan.view import as_json_object, plan_view
from controller.control.clock import WallClock
from controller.control.foresee import Stretch, foresee
from controller.control.settings import CoreSettings
from controller.control.supervisor import contained
from controller.domain.calendar import Span
from controller.domain.errors import SunpaceError
from controller.domain.horizon import Horizon
from controller.domain.sentences import Language
from controller.known import known_horizon


def plan(file: Path, *, hours: int, as_json: bool, plot_file: Path | None) -> int:
    """Prints what would be decided; returns the exit code.

    Raises:
        ConfigError: The configuration is wrong.
        SunpaceError: A strategy failed, or the picture cannot be made.
    """
    if plot_file is not None:
        check_plot(plot_file)
    loaded = read_config(file)
    clock = WallClock()
    now = clock.now().replace(second=0, microsecond=0)
    settings, fault = as_chosen(core_settings(loaded), choice_file(loaded.config), loaded, clock.now())
    if fault:
        print(f"sunpace plan: {fault}", file=sys.stderr)
    horizon = known_horizon(loaded.config, loaded.prices_token, state_directory(loaded.config), clock)
    stretches = _foreseen(settings, horizon, now, hours)
    if plot_file is not None:
        draw_plan(plot_file, stretches, settings)
    language = Language(loaded.config.site.language)
    data = as_json_object(stretches, settings, horizon, language)
    return show(Outcome(data, plan_view(stretches, settings, horizon)), as_json=as_json)


def _foreseen(settings: CoreSettings, horizon: Horizon, now: datetime, hours: int) -> Sequence[Stretch]:
    """A strategy of somebody else's may raise anything."""
    with contained("plan_failed", loud=False, strategy=settings.active) as run:
        return foresee(settings, horizon, Span(now, now + timedelta(hours=hours)))
    raise SunpaceError(
        f"strategy {settings.active!r} failed while it was asked: {type(run.error).__name__}: {run.error}"
    ) from run.error
