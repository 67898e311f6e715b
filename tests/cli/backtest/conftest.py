"""Somebody at a pipe."""

import pytest

from tests.cli.backtest.days import Person


@pytest.fixture
def person(capsys: pytest.CaptureFixture[str]) -> Person:
    return Person(capsys)
