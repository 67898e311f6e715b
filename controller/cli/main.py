"""`sunpace`: parses the command line and turns errors into one clear line and an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import time
from pathlib import Path

from controller import __version__
from controller.cli.backtest.day_flags import DAY_HELP
from controller.cli.backtest.parser import add_backtest
from controller.cli.cap_parser import add_cap
from controller.cli.emulate_flags import PLANT_KEYS, add_box_flags, add_meter_flags, box_flags, meter_flags
from controller.cli.extras import require_sim
from controller.cli.history.parser import add_history
from controller.cli.lean import without_decoration
from controller.cli.meter.parser import add_meter
from controller.cli.wallbox.parser import add_wallbox
from controller.domain.errors import ConfigError, SunpaceError

DONE = 0
FAILED = 1
WRONG_USE = 2
READER_GONE = 128 + 13
"""As a shell tells of a program that SIGPIPE has ended."""

_DESCRIPTION = "Charges your car from the sun: reads the house's meters, decides, and steers the wallbox."
_EPILOG = """\
first steps:
  sunpace demo                            watch a virtual home being charged from the sun
  sunpace check --config config.toml      is the file right, and does every device answer?
  sunpace run --config config.toml        the service

exit codes: 0 done, 1 failed, 2 wrong use or wrong configuration"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return _carried_out(arguments)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except SunpaceError as error:
        print(f"sunpace: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:
        return _output_lost(error)
    except KeyboardInterrupt:
        return 130


def _carried_out(arguments: argparse.Namespace) -> int:
    """Runs the command; all that it has printed is written before it counts as done."""
    command: Callable[[argparse.Namespace], int] = arguments.command
    code = command(arguments)
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _output_lost(error: OSError) -> int:
    """Our output could not be written: its reader has seen enough, as `head` does, or the disk is full."""
    gone = isinstance(error, BrokenPipeError)
    if not gone:
        with suppress(OSError):
            print(f"sunpace: the output cannot be written: {error.strerror or error}", file=sys.stderr)
    # what is left in the buffer cannot be written either: the interpreter must not try, and complain, at its end
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return READER_GONE if gone else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sunpace",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sunpace {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_run(commands)
    _add_check(commands)
    _add_emulate(commands)
    add_backtest(commands)
    add_meter(commands)
    add_wallbox(commands)
    add_cap(commands)
    _add_prices(commands)
    add_history(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo",
        help="a virtual home on this machine, charged by the real service; nothing to configure",
        description="A real Modbus TCP meter and a real HTTPS wallbox on loopback, with a virtual house, sun and car "
        "behind them, and the real service between. Ends on Ctrl-C, after --duration, or with the trace.",
    )
    demo.add_argument("--speed", type=_speed, default=60, metavar="N", help="virtual seconds a second, 1 to 600 (60)")
    demo.add_argument("--trace", type=Path, metavar="F.csv", help="a recorded day: time,pv_w,load_w")
    demo.add_argument("--day", metavar="KIND[:SEED]", help=f"{DAY_HELP} (sunny:1)")
    demo.add_argument("--duration", type=_seconds, metavar="S", help="end by itself after so many real seconds")
    demo.add_argument("--port", type=_port, default=8080, metavar="P", help="port of the web page, which comes later")
    demo.add_argument("--json", action="store_true", help="last line: what was measured, as JSON")
    demo.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="KEY=VALUE",
        help="an option of the plant: plant.dead_time_s=30; may come several times",
    )
    demo.add_argument("--plant", type=Path, metavar="P.toml", help="the plant's options: a table [plant]")
    demo.set_defaults(command=_demo)


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="the service", description="Runs until SIGTERM or Ctrl-C.")
    run.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    run.set_defaults(command=_run)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check",
        help="is the configuration right, and does every device answer?",
        description="Checks the file, then reads every meter and the wallbox once; changes nothing. "
        "Exit code 0 all well, 1 a device failed, 2 the file is wrong.",
    )
    check.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    check.add_argument("--json", action="store_true", help="the findings as one JSON object")
    check.set_defaults(command=_check)


