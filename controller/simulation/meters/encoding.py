"""Registers that show given values: the inverse of `Formula.values`; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from controller.meter.formula import Condition, Formula, Memory, Point, Register
from controller.meter.quantities import Quantity
from controller.meter.registers import NotAvailable, RegisterType, ValueRefused, encode, in_order
from controller.simulation.meters.layout import Cells

Wanted = tuple[Quantity, Formula, tuple[float, ...]]
"""A quantity, where it lies, and what it has to show in the formula's own sense."""

_EXPONENTS = {Quantity.POWER_W: 0, Quantity.PHASE_POWER_W: 0, Quantity.ENERGY_WH: 0, Quantity.ENERGY_BACK_WH: 0}
_USUAL_EXPONENT = -2
_MOST_EXPONENT = 10


@dataclass(frozen=True, slots=True)
class _Part:
    """One component: its terms, and the number that they have to add up to."""

    terms: tuple[Register, ...]
    target: float
    sleeps: bool


def encoded(wanted: Sequence[Wanted], constants: Memory | None = None) -> Cells:
    """The registers of a device that measures `wanted`.

    Registers that several quantities share are written once, by the one with the fewest terms; what is left of a sum
    goes into its other terms, so that rounding adds up to the value.

    Raises:
        OverflowError: A value that its registers cannot hold.
    """
    cells: Cells = dict(constants or {})
    parts: list[_Part] = []
    for _, formula, numbers in wanted:
        parts += _parts(formula, numbers)
    _place_exponents(cells, wanted)
    for part in sorted(parts, key=lambda part: len(part.terms)):
        _place(cells, part)
    _place_conditions(cells, wanted)
    return cells


def blanked(cells: Cells, formulas: Iterable[Formula]) -> Cells:
    """The same with "not available" in every term of `formulas` whose type or device has a pattern for it."""
    blank = dict(cells)
    for formula in formulas:
        for register in _terms(formula):
            if (words := _not_available(register)) is not None:
                _write(blank, register, words)
    return blank


def folded(numbers: tuple[float, ...], quantity: Quantity, phases: int) -> tuple[float, ...]:
    """Three phases as a device with fewer shows them: flows add up on its last one."""
    if len(numbers) <= phases or not quantity.per_phase:
        return numbers
    if quantity is Quantity.VOLTAGE_V:
        return numbers[:phases]
    return (*numbers[: phases - 1], sum(numbers[phases - 1 :]))


def _parts(formula: Formula, numbers: tuple[float, ...]) -> Iterable[_Part]:
    targets = numbers
    if formula.unsigned or formula.magnitude or (formula.negative_when and _is_negative(targets)):
        targets = tuple(abs(number) for number in targets)
    for terms, target in zip(formula.components, targets, strict=True):
        registers = tuple(term for term in terms if isinstance(term, Register))
        yield _Part(registers, target, formula.asleep_is_zero and target == 0)


def _is_negative(numbers: tuple[float, ...]) -> bool:
    return all(number <= 0 for number in numbers) and any(number < 0 for number in numbers)


def _terms(formula: Formula) -> Iterable[Register]:
    return (term for terms in formula.components for term in terms if not isinstance(term, Point))


def _place_exponents(cells: Cells, wanted: Sequence[Wanted]) -> None:
    """Scale factors: the usual one of the quantity, or the first beyond that the values fit with."""
    for quantity, formula, numbers in wanted:
        biggest = max((abs(number) for number in numbers if math.isfinite(number)), default=0.0)
        for register in _terms(formula):
            if register.exponent_address is None:
                continue
            place = Register(function=register.function, address=register.exponent_address, kind=RegisterType.INT16)
            before = int(place.raw(cells)) if (place.function, place.address) in cells else -_MOST_EXPONENT
            exponent = max(before, _EXPONENTS.get(quantity, _USUAL_EXPONENT))
            _, highest = _range(register.kind)
            while biggest / abs(register.factor) / 10.0**exponent >= highest and exponent < _MOST_EXPONENT:
                exponent += 1
            _write(cells, place, encode(exponent, place.kind, place.word_order))


def _place(cells: Cells, part: _Part) -> None:
    free = [term for term in part.terms if not _is_written(cells, term)]
    if not free:
        return
    if math.isnan(part.target) or (part.sleeps and all(_not_available(term) is not None for term in free)):
        for term in free:
            words = _not_available(term)
            if words is None:
                raise OverflowError(f"register {term.address} has no pattern for a missing value")
            _write(cells, term, words)
        return
    rest = part.target - sum(_shown(cells, term) for term in part.terms if term not in free)
    for term, raw in _split([(term, _step(cells, term)) for term in free], rest):
        _write(cells, term, encode(raw, term.kind, term.word_order))


