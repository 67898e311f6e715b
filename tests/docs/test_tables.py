"""The tables of the docs are whole, and name tests that there are."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from controller.simulation.box.faults import Faults
from controller.simulation.box.next import NextWeb
from controller.simulation.box.unite import UniteWeb
from controller.wallbox.catalogue import SECTIONS, load_catalogue
from tests.support.emulator import emulated
from tests.support.warp import run_warped

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "wallbox.md").read_text()
EMULATOR = (ROOT / "docs" / "emulator.md").read_text()
FILES = ("upload-new-firmware", "local-ca-cert")
STATUSES = ("200", "400", "401", "403", "404", "405", "422", "423", "429", "500")


def part(heading: str) -> dict[str, str]:
    """The rows of the table under a heading: last column by first."""
    body = TEXT.split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0]
    rows = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("| ")][1:]
    return {cells[0].strip(): cells[-1].strip() for cells in rows}


MARKS = dict(re.findall(r"^\| ([A-Z]\d) \| `([^`]+)` \|", TEXT, re.MULTILINE))


def endpoints(web: type[NextWeb] | type[UniteWeb]) -> set[str]:
    """Every endpoint of the emulator, its parameters spelt out."""

    async def routes() -> list[Route]:
        async with emulated() as bench:
            return web(bench.box).routes()

    spelt = set()
    for route in run_warped(routes):
        for method in (route.methods or set()) - {"HEAD"}:
            for section in SECTIONS if "{section}" in route.path else ("",):
                for file in FILES if "/files/" in route.path and method == "POST" else ("{key}",):
                    path = re.sub(r"\{file\w*\}|\{key\}", file, route.path).replace("{section}", section)
                    spelt.add(f"{method} {path.rstrip('/')}")
    return spelt


def test_every_endpoint_has_a_row() -> None:
    documented = {re.sub(r"`([^`]+)`.*", r"\1", row) for row in part("Endpoints")}
    assert endpoints(NextWeb) | endpoints(UniteWeb) == documented


def test_every_field_has_a_row_with_its_test() -> None:
    rows = part("Fields")
    assert set(rows) == {f"`{key}`" for key in load_catalogue("next").fields}
    assert all(set(re.split(r", ", marks)) <= set(MARKS) for marks in rows.values())


def test_every_status_has_a_row() -> None:
    documented = " ".join(part("Answers"))
    assert all(status in documented for status in STATUSES)


def test_every_fault_has_a_row_in_both_pages() -> None:
    documented = set(re.findall(r"`(\w+)`", " ".join(part("Faults of the emulator"))))
    assert documented == set(Faults.model_fields)
    explained = set(re.findall(r"^\| `(\w+)` \|", EMULATOR.split("## Faults")[1], re.MULTILINE))
    assert explained == set(Faults.model_fields)


def test_every_mark_that_is_used_is_explained() -> None:
    used = set()
    for heading in ("Endpoints", "Answers", "Faults of the emulator", "Fields"):
        for marks in part(heading).values():
            used |= set(re.findall(r"\b[A-Z]\d\b", marks))
    assert used <= set(MARKS)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", TEXT))))
def test_every_test_that_is_named_is_there(name: str) -> None:
    file, test = name.split("::")
    assert re.search(rf"^(async )?def {test}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE)
