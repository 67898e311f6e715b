"""What every test gets: logs that can be read when it fails, and not otherwise; and no deadline."""

import logging
import os

import hypothesis
import pytest
import structlog

hypothesis.settings.register_profile("untimed", deadline=None)  # no test depends on how fast the machine is
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI everything that tests need is installed: a skip there is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
