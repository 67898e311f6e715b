"""The commands that change something."""

from __future__ import annotations

import argparse
from typing import Any

from controller.app import Box
from controller.cli.outcome import Outcome, WrongUse
from controller.cli.wallbox import tables
from controller.cli.wallbox.way_in import ask_secret
from controller.domain.errors import DeviceRejected
from controller.wallbox.changes import NeedsConsent
from controller.wallbox.sections import Value
from controller.wallbox.writing import Written


async def set_fields(box: Box, arguments: argparse.Namespace) -> Outcome:
    """New values for fields, all in one call; each is read back once where that is cheap."""
    changes = _changes(arguments.changes)
    if arguments.yes:
        written = await box.maintenance.update(changes, section=arguments.section)
    else:
        written = await box.client.update(changes, section=arguments.section)
    return written_outcome(written)


async def start(box: Box, _: argparse.Namespace) -> Outcome:
    """Local remote start."""
    await box.client.start()
    return _done("start", "the wallbox has accepted: start")


async def stop(box: Box, _: argparse.Namespace) -> Outcome:
    """Local remote stop."""
    await box.client.stop()
    return _done("stop", "the wallbox has accepted: stop")


async def skip_delay(box: Box, _: argparse.Namespace) -> Outcome:
    """The end of the randomised delay."""
    await box.client.skip_random_delay()
    return _done("skip-delay", "the wallbox has accepted: skip the randomised delay")


async def restart(box: Box, arguments: argparse.Namespace) -> Outcome:
    """A restart; while a car is charging with --yes only."""
    try:
        await box.maintenance.restart(while_charging=arguments.yes)
    except DeviceRejected as error:
        if error.status is not None:
            raise
        raise NeedsConsent(f"{error}; or interrupt it with --yes") from error
    return _done("restart", "the wallbox restarts; its page is back in about 5 min")


async def factory_reset(box: Box, arguments: argparse.Namespace) -> Outcome:
    """The loss of every setting."""
    if not arguments.yes:
        raise NeedsConsent("a factory reset loses every setting, network and password included: it needs --yes")
    await box.maintenance.factory_reset()
    return _done("factory-reset", "the wallbox resets itself; it has to be set up and paired anew")


def _done(action: str, words: str) -> Outcome:
    return Outcome({"action": action, "accepted": True}, tables.line(words))


def written_outcome(written: tuple[Written, ...]) -> Outcome:
    """What has become of writes; failed where the box still shows something else."""
    failed = [one for one in written if one.confirmed is False]
    data = {"written": [_written_data(one) for one in written]}
    rows = "\n".join(_written_line(one) for one in written)
    return Outcome(data, tables.line(rows), exit_code=1 if failed else 0)


def _changes(words: list[str]) -> dict[str, Value]:
    """FIELD VALUE pairs; the value of a single FIELD is asked for without echo, since it may be a password."""
    if len(words) == 1:
        return {words[0]: ask_secret(f"New value of {words[0]}: ", "FIELD VALUE")}
    if len(words) % 2:
        raise WrongUse("a FIELD has no VALUE: write pairs, FIELD VALUE FIELD VALUE ..., with quotes around spaces")
    names = words[::2]
    for name in names:
        if names.count(name) > 1:
            raise WrongUse(f"{name} is to be changed twice")
    return dict(zip(names, words[1::2], strict=True))


def _written_data(one: Written) -> dict[str, Any]:
    return {"key": one.key, "value": one.value, "found": one.found, "confirmed": one.confirmed, "sent": one.sent}


def _written_line(one: Written) -> str:
    value = "********" if one.value is None else tables.shown(one.value)
    if one.confirmed is None:
        return f"{one.key} = {value}: accepted, not read back"
    if one.confirmed:
        return f"{one.key} = {value}: " + ("accepted, and read back" if one.sent else "the wallbox has it already")
    return f"{one.key}: {value} was accepted, but the wallbox still shows {tables.shown(one.found)}"
