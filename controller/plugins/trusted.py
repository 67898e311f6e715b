"""Who may write what is going to be run: nobody but root and the user whom Sunpace runs as."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

_MOST_BYTES = 1 << 18
_ROOT = 0
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Distrust(Exception):
    """A file or folder that is not to be believed; the text is what is wrong and what to do."""


def trusted_text(file: Path) -> bytes:
    """The file's bytes, read from the very file that was judged; a symbolic link is judged by what it points to.

    Its folder counts as much: who may write there can put another file in this one's place. The folders above need no
    look: whoever put a folder of his own in this one's place would be its owner.

    Raises:
        Distrust: Others may write to the file or its folder, or they belong to somebody else; or it cannot be read.
    """
    try:
        real = file.resolve(strict=True)
        for folder in {file.parent.resolve(), real.parent}:
            _judge(folder, folder.stat())
        descriptor = os.open(real, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        raise Distrust(f"cannot be read: {error.strerror}") from error
    except RuntimeError as error:
        raise Distrust("cannot be read: the link leads in a circle") from error
    try:
        return _read(real, descriptor)
    finally:
        os.close(descriptor)


def _read(file: Path, descriptor: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Distrust("is no plain file")
    _judge(file, status)
    if status.st_size > _MOST_BYTES:
        raise Distrust(f"has {status.st_size} bytes: a strategy is a page of Python, {_MOST_BYTES} at the most")
    return os.read(descriptor, _MOST_BYTES)


def _judge(path: Path, status: os.stat_result) -> None:
    if status.st_uid not in (_ROOT, os.geteuid()):
        owner, me = _user(status.st_uid), _user(os.geteuid())
        raise Distrust(
            f"{path} belongs to {owner}, and what it holds would be run as {me}: only root's and {me}'s own is run; "
            f"sudo chown root {path}"
        )
    if status.st_mode & _OTHERS_WRITE:
        shared = status.st_mode & stat.S_ISVTX  # like /tmp, which has to stay so
        remedy = "lay the file into a folder of your own" if shared else f"chmod go-w {path}"
        raise Distrust(f"group or others may write to {path}, and what it holds would be run: {remedy}")


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
