"""`sunpace plan --plot`: the picture, or a page with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from controller.cli.extras import require_plot
from controller.cli.whole_file import whole_file, whole_text
from controller.control.foresee import Stretch
from controller.control.settings import CoreSettings
from controller.domain.errors import ConfigError
from controller.pictures.clock_axis import dates_text
from controller.pictures.plan_record import PlanRecord, PlanStep

_SUFFIXES = (".html", ".svg", ".png")


def check_plot(file: Path) -> None:
    """Says before anything is asked whether `file` can be drawn. Raises SunpaceError."""
    if file.suffix.lower() not in _SUFFIXES:
        raise ConfigError([f"--plot {file}: name it {', '.join(f'F{suffix}' for suffix in _SUFFIXES)}"])
    require_plot()


def draw_plan(file: Path, stretches: Sequence[Stretch], settings: CoreSettings) -> None:
    """Writes the picture, whole or not at all. Raises SunpaceError."""
    from controller.pictures.page import plan_page  # noqa: PLC0415
    from controller.pictures.plan import plan_png, plan_svg  # noqa: PLC0415 -- matplotlib, only for those who want it

    record = _record(stretches, settings)
    if file.suffix.lower() == ".png":
        with whole_file(file, secret=False) as handle:
            handle.write(plan_png(record))
        return
    svg = plan_svg(record)
    with whole_text(file) as text:
        text.write(svg if file.suffix.lower() == ".svg" else plan_page(record, svg))


def _record(stretches: Sequence[Stretch], settings: CoreSettings) -> PlanRecord:
    start_s, end_s = stretches[0].span.start.timestamp(), stretches[-1].span.end.timestamp()
    sun_kwh = sum(row.sun_wh for row in stretches) / 1000
    grid_kwh = sum(row.grid_wh for row in stretches) / 1000
    costs = [row.cost for row in stretches]
    figures = [("car from the sun", f"{sun_kwh:.1f} kWh"), ("from the grid", f"{grid_kwh:.1f} kWh")]
    if all(cost is not None for cost in costs):
        figures.append(("cost", f"{sum(cost or 0.0 for cost in costs):.2f}"))
    return PlanRecord(
        title=f"{dates_text(start_s, end_s, settings.timezone)}, as {settings.active} would have it",
        figures=figures,
        zone=settings.timezone,
        steps=[_step(row) for row in stretches],
    )


def _step(row: Stretch) -> PlanStep:
    hours = row.span.hours
    return PlanStep(
        from_s=row.span.start.timestamp(),
        to_s=row.span.end.timestamp(),
        surplus_w=row.expected.surplus_w if row.expected is not None else 0.0,
        sun_w=row.sun_wh / hours,
        grid_w=row.grid_wh / hours,
        price=row.grid_price,
        decides=row.decides,
        reason=str(row.reason.code),
    )
