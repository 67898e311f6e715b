"""`sunpace meter profiles`: the devices that Sunpace knows, and the registers of each."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Group, RenderableType

from controller.cli.meter.way_in import shelf_of
from controller.cli.outcome import Outcome
from controller.cli.tables import line, table
from controller.domain.errors import ConfigError
from controller.meter.formula import Condition, Formula, Point, Register
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Quantity, Role, Section

_WORD = re.compile(r"\w+")
_ANY_MAKER = "any"
"""What a profile says that fits devices of many makers."""
_REGISTER_COLUMNS = ("table", "quantity", "function", "address", "type", "scale", "sense", "remarks")


def profiles(arguments: argparse.Namespace) -> Outcome:
    """The profiles that fit the words. Raises WrongUse."""
    known, broken = all_profiles(shelf_of(arguments))
    for fault in broken:
        print(f"left out: {fault}", file=sys.stderr)
    found = search(known, arguments.words)
    if not found:
        return Outcome([], line(nothing_found(known, arguments.words)), exit_code=1)
    exact = len(arguments.words) == 1 and arguments.words[0].casefold() == found[0].key
    shown = arguments.show or exact
    data = [_data(profile, registers=shown) for profile in found]
    parts: list[RenderableType] = [overview(found)]
    if shown:
        for profile in found:
            parts += [details(profile), line("")]
    return Outcome(data, Group(*parts))


def all_profiles(shelf: Shelf) -> tuple[list[Profile], list[str]]:
    """All that can be used, by maker and key; and why the others cannot.

    A TOML file that lies about and has no profile's table is no broken profile: it is passed over.
    """
    found: list[Profile] = []
    broken: list[str] = []
    for key in shelf.known:
        try:
            found.append(shelf.load(key))
        except ConfigError as error:
            if not _is_something_else(error):
                broken.append(str(error).splitlines()[0])
    return sorted(found, key=lambda profile: (profile.maker.casefold(), profile.key)), broken


def search(known: Iterable[Profile], words: Iterable[str]) -> list[Profile]:
    """Those in which all words occur, whole words first; one whose key is the only word is all that is meant."""
    folded = [word.casefold() for word in words]
    found = [profile for profile in known if all(word in _text(profile) for word in folded)]
    exact = [profile for profile in found if [profile.key] == folded]
    return exact or sorted(found, key=lambda profile: not set(folded) <= set(_WORD.findall(_text(profile))))


def nothing_found(known: Iterable[Profile], words: Iterable[str]) -> str:
    """What to say when a search finds nothing: the nearest makers and devices, or all makers."""
    known = list(known)
    makers = sorted({profile.maker for profile in known} - {_ANY_MAKER}, key=str.casefold)
    names: dict[str, str] = {}
    for profile in known:
        called = profile.key if profile.maker == _ANY_MAKER else profile.maker
        names |= dict.fromkeys((profile.key, *_text(profile).split()), called)
    names |= {maker.casefold(): maker for maker in makers}
    names.pop(_ANY_MAKER, None)
    near = [names[close] for word in words for close in difflib.get_close_matches(word.casefold(), names, 1, 0.6)]
    proposal = f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else f"makers are: {', '.join(makers)}"
    return (
        f"no profile fits {' '.join(words)!r}; {proposal} "
        'A device with SunSpec needs no profile of its own: try profile = "sunspec"'
    )


def overview(found: Iterable[Profile]) -> RenderableType:
    """A row a profile."""
    rows = ((p.key, _device(p), _tells(p), str(p.port), str(p.unit_id), str(p.serial)) for p in found)
    return table(["key", "device", "tells", "port", "unit", "serial"], rows)


def details(profile: Profile) -> RenderableType:
    """All that an installer wants to know of one profile."""
    registers = (tuple(row.values()) for row in _registers(profile))
    parts = [table(_REGISTER_COLUMNS, registers, profile.name)]
    more = [f"also known as: {', '.join(profile.models)}"] if profile.models else []
    more += [f"source: {profile.source}", *([f"notes: {profile.notes}"] if profile.notes else [])]
    return Group(*parts, *(line(text) for text in more))


def _data(profile: Profile, *, registers: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": profile.key,
        "name": profile.name,
        "maker": profile.maker,
        "models": list(profile.models),
        "roles": [role.value for role in profile.roles],
        "line_meter": Section.METER in profile.sections,
        "sunspec": profile.needs_discovery,
        "port": profile.port,
        "unit_id": profile.unit_id,
        "serial": str(profile.serial),
        "source": profile.source,
        "notes": profile.notes,
    }
    return data | {"registers": list(_registers(profile))} if registers else data


def _device(profile: Profile) -> str:
    named = profile.maker.casefold() in profile.name.casefold()
    return profile.name if named else f"{profile.maker} {profile.name}"


def _tells(profile: Profile) -> str:
    if Section.METER in profile.sections:
        return "any role"
    return ", ".join(role.value for role in profile.roles if role is not Role.EV)


def _text(profile: Profile) -> str:
    return " ".join((profile.key, profile.maker, profile.name, *profile.models)).casefold()


def _is_something_else(error: ConfigError) -> bool:
    """Whether it is no profile at all: neither has it a maker, nor a source."""
    missing = [fault for fault in error.faults if fault.endswith("Field required")]
    return any(": maker:" in fault for fault in missing) and any(": source:" in fault for fault in missing)


def _registers(profile: Profile) -> Iterator[dict[str, str]]:
    for section, quantities in profile.sections.items():
        words = {quantity: word for word, quantity in section.words.items()}
        for quantity, formula in quantities.items():
            for index, terms in enumerate(formula.components):
                for number, term in enumerate(terms):
                    remarks = _remarks(formula, number)
                    phase = f" L{index + 1}" if quantity.per_phase else ""
                    row = (
                        section.value,
                        words[quantity] + phase,
                        *_place(term),
                        _sense(section, quantity, term),
                        remarks,
                    )
                    yield dict(zip(_REGISTER_COLUMNS, row, strict=True))


def _sense(section: Section, quantity: Quantity, term: Register | Point) -> str:
    """What a positive number there means."""
    if quantity not in (Quantity.POWER_W, Quantity.PHASE_POWER_W, Quantity.CURRENT_A):
        return ""
    return next(word for word, sign in section.senses.items() if sign * term.factor > 0)


def _place(term: Register | Point) -> tuple[str, str, str, str]:
    """Function code, address, type, scale."""
    scale = f"{abs(term.factor):.10g}"
    if isinstance(term, Point):
        module = f" module {term.module}" if term.module else ""
        return ("", f"{term.name}{module}", f"SunSpec model {', '.join(map(str, term.models))}", scale)
    order = f" {term.word_order}" if term.kind.registers > 1 else ""
    return ("4" if term.function == "input" else "3", str(term.address), f"{term.kind}{order}", scale)


def _remarks(formula: Formula, number: int) -> str:
    remarks = ["added"] if number else []
    if formula.unsigned:
        remarks.append("takes the sign of its phase's power")
    if formula.magnitude:
        remarks.append("a magnitude")
    remarks += [f"negative when {_condition(condition)}" for condition in formula.negative_when]
    if formula.asleep_is_zero:
        remarks.append("no value counts as 0: it sleeps")
    return "; ".join(remarks)


def _condition(condition: Condition) -> str:
    place = f"{condition.register.function} register {condition.register.address}"
    if condition.mask is not None:
        return f"a bit of {condition.mask:#06x} is set in {place}"
    if condition.equals is not None:
        return f"{place} is {condition.equals:g}"
    return f"{place} is below {condition.below:g}"