def _split(terms: list[tuple[Register, float]], target: float) -> Iterable[tuple[Register, float]]:
    """Raw numbers that add up to `target`.

    Where terms count opposite ways, as import and export do, only those of the target's sense carry it. Coarse
    registers come first, the finest take what is left.
    """
    if len(terms) == 1 and not _is_one_way(terms, target):
        return [(terms[0][0], target / terms[0][1])]
    both_ways = {step > 0 for _, step in terms} == {True, False}
    carriers = [(term, step) for term, step in terms if not both_ways or (step > 0) == (target >= 0)]
    carriers.sort(key=lambda pair: (pair[0].kind.floating, -abs(pair[1])))
    finest = carriers[-1]
    found = [(term, 0.0) for term, step in terms if (term, step) not in carriers]
    rest = target
    for position, (term, step) in enumerate(carriers):
        alike = sum(other == step and t.kind.floating == term.kind.floating for t, other in carriers[position:])
        low, high = _range(term.kind)
        raw = rest / step / alike
        if not term.kind.floating:
            raw = float(round(raw)) if step == finest[1] else float(math.trunc(raw))
        raw = min(max(raw, low), high)
        found.append((term, raw))
        rest -= raw * step
    if abs(rest) > abs(finest[1]) + 1e-6 * abs(target) and not _is_one_way(carriers, target):
        raise OverflowError(f"{target:g} does not fit into register {finest[0].address}")
    return found


def _is_one_way(carriers: list[tuple[Register, float]], target: float) -> bool:
    """Whether registers without a sign are asked for the direction that they do not know: they show nothing then."""
    return all(_range(term.kind)[0] >= 0 and step * target < 0 for term, step in carriers)


def _range(kind: RegisterType) -> tuple[float, float]:
    if kind.floating:
        return -math.inf, math.inf
    bits = 16 * kind.registers
    return (0.0, 2.0**bits - 2) if kind.value.startswith("u") else (-(2.0 ** (bits - 1)) + 1, 2.0 ** (bits - 1) - 2)


def _step(cells: Cells, term: Register) -> float:
    """What one count of the register means."""
    if term.exponent_address is None:
        return term.factor
    place = Register(function=term.function, address=term.exponent_address, kind=RegisterType.INT16)
    return float(term.factor * 10.0 ** place.raw(cells))


def _shown(cells: Cells, term: Register) -> float:
    try:
        return term.value(cells)
    except NotAvailable:
        return 0.0


def _is_written(cells: Cells, term: Register) -> bool:
    return all((term.function, address) in cells for address in range(term.address, term.end))


def _write(cells: Cells, term: Register, words: tuple[int, ...]) -> None:
    cells.update({(term.function, term.address + i): word for i, word in enumerate(words)})


def _not_available(term: Register) -> tuple[int, ...] | None:
    """What the register shows when there is no value; None where it cannot tell."""
    patterns = term.kind.not_available if term.not_available is None else term.not_available
    if term.kind.floating and not patterns:
        return encode(math.nan, term.kind, term.word_order)
    if not patterns:
        return None
    nan = term.kind.floating and term.not_available is None
    return encode(math.nan, term.kind, term.word_order) if nan else in_order(max(patterns), term.kind, term.word_order)


def _place_conditions(cells: Cells, wanted: Sequence[Wanted]) -> None:
    """Direction registers; one that is a value of its own as well tells the direction by itself."""
    asked: dict[Register, list[tuple[Condition, bool]]] = {}
    for _, formula, numbers in wanted:
        negative = bool(formula.negative_when) and _is_negative(numbers)
        for i, condition in enumerate(formula.negative_when):
            if negative and i > 0:
                continue
            asked.setdefault(condition.register, []).append((condition, negative))
    for register, answers in asked.items():
        if not _is_written(cells, register):
            _write(cells, register, _answering(register, answers))


def _answering(register: Register, answers: list[tuple[Condition, bool]]) -> tuple[int, ...]:
    """Contents under which every condition holds or not, as asked."""
    masks = [condition.mask for condition, _ in answers if condition.mask is not None]
    bits = {sum(chosen) for count in range(len(masks) + 1) for chosen in combinations(sorted(set(masks)), count)}
    tried: set[float] = {0.0, 1.0, *map(float, bits)}
    for condition, _ in answers:
        tried |= {condition.equals} if condition.equals is not None else set()
        tried |= {condition.below, condition.below - 1} if condition.below is not None else set()
    for raw in sorted(tried, key=abs):
        try:
            words = encode(raw, register.kind, register.word_order)
            shown: Cells = {}
            _write(shown, register, words)
            if all(condition.holds(shown) is asked for condition, asked in answers):
                return words
        except (OverflowError, ValueRefused):
            continue
    raise OverflowError(f"nothing in register {register.address} tells all the directions that are asked for")
