"""The page on other controllers' rules lists those that there are."""

import re
from pathlib import Path

from controller.cli.backtest.pilots import PEERS, make_rule
from controller.cli.backtest.scene import make_scene

PAGE = (Path(__file__).parents[2] / "docs" / "peers.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([\w -]+?) \| (\d+) s \|", PAGE, re.MULTILINE)


def test_every_rule_has_a_row_in_the_order_of_the_table() -> None:
    assert [name for name, _ in ROWS] == list(PEERS)


def test_a_row_says_how_often_the_rule_is_asked() -> None:
    scene = make_scene(None, [])
    assert [(name, float(interval_s)) for name, interval_s in ROWS] == [
        (name, make_rule(name, scene).interval_s) for name in PEERS
    ]
