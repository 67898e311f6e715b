"""Runs one of the group's commands."""

from __future__ import annotations

import argparse
import sys

from controller.cli.logs import configure_logs
from controller.cli.meter.profiles import profiles
from controller.cli.meter.read import read
from controller.cli.meter.scan import scan
from controller.cli.meter.watch import watch
from controller.cli.outcome import WrongUse, show

_WRONG_USE = 2


def run(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code. Raises SunpaceError."""
    configure_logs("warning")
    try:
        if arguments.verb == "watch":
            return watch(arguments)
        outcome = {"profiles": profiles, "read": read, "scan": scan}[arguments.verb](arguments)
    except WrongUse as error:
        print(f"sunpace: {error}", file=sys.stderr)
        return _WRONG_USE
    return show(outcome, as_json=arguments.json)
