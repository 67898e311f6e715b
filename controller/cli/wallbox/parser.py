"""The words of `sunpace wallbox`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path

_EPILOG = """\
The box is the one of config.toml, or the one that --host names. Its password comes from there, from the environment
(SUNPACE_WALLBOX__PASSWORD), or is asked for. The box's server is made for one user: while the service runs, each of
these ends its login, and it logs in again by itself."""

Add = Callable[..., argparse.ArgumentParser]


def add_wallbox(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the group to the command line."""
    wallbox = commands.add_parser(
        "wallbox",
        help="the wallbox by itself: look at it, set it, start, stop, restart, files",
        description="Every call of the wallbox's REST API.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = wallbox.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = _common()

    def add(name: str, help_: str, **more: str) -> argparse.ArgumentParser:
        parser = verbs.add_parser(name, help=help_, description=more.get("description", help_), parents=[common])
        parser.set_defaults(command=_run, verb=name)
        return parser

    _add_reads(add)
    _add_writes(add)
    _add_files(add)


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    common.add_argument("--yes", action="store_true", help="does what cannot be undone without asking again")
    box = common.add_argument_group("the box")
    box.add_argument("--config", type=Path, metavar="FILE", help="(config.toml)")
    box.add_argument("--host", metavar="H", help="instead of a configuration")
    box.add_argument("--port", metavar="N", help="HTTPS port (443)")
    box.add_argument("--username", metavar="U", help="of the box's web page (admin)")
    trust = box.add_mutually_exclusive_group()
    trust.add_argument("--fingerprint", metavar="HEX", help="SHA-256 of its certificate, as `pair` shows it")
    trust.add_argument("--ca-file", metavar="PEM", help="its certificate, or the authority that signed it")
    trust.add_argument("--insecure", action="store_true", help="check nothing: anybody can take the password")
    box.add_argument("--dialect", choices=["auto", "next", "unite"], help="the model (found out)")
    box.add_argument("--lang", choices=["en", "de"], default="en", help="of the box's labels (en)")
    return common


def _add_reads(add: Add) -> None:
    add(
        "pair",
        "show the box's certificate, and write its fingerprint into the configuration",
        description="Nothing is sent to the box. Compare the fingerprint with what your browser shows for its page.",
    )
    add("dashboard", "state, session, energy")
    add("errors", "what is wrong with it now")
    add("structure", "its sections and groups")
    section = add("section", "all fields of a section")
    section.add_argument("key", metavar="KEY", help="auth, backend, hems, network, power, profile, system (slow)")
    get = add("get", "one field")
    get.add_argument("field", metavar="FIELD", help="such as operator-current-limit")
    get.add_argument("--section", metavar="KEY", help="where it lies, for fields that Sunpace does not know")


def _add_writes(add: Add) -> None:
    set_ = add(
        "set",
        "change one field or several, all in one call",
        description="Values are checked before anything is sent, and read back once. Network and passwords need --yes.",
    )
    set_.add_argument(
        "changes", nargs="+", metavar="FIELD VALUE", help="pairs; a single FIELD without a VALUE is asked for"
    )
    set_.add_argument("--section", metavar="KEY", help="where it lies, for fields that Sunpace does not know")
    off_peak = add(
        "off-peak",
        "the box's own off-peak periods beside yours, and its randomised delay",
        description="Whether it charges only within its periods, or not within them, is not verified: both are shown, "
        "unless wallbox.off_peak_sense tells what your box does.",
    )
    change = off_peak.add_mutually_exclusive_group()
    change.add_argument("--set", action="store_true", dest="keep", help="write your windows to the box; needs --yes")
    change.add_argument("--off", action="store_true", help="switch the box's own periods off; needs --yes")
    off_peak.add_argument(
        "--peak", action="store_true", help="with --set: the box does not charge within; write the hours outside yours"
    )
    add("start", "local remote start")
    add("stop", "local remote stop")
    add("skip-delay", "end the randomised delay under way")
    add("restart", "restart the box; while a car is charging with --yes only")
    add("factory-reset", "lose every setting; needs --yes")


def _add_files(add: Add) -> None:
    upload = add("upload", "upload firmware (needs --yes) or a CA certificate")
    upload.add_argument("key", metavar="KEY", help="upload-new-firmware or local-ca-cert")
    upload.add_argument("file", type=Path, metavar="FILE")
    download = add("download", "fetch a file from the box (where it lies is not verified)")
    download.add_argument("key", metavar="KEY", help="download-logfile, licensing-information or local-ca-cert")
    download.add_argument("file", type=Path, nargs="?", metavar="FILE", help="(named like the key)")
    logs = add("logs", "fetch the box's log (where it lies is not verified)")
    logs.add_argument("file", type=Path, nargs="?", metavar="FILE", help="(wallbox-log-DATE)")


def _run(arguments: argparse.Namespace) -> int:
    # as Ctrl-C: half a download is removed, the connection closed
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from controller.cli.wallbox.run import run  # noqa: PLC0415 -- tables and the client are for those who use them

    return run(arguments)