def _add_prices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    prices = commands.add_parser(
        "prices",
        help="what a kWh from the grid costs, and when",
        description="What is known from now on: as the service has kept it, or from your table. "
        "Exit code 1 where nothing is known, or the source does not answer.",
    )
    prices.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    prices.add_argument("--fetch", action="store_true", help="ask the source first")
    prices.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    prices.set_defaults(command=_prices)


def _add_emulate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    emulate = commands.add_parser(
        "emulate",
        help="a virtual meter, wallbox or whole home by itself, for people without hardware",
        description="Serves on loopback until stopped. The virtual day begins at --start.",
    )
    emulate.add_argument("what", choices=["wallbox", "meter", "home"])
    emulate.add_argument("--port", type=_port, default=0, metavar="P", help="port of the meter or wallbox (a free one)")
    emulate.add_argument("--wallbox-port", type=_port, default=0, metavar="P", help="home: the wallbox's port")
    emulate.add_argument("--trace", type=Path, metavar="F.csv", help="a recorded day: time,pv_w,load_w")
    emulate.add_argument("--day", metavar="KIND[:SEED]", help=f"{DAY_HELP} (sunny:1)")
    emulate.add_argument(
        "--start", type=_time_of_day, default="11:00", metavar="HH:MM", help="where the generated day begins (11:00)"
    )
    emulate.add_argument("--write-config", type=Path, metavar="FILE", help="home: write a config.toml that fits it")
    emulate.add_argument(
        "--json",
        action="store_true",
        help="first line: addresses and credentials, as JSON; last line: what wallbox or meter saw",
    )
    add_box_flags(emulate, _port, _seconds)
    add_meter_flags(emulate)
    emulate.set_defaults(command=_emulate)


def _demo(arguments: argparse.Namespace) -> int:
    require_sim()
    from controller.cli.demo import demo  # noqa: PLC0415 -- `run` must not pay for the virtual home

    return demo(
        speed=arguments.speed,
        trace_file=arguments.trace,
        day_name=arguments.day,
        duration_s=arguments.duration,
        as_json=arguments.json,
        plant_file=arguments.plant,
        plant_sets=arguments.settings,
    )


def _run(arguments: argparse.Namespace) -> int:
    # until the service listens for it itself, SIGTERM ends a start that has told the box nothing yet
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    with without_decoration():
        from controller.cli.run import run  # noqa: PLC0415

    return run(arguments.config)


def _check(arguments: argparse.Namespace) -> int:
    from controller.cli.check import check  # noqa: PLC0415

    return check(arguments.config, as_json=arguments.json)


def _prices(arguments: argparse.Namespace) -> int:
    from controller.cli.prices import show_prices  # noqa: PLC0415

    return show_prices(arguments.config, fetch=arguments.fetch, as_json=arguments.json)


def _emulate(arguments: argparse.Namespace) -> int:
    if arguments.what != "home" and (arguments.write_config is not None or arguments.wallbox_port):
        raise ConfigError(["--write-config and --wallbox-port go with `emulate home` only"])
    box, meter = box_flags(arguments), meter_flags(arguments)
    require_sim()
    from controller.cli.emulate import Emulation, emulate  # noqa: PLC0415

    return emulate(
        Emulation(
            what=arguments.what,
            port=arguments.port,
            wallbox_port=arguments.wallbox_port,
            trace_file=arguments.trace,
            day_name=arguments.day,
            start=arguments.start,
            write_config=arguments.write_config,
            as_json=arguments.json,
            box=box,
            meter=meter,
            plant_file=arguments.plant,
            plant_sets=tuple(text for text in arguments.settings if text.startswith(PLANT_KEYS)),
        )
    )


def _speed(text: str) -> float:
    value = _number(text)
    if not 1 <= value <= 600:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 600")
    return value


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return value


def _port(text: str) -> int:
    value = _number(text)
    if not 0 <= value <= 65535 or value != int(value):
        raise argparse.ArgumentTypeError(f"{text} is no TCP port")
    return int(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error


def _time_of_day(text: str) -> str:
    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time of day; write it like 11:00") from error
