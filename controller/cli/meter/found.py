"""What a scan has found, for people and programs, and the lines of config.toml that use it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType

from controller.cli.meter.candidates import Candidate
from controller.cli.meter.values import address_of, public_values
from controller.cli.tables import line, table
from controller.meter.connection import Endpoint, Transport
from controller.meter.quantities import Role

FITS = 30
"""Score from which a profile may be the right one."""
_FITS_WELL = 60
_SHOWN = 5

Place = tuple[Endpoint, int]


def found_data(candidates: Sequence[Candidate], present: Sequence[Place], remarks: Sequence[str]) -> dict[str, Any]:
    """For programs: units that answered, and every profile that tells a power, the best of each unit first."""
    return {
        "units": [address_of(endpoint, unit_id) for endpoint, unit_id in present],
        "candidates": [_candidate_data(candidate) for candidate in candidates],
        "remarks": list(remarks),
    }


def found_view(candidates: Sequence[Candidate], present: Sequence[Place], remarks: Sequence[str]) -> RenderableType:
    """For people: what fits each unit, why, and how to use it."""
    parts: list[RenderableType] = [line(remark) for remark in remarks]
    strangers: dict[Endpoint, list[int]] = {}
    for place in present:
        own = [candidate for candidate in candidates if (candidate.endpoint, candidate.unit_id) == place]
        if own:
            parts += _unit_view(place, own)
        elif not any(remark.startswith(f"{place[0]} ") for remark in remarks):
            strangers.setdefault(place[0], []).append(place[1])
    for endpoint, unit_ids in strangers.items():
        units = f"unit {unit_ids[0]} answers" if len(unit_ids) == 1 else f"units {_listed(unit_ids)} answer"
        parts.append(line(f"{endpoint}: {units}, but with no profile is there a power to be read"))
    return Group(*parts)


def config_lines(candidate: Candidate) -> list[str]:
    """The tables of config.toml that use a candidate."""
    roles = [role for role in candidate.readings if role is not Role.LOAD or Role.GRID not in candidate.readings]
    lines: list[str] = []
    for role in roles:
        lines += ["[[meter.pv]]" if role is Role.PV else f"[meter.{role}]", f'profile = "{candidate.profile.key}"']
        lines += [*_place_lines(candidate.endpoint), f"unit_id = {candidate.unit_id}", ""]
    return lines[:-1]


def _unit_view(place: Place, candidates: Sequence[Candidate]) -> Iterator[RenderableType]:
    endpoint, unit_id = place
    at = f"{endpoint} unit {unit_id}" + (f" ({endpoint.serial})" if endpoint.device else "")
    shown = [candidate for candidate in candidates if candidate.verdict.score >= FITS][:_SHOWN]
    if not shown:
        yield line(f"{at} answers, but no profile fits it; the nearest:")
        shown = list(candidates[:_SHOWN])
    rows = [(c.profile.key, str(unit_id), f"{c.verdict.score}", _why(c)) for c in shown]
    yield table(["profile", "unit", "score", "why"], rows, at)
    best = shown[0]
    if best.verdict.score >= FITS:
        sure = "fits" if best.verdict.score >= _FITS_WELL else "may fit"
        yield from _twins(best, shown)
        yield line(f"{best.profile.name} {sure}; in config.toml:\n\n" + "\n".join(config_lines(best)) + "\n")


def _twins(best: Candidate, shown: Sequence[Candidate]) -> Iterator[RenderableType]:
    """Devices of the same make may have the same registers."""
    said = public_values(best.readings)[0].keys()
    twins = [
        candidate.profile.key
        for candidate in shown
        if candidate is not best
        and candidate.verdict.score == best.verdict.score
        and public_values(candidate.readings)[0].keys() == said
    ]
    if twins:
        yield line(f"{', '.join(twins)}: the same registers, as far as can be seen; the name on the device decides")


def _listed(unit_ids: Sequence[int]) -> str:
    return f"{', '.join(str(unit_id) for unit_id in unit_ids[:-1])} and {unit_ids[-1]}"


def _why(candidate: Candidate) -> str:
    verdict = candidate.verdict
    against = f"; but {', '.join(verdict.objections)}" if verdict.objections else ""
    return ", ".join(verdict.reasons) + against


def _candidate_data(candidate: Candidate) -> dict[str, Any]:
    values, refused = public_values(candidate.readings)
    return {
        "profile": candidate.profile.key,
        **address_of(candidate.endpoint, candidate.unit_id),
        "score": candidate.verdict.score,
        "fits": candidate.verdict.score >= FITS,
        "reasons": list(candidate.verdict.reasons),
        "objections": list(candidate.verdict.objections),
        "values": values,
        "refused": refused,
        "config": "\n".join(config_lines(candidate)),
    }


def _place_lines(endpoint: Endpoint) -> list[str]:
    if endpoint.device:
        serial = endpoint.serial
        lines = ['transport = "rtu"', f'device = "{endpoint.device}"', f"baudrate = {serial.baudrate}"]
        return [*lines, f'parity = "{serial.parity}"', f"stopbits = {serial.stopbits}"]
    lines = ['transport = "rtu-over-tcp"'] if endpoint.transport is Transport.RTU_OVER_TCP else []
    return [*lines, f'host = "{endpoint.host}"', f"port = {endpoint.port}"]
