"""Walks a device's chain of SunSpec models (SunSpec Device Information Model Specification, chapter 6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from controller.domain.errors import DeviceProtocolError, DeviceRejected
from controller.meter.formula import Function
from controller.meter.sunspec.chain import Chain, DeviceBlock, Model
from controller.meter.sunspec.models import COMMON, END, HEADER_REGISTERS, shapes

_log = structlog.get_logger()

ReadRegisters = Callable[[Function, int, int], Awaitable[list[int]]]
"""Function, first address, count -> words; raises DeviceError."""

BASES = (40000, 50000, 0)
"""Where the marker may stand."""
MAX_MODELS = 100
"""Most models of a device: a SolarEdge with three meters has ten, an inverter by IEEE 1547 twenty."""

_MARKER = [0x5375, 0x6E53]  # "SunS"
_SPACE = 0x10000
_NOT_HERE = (1, 2, 3)
_DEVICE_FAILURE = 4
_STRING_REGISTERS = 16
_NAME_AT, _TYPE_AT, _SERIAL_AT = 2, 18, 50


async def discover(read: ReadRegisters) -> Chain:
    """Finds the models of a device, with one request a model and one more for each common one.

    A chain without its end marker ends where the device refuses to go on.

    Args:
        read: How registers are read.

    Raises:
        DeviceProtocolError: No SunSpec there, or a chain that cannot be.
        DeviceError: Whatever else went wrong with a request.
    """
    base, number, length = await _base(read)
    address = base + len(_MARKER)
    blocks: list[DeviceBlock] = []
    count = 0
    while number not in (END, 0):  # nothing more, or zeros where the marker should be
        count += 1
        _check(address, number, length, count)
        model = await _model(read, address, number, length)
        if number == COMMON:
            maker, name, serial = await _identity(read, model)
            blocks.append(DeviceBlock(models=(model,), maker=maker, name=name, serial=serial))
        else:
            last = blocks.pop() if blocks else DeviceBlock(models=())
            models = (*last.models, model)
            blocks.append(DeviceBlock(models=models, maker=last.maker, name=last.name, serial=last.serial))
        address = model.end
        number, length = await _header(read, address)
    if not blocks:
        raise DeviceProtocolError(f"SunSpec marker at {base}, but no models behind it: update the device's firmware")
    chain = Chain(base=base, blocks=tuple(blocks))
    _log.debug("sunspec_found", base=base, models=str(chain))
    return chain


async def _base(read: ReadRegisters) -> tuple[int, int, int]:
    """Address of the marker, number and length of the first model."""
    failure: DeviceRejected | None = None
    for base in BASES:
        try:
            words = await read("holding", base, len(_MARKER) + HEADER_REGISTERS)
        except DeviceRejected as error:
            if error.status == _DEVICE_FAILURE:
                failure = error  # some say so of addresses that they do not have; others have really failed
            elif error.status not in _NOT_HERE:
                raise
            continue
        if words[:2] == _MARKER:
            return base, words[2], words[3]
    if failure is not None:
        raise failure
    raise DeviceProtocolError(
        f"no SunSpec device: the marker SunS is not at {', '.join(map(str, BASES))}; switch SunSpec on in the device, "
        "try another unit id, or choose a profile for this device"
    )


def _check(address: int, number: int, length: int, count: int) -> None:
    where = f"SunSpec model {number} at {address}"
    if count > MAX_MODELS:
        raise DeviceProtocolError(f"more than {MAX_MODELS} SunSpec models: the device's chain has no end")
    if length == 0:
        raise DeviceProtocolError(f"{where} has the length 0: the device's chain is broken")
    if address + HEADER_REGISTERS + length + 1 > _SPACE:
        raise DeviceProtocolError(
            f"{where} with {length} registers runs beyond address 65535: the device's chain is broken"
        )


async def _header(read: ReadRegisters, address: int) -> tuple[int, int]:
    """Number and length of the model at `address`; some devices have no length at the end of the chain."""
    if address + HEADER_REGISTERS <= _SPACE and (words := await _given(read, address, HEADER_REGISTERS)) is not None:
        return words[0], words[1]
    words = await _given(read, address, 1)
    if words is None:
        _log.debug("sunspec_chain_without_end", address=address)
        return END, 0
    if words[0] != END:
        raise DeviceProtocolError(f"SunSpec model {words[0]} at {address} has no length: the device's chain is broken")
    return END, 0


async def _model(read: ReadRegisters, address: int, number: int, length: int) -> Model:
    shape = shapes().get(number)
    if shape is None:
        return Model(number=number, address=address, length=length)
    if shape.wiring_offset is None:
        return Model(number=number, address=address, length=length, phases=shape.phases)
    words = await _given(read, address + shape.wiring_offset, 1)
    wiring = None if words is None else words[0]
    known = wiring is not None and wiring < len(shape.wiring_phases)
    phases = shape.wiring_phases[wiring] if wiring is not None and known else shape.phases
    return Model(number=number, address=address, length=length, phases=phases, wiring=wiring)


async def _identity(read: ReadRegisters, common: Model) -> tuple[str, str, str]:
    """Maker, type and serial number; empty where the device does not tell."""
    last = _SERIAL_AT + _STRING_REGISTERS
    if common.length < last - HEADER_REGISTERS:
        return "", "", ""
    words = await _given(read, common.address + HEADER_REGISTERS, last - HEADER_REGISTERS)
    if words is None:
        return "", "", ""
    starts = [start - HEADER_REGISTERS for start in (_NAME_AT, _TYPE_AT, _SERIAL_AT)]
    maker, name, serial = (_text(words[start : start + _STRING_REGISTERS]) for start in starts)
    return maker, name, serial


def _text(words: list[int]) -> str:
    """A string as it may be shown: up to its end, printable characters only."""
    raw = b"".join(word.to_bytes(2, "big") for word in words).split(b"\0", 1)[0]
    return "".join(c for c in raw.decode("utf-8", errors="replace") if c.isprintable() and c != "\ufffd").strip()


async def _given(read: ReadRegisters, address: int, count: int) -> list[int] | None:
    """Registers; None where the device says that it has none there."""
    try:
        return await read("holding", address, count)
    except DeviceRejected as error:
        if error.status in _NOT_HERE:
            return None
        raise
