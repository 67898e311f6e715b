"""Whose limit is at the box: the user's own survives crashes, and a change by the user is seen."""

from __future__ import annotations

import pytest

from controller.control.own_limit import OwnLimit
from controller.domain.errors import StorageError
from controller.domain.ports import LimitRecord


class Memory:
    """A store that lives as long as the test; can be full."""

    def __init__(self) -> None:
        self.record: LimitRecord | None = None
        self.full = False

    def load(self) -> LimitRecord | None:
        return self.record

    def save(self, record: LimitRecord) -> None:
        if self.full:
            raise StorageError("full")
        self.record = record

    def forget(self) -> None:
        self.record = None

    def probe(self) -> None: ...


def crashed(*writes: int, own_a: int = 16) -> Memory:
    memory = Memory()
    run = OwnLimit(memory)
    run.first_contact(own_a)
    at_box_a = own_a
    for limit_a in writes:
        run.before_write(limit_a, at_box_a=at_box_a)
        at_box_a = limit_a
    return memory


@pytest.mark.parametrize(
    ("writes", "found_a", "own_a"),
    [
        ((), 16, 16),
        ((8, 10), 10, 16),  # our last write is at the box
        ((8, 10), 8, 16),  # crashed between remembering and writing
        ((8, 10), 16, 16),  # crashed before any write arrived, or the user has restored it
        ((8, 10), 13, 13),  # nobody but the user can have set this
        ((6, 8, 10), 6, 6),  # longer ago than we remember: taken for the user's
    ],
)
def test_after_a_crash(writes: tuple[int, ...], found_a: int, own_a: int) -> None:
    run = OwnLimit(crashed(*writes))
    run.first_contact(found_a)
    assert run.own_a == own_a


def test_first_contact_counts_once() -> None:
    run = OwnLimit(Memory())
    run.first_contact(16)
    run.first_contact(9)
    assert run.own_a == 16


def test_writes_that_fail_do_not_push_out_what_is_at_the_box() -> None:
    memory = Memory()
    run = OwnLimit(memory)
    run.first_contact(16)
    run.before_write(10, at_box_a=16)
    for refused_a in (9, 8, 7):
        run.before_write(refused_a, at_box_a=10)
    again = OwnLimit(memory)
    again.first_contact(10)
    assert again.own_a == 16


def test_given_back_is_forgotten() -> None:
    memory = crashed(8)
    run = OwnLimit(memory)
    run.first_contact(8)
    run.given_back()
    assert memory.record is None
    assert run.own_a is None


def test_a_full_disk_forbids_the_first_contact_but_not_a_reduction() -> None:
    memory = Memory()
    run = OwnLimit(memory)
    memory.full = True
    with pytest.raises(StorageError):
        run.first_contact(16)
    assert run.own_a is None
    memory.full = False
    run.first_contact(16)
    memory.full = True
    run.before_write(6, at_box_a=16)
    assert run.own_a == 16


def test_nothing_is_written_before_the_box_was_seen() -> None:
    with pytest.raises(ValueError, match="before the box was ever seen"):
        OwnLimit(Memory()).before_write(8, at_box_a=16)
