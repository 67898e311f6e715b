"""A SunSpec device made up from what a profile asks for: a chain with its first choice of models; pure."""

from __future__ import annotations

from collections.abc import Iterable

from controller.domain.errors import ConfigError
from controller.meter.formula import Point
from controller.meter.profile import Profile
from controller.meter.sunspec.chain import Chain, DeviceBlock, Model
from controller.meter.sunspec.models import COMMON, END, HEADER_REGISTERS, Shape, shapes
from controller.simulation.meters.layout import Cells, Layout

BASE = 40000
_MARKER = (0x5375, 0x6E53)  # "SunS"
_COMMON_LENGTH = 66
_TEXT_REGISTERS = 16
_MAKER_AT, _NAME_AT, _SERIAL_AT = 2, 18, 50
_PHASES = 3


def sunspec_layout(profile: Profile) -> Layout:
    """The device for a profile with SunSpec points. Raises ConfigError when no device can have all that it asks for."""
    chain = _chain(profile)
    constants: Cells = {}
    _write(constants, BASE, _MARKER)
    for number, block in enumerate(chain.blocks, start=1):
        for model in block.models:
            _write(constants, model.address, (model.number, model.length))
            if model.number == COMMON:
                texts = ((_MAKER_AT, profile.maker), (_NAME_AT, profile.name), (_SERIAL_AT, f"virtual-{number}"))
                for offset, text in texts:
                    _write(constants, model.address + offset, _text(text))
            elif model.wiring is not None:
                _write(constants, model.address + (shapes()[model.number].wiring_offset or 0), (model.wiring,))
    end = max(model.end for model in chain.models)
    _write(constants, end, (END, 0))
    formulas = {
        section: {quantity: chain.locate(formula) for quantity, formula in quantities.items()}
        for section, quantities in profile.sections.items()
    }
    present: Cells = {("holding", address): 0 for address in range(BASE, end + HEADER_REGISTERS)}
    return Layout(formulas=formulas, constants=constants, present=frozenset(present))


def _chain(profile: Profile) -> Chain:
    points = [point for formula in profile.formulas() for point in formula.points()]
    address = BASE + len(_MARKER)
    blocks: list[DeviceBlock] = []
    for block in range(1, max(point.block for point in points) + 1):
        here = [point for point in points if point.block == block]
        lengths = {COMMON: _COMMON_LENGTH}
        for number in dict.fromkeys(point.models[0] for point in here):
            modules = _modules(profile, (point for point in here if point.models[0] == number))
            lengths[number] = _length(shapes()[number], modules)
        models: list[Model] = []
        for number, length in lengths.items():
            models.append(Model(number=number, address=address, length=length, wiring=_wiring(number)))
            address = models[-1].end
        blocks.append(DeviceBlock(models=tuple(models)))
    return Chain(base=BASE, blocks=tuple(blocks))


def _modules(profile: Profile, points: Iterable[Point]) -> int:
    """So many that all points agree with."""
    wanted = [point for point in points if point.module]
    fewest = max((point.module for point in wanted), default=0)
    choices = [set(point.of_modules) for point in wanted if point.of_modules]
    agreed = {count for count in set.intersection(*choices) if count >= fewest} if choices else {fewest}
    if not agreed:
        raise ConfigError([f"meter profile {profile.key}: no device has the modules that its points ask for"])
    return min(agreed)


def _length(shape: Shape, modules: int) -> int:
    """Registers behind the header, up to the last one that is read or to the end of the modules."""
    places = [*shape.points.values(), *(shape.module_points.values() if modules else ())]
    fixed = [place.offset + place.kind.registers for place in shape.points.values()]
    exponents = [place.exponent_offset + 1 for place in places if place.exponent_offset is not None]
    end: int = max([*fixed, *exponents, (shape.wiring_offset or 0) + 1, shape.first_module_offset])
    return end + modules * shape.module_length - HEADER_REGISTERS


def _wiring(number: int) -> int | None:
    """What the model's wiring register shows for three phases; None where it has none."""
    shape = shapes().get(number)
    if shape is None or shape.wiring_offset is None:
        return None
    return shape.wiring_phases.index(_PHASES)


def _write(cells: Cells, address: int, words: Iterable[int]) -> None:
    cells.update({("holding", address + i): word for i, word in enumerate(words)})


def _text(text: str) -> list[int]:
    raw = text.encode()[: 2 * _TEXT_REGISTERS].ljust(2 * _TEXT_REGISTERS, b"\0")
    return [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
