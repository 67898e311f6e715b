"""A plant of a few lines, written from the description alone: what a timeline has cost, recounted.

It shares nothing with the project's plant.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Recount:
    solar_kwh: float = 0.0
    grid_kwh: float = 0.0
    starts: int = 0
    commands: int = 0


def replay(rows: list[dict[str, str]], phases: int) -> Recount:
    """Replays the commands of a timeline against its PV and load."""
    count, amps, on, waking = Recount(), 0.0, False, 0
    given = [(int(row["limit_a"]), row["charging"] == "1") for row in rows]
    for step, row in enumerate(rows):
        limit, wanted = given[max(0, step - 2)]  # ten seconds late
        if step and given[step] != given[step - 1]:
            count.commands += 1
        if wanted and not on:
            count.starts, waking = count.starts + 1, 2
        on = wanted
        if not on or waking > 0:
            amps, waking = 0.0, waking - 1
        else:
            amps = min(limit, amps + 5 if amps else 6)
        watts = amps * phases * 230
        sun = min(watts, max(0.0, float(row["pv_w"]) - float(row["load_w"])))
        count.solar_kwh += sun * 5 / 3.6e6
        count.grid_kwh += (watts - sun) * 5 / 3.6e6
    return count
