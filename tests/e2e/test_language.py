"""The reasons in the site's language, as the service logs them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.processes import emulated_home, sunpace

GERMAN = {"SUNPACE_SITE__LANGUAGE": "de", "SUNPACE_LOG__FORMAT": "json", "SUNPACE_STRATEGY__ACTIVE": "fixed"}


def test_the_log_explains_each_decision_in_the_sites_language(tmp_path: Path) -> None:
    with (
        emulated_home(tmp_path) as (_, file),
        sunpace("run", "--config", str(file), environ=GERMAN) as service,
    ):
        line = json.loads(service.log("fixed"))
        while line["event"] != "decision":
            line = json.loads(service.log("fixed"))
        assert service.end() == 0
    assert line["reason"] == "fester Ladestrom von 6 A"
    assert line["rule"] == "fixed"
    assert (line["decided_by"], line["level"]) == ("base", "info")
    assert line["changes_when"].startswith("bleibt so, bis das Auto voll oder abgesteckt ist")
    assert line["again_in_s"] == 1.0
    assert (line["limit_a"], line["charging"]) == (6, True)
