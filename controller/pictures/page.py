"""A page that needs nothing else: the picture, the figures, the reasons; to be read, printed and sent on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template

from controller.domain.sentences.speech import format_duration
from controller.pictures.clock_axis import zone_text
from controller.pictures.front import Score, SweepPoint, starts_against_score, sun_against_grid
from controller.pictures.plain import plain
from controller.pictures.plan_record import PlanRecord
from controller.pictures.reason_rows import reason_rows
from controller.pictures.record import DayRecord, Ground

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
body { font: 15px/1.45 "DejaVu Sans", Verdana, Arial, sans-serif; color: #222; background: #fff; margin: 1.5em auto;
  max-width: 1200px; padding: 0 1em; }
svg { width: 100%; height: auto; display: block; }
h1 { position: absolute; clip-path: inset(50%); } /* the picture shows it; this one is for those who listen */
h2 { font-size: 1.05em; margin: 1.5em 0 .4em; }
main { display: flex; flex-wrap: wrap; gap: 0 4em; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2em 1.4em .2em 0; border-bottom: 1px solid #ddd; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
footer { color: #666; margin-top: 1.5em; }
@page { size: A4 landscape; margin: 10mm; }
@media print {
  body { font-size: 10pt; margin: 0; max-width: none; padding: 0; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  figure { break-after: page; } svg { max-height: 185mm; } tr { break-inside: avoid; }
}
figure { margin: 0; }
</style>
</head>
<body>
<h1>$title</h1>
<figure>
$svg</figure>
<main>
$tables</main>
<footer>$foot</footer>
</body>
</html>
""")


def day_page(day: DayRecord, svg: str) -> str:
    """A day as HTML.

    Args:
        day: The day.
        svg: Its picture, an `<svg>` element of ours.
    """
    end_s = day.times_s[-1]
    span_s = end_s - day.times_s[0]
    reasons = [
        (row.label, format_duration(row.total_s), f"{100 * row.total_s / span_s:.1f} %", str(len(row.spans_s)))
        for row in sorted(reason_rows(day.grounds, end_s, most=100), key=lambda row: -row.total_s)
    ]
    tables = _table("Figures", ("", ""), day.figures) + _table(
        "Reasons", ("reason", "stood", "share", "times"), reasons
    )
    foot = f"Local time: {zone_text(day.times_s[0], end_s, day.zone)}."
    return _page(day.title, svg, tables, foot)


def plan_page(plan: PlanRecord, svg: str) -> str:
    """A plan as HTML.

    Args:
        plan: The plan.
        svg: Its picture, an `<svg>` element of ours.
    """
    from_s, to_s = plan.steps[0].from_s, plan.steps[-1].to_s
    grounds = [Ground(step.from_s, step.reason) for step in plan.steps]
    reasons = [(row.label, format_duration(row.total_s)) for row in reason_rows(grounds, to_s, most=100)]
    tables = _table("Figures", ("", ""), plan.figures) + _table("Reasons", ("reason", "stands"), reasons)
    return _page(plan.title, svg, tables, f"Local time: {zone_text(from_s, to_s, plan.zone)}.")


def sweep_page(title: str, points: Sequence[SweepPoint], score: Score, svg: str) -> str:
    """A sweep as HTML.

    Args:
        title: What was swept.
        points: Of the sweep.
        score: What theirs is.
        svg: Its picture, an `<svg>` element of ours.
    """
    fronts = (sun_against_grid(points), starts_against_score(points))
    of_fronts = ("sun and grid", f"starts and {score.label}")
    rows = [
        (
            point.series,
            point.label,
            f"{point.solar_kwh:.2f}",
            f"{point.grid_kwh:.2f}",
            f"{point.starts_per_day:.1f}",
            "" if point.score is None else f"{point.score * score.scale:.2f}",
            ", ".join(name for name, front in zip(of_fronts, fronts, strict=True) if place in front),
        )
        for place, point in enumerate(points)
    ]
    head = (
        "of",
        "setting",
        "sun, kWh",
        "grid, kWh",
        "starts a day",
        f"{score.label}, {score.unit}",
        "cannot be bettered in",
    )
    return _page(
        title, svg, _table("Settings", head, rows), f"What is called {score.label} is in {score.unit} of {score.of}."
    )


def _page(title: str, svg: str, tables: str, foot: str) -> str:
    return _PAGE.substitute(title=_text(title), svg=svg, tables=tables, foot=_text(foot))


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    classes = [' class="n"' if all(map(_is_numeric, column)) else "" for column in zip(*rows, strict=True)]
    top = _row("th", head, classes) if any(head) else ""
    body = "".join(_row("td", row, classes) for row in rows)
    return f"<section>\n<h2>{_text(title)}</h2>\n<table>\n{top}{body}</table>\n</section>\n"


def _row(kind: str, cells: Sequence[str], classes: Sequence[str]) -> str:
    pairs = zip(cells, classes, strict=True)
    return "<tr>" + "".join(f"<{kind}{css}>{_text(cell)}</{kind}>" for cell, css in pairs) + "</tr>\n"


def _is_numeric(cell: str) -> bool:
    return not cell or cell.lstrip("-")[:1].isdigit()


def _text(text: str) -> str:
    return escape(plain(text))
