"""The words of `sunpace meter`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

ROLES = ("grid", "pv", "battery", "load", "ev")
UNIT_IDS = "1-5,71,100,200,247"
_EPILOG = """\
All of these only read. A user's own profiles are TOML files in --profiles-dir (the current directory), or beside the
configuration that --config names."""

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 -- it has no public name


def add_meter(commands: Verbs) -> None:
    """Adds the group to the command line."""
    meter = commands.add_parser(
        "meter",
        help="the meters by themselves: known devices, one look, a live view, which profile fits",
        description="Looks at meters; needs no configuration.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = meter.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_profiles(verbs)
    _add_read(verbs)
    _add_watch(verbs)
    _add_scan(verbs)


def _add_verb(verbs: Verbs, name: str, help_: str, description: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=help_, description=description)
    parser.add_argument("--json", action="store_true", help="for programs: JSON, one value a line")
    parser.add_argument("--profiles-dir", type=Path, metavar="DIR", help="where your own profiles lie (.)")
    parser.set_defaults(command=_run, verb=name)
    return parser


def _add_profiles(verbs: Verbs) -> None:
    profiles = _add_verb(
        verbs,
        "profiles",
        "the devices that Sunpace knows",
        "All profiles, or those where all WORDS occur in maker, name, model or key. The exact key of one shows its "
        "registers as well.",
    )
    profiles.add_argument("words", nargs="*", metavar="WORD", help="such as: sma inverter")
    profiles.add_argument("--show", action="store_true", help="the registers, notes and source of what is found")


def _add_read(verbs: Verbs) -> None:
    read = _add_verb(
        verbs,
        "read",
        "one look at a meter: all it tells, and what the sign means now",
        "Reads one device once. Exit code 0 when its power could be read, 1 when it failed or a power was refused.",
    )
    _add_place(read)
    _add_reading(read)
    read.add_argument("--raw", action="store_true", help="the registers beside the values")


def _add_watch(verbs: Verbs) -> None:
    watch = _add_verb(
        verbs,
        "watch",
        "a live view of a meter",
        "Polls one device until Ctrl-C. A device that vanishes is asked again until it is back.",
    )
    _add_place(watch)
    _add_reading(watch)
    watch.add_argument("--every", type=_number(0.1, 3600), default=1.0, metavar="S", help="seconds between polls (1)")
    watch.add_argument("--count", type=_whole(1, 10**9), metavar="N", help="end after so many polls")


def _add_scan(verbs: Verbs) -> None:
    scan = _add_verb(
        verbs,
        "scan",
        "which profile fits a device that is there",
        "Asks unit ids on a host or serial line, tries profiles on those that answer, and ranks what fits, with its "
        "reasons. Only reads; one request at a time.",
    )
    _add_place(scan)
    scan.add_argument(
        "--unit-ids", type=_unit_ids, default=_unit_ids(UNIT_IDS), metavar="LIST", help=f"which to ask ({UNIT_IDS})"
    )
    scan.add_argument("--profile", action="append", metavar="P", help="only this one; may be given again (all)")


def _add_place(parser: argparse.ArgumentParser) -> None:
    place = parser.add_argument_group("where it is")
    place.add_argument("--host", metavar="H", help="name or address, for Modbus TCP")
    place.add_argument("--port", type=_whole(1, 65535), metavar="N", help="TCP port (the profile's)")
    place.add_argument(
        "--transport", choices=["tcp", "rtu", "rtu-over-tcp"], help="(tcp with --host, rtu with --device)"
    )
    place.add_argument("--device", metavar="TTY", help="serial device, such as /dev/ttyUSB0")
    place.add_argument("--baudrate", type=_whole(300, 921_600), metavar="N", help="(the profile's)")
    place.add_argument("--parity", choices=["none", "even", "odd"], help="(the profile's)")
    place.add_argument("--stopbits", type=int, choices=[1, 2], help="(the profile's)")
    place.add_argument("--timeout", type=_number(0.1, 30), metavar="S", help="longest wait for an answer")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="a meter of the configuration: grid, pv, pv.2, ...")
    parser.add_argument("--config", type=Path, metavar="FILE", help="where NAME is (config.toml)")
    parser.add_argument("--profile", metavar="P", help="the device's registers (sunspec)")
    parser.add_argument("--unit-id", type=_whole(0, 255), metavar="U", help="(the profile's)")
    parser.add_argument("--role", choices=ROLES, help="where the meter sits (all that the device tells; else the grid)")
    parser.add_argument("--invert", action="store_true", help="it is wired the other way round")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {low} to {high}")
        return int(text)

    return parse


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from {low:g} to {high:g}")
        return value

    return parse


def _unit_ids(text: str) -> tuple[int, ...]:
    """Unit ids in the order given, each once: "1-3,247"."""
    found: dict[int, None] = {}
    whole = _whole(0, 255)
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        first, last = whole(low), whole(high if dash else low)
        if last < first:
            raise argparse.ArgumentTypeError(f"{part!r} runs backwards")
        found.update(dict.fromkeys(range(first, last + 1)))
    return tuple(found)


def _run(arguments: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the connection is closed
    from controller.cli.meter.run import run  # noqa: PLC0415 -- profiles and Modbus are for those who use them

    return run(arguments)
