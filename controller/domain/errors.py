"""The one error tree; adapters translate everything foreign into it.

::

    SunpaceError
    ├── ConfigError            the configuration is wrong: a line a fault
    ├── StrategyError          a strategy failed, or answered what nobody can follow
    ├── StorageError           the disk refused what has to survive a crash
    ├── FeedError              prices or a forecast could not be had
    └── DeviceError            a meter or the wallbox
        ├── DeviceUnavailable  no connection, reset, 5xx, or backing off
        ├── DeviceTimeout      no answer in time
        ├── DeviceRejected     it answered, and refused
        ├── DeviceProtocolError  it answered something that cannot be used
        └── AuthError          credentials refused, or the certificate is not the trusted one
"""

from __future__ import annotations

from collections.abc import Sequence

from controller.domain.one_line import one_line

_LONGEST = 600


class SunpaceError(Exception):
    """Anything Sunpace reports to a person; the text is one clear line."""


class ConfigError(SunpaceError):
    """The configuration cannot be used.

    Attributes:
        faults: One line a fault: file, line, key path, what is wrong, what would be right.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class StrategyError(SunpaceError):
    """A strategy failed, or answered what nobody can follow.

    Attributes:
        strategy: Its name.
        what: What it did, one line.
    """

    def __init__(self, strategy: str, what: str) -> None:
        super().__init__(f"strategy {strategy} failed: {what}")
        self.strategy = strategy
        self.what = what


class StorageError(SunpaceError):
    """What has to survive a crash could not be written or read."""


class FeedError(SunpaceError):
    """Prices or a forecast could not be had; what was known goes on.

    What others have written may be in the text, and is made fit for a line.

    Attributes:
        retry_in_s: How long the service asks to be left alone, s; None where it does not.
        asked: Whether the service may have seen the question.
    """

    def __init__(self, message: str, *, retry_in_s: float | None = None, asked: bool = True) -> None:
        super().__init__(one_line(message, _LONGEST))
        self.retry_in_s = retry_in_s
        self.asked = asked


class DeviceError(SunpaceError):
    """A device failed.

    Attributes:
        retry_in_s: Seconds after which another try makes sense; None when the caller's own cadence is right.
    """

    def __init__(self, message: str, *, retry_in_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_in_s = retry_in_s


class DeviceUnavailable(DeviceError):
    """The device cannot be reached, dropped the connection, or is being left alone for a while."""


class DeviceTimeout(DeviceError):
    """The device did not answer in time; whether it did what was asked is unknown."""


class DeviceRejected(DeviceError):
    """The device understood and refused, or would have: then nothing was sent.

    Attributes:
        status: The HTTP status, or the Modbus exception code, of the refusal; None where there was none.
    """

    def __init__(self, message: str, *, retry_in_s: float | None = None, status: int | None = None) -> None:
        super().__init__(message, retry_in_s=retry_in_s)
        self.status = status


class DeviceProtocolError(DeviceError):
    """The device answered something that cannot be understood or believed."""


class AuthError(DeviceError):
    """Credentials or certificate were refused; nothing is tried again before a person acts."""
