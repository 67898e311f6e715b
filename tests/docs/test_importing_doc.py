"""docs/importing-days.md: its examples run as they stand there, and its sentences are those that the code says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from controller.cli.main import main
from controller.simulation.importers import FORMATS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "importing-days.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"((?:```(?:csv|json)\n.*?```\n+)+)(.*?)((?:^    [^\n]*\n)+)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"```(?:csv|json)\n(.*?)```", re.DOTALL)
EXAMPLES = [
    (BLOCK.findall(found[1]), shlex.split(re.sub(r"\\\n", " ", found[3])))
    for found in EXAMPLE.finditer(PAGE)
    if "sunpace backtest" in found[3]
]


def test_all_examples_are_found() -> None:
    assert sum(len(blocks) for blocks, _ in EXAMPLES) == PAGE.count("```csv\n") + PAGE.count("```json\n")
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize(("blocks", "command"), EXAMPLES, ids=[command[2] for _, command in EXAMPLES])
def test_an_example(
    blocks: list[str],
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = [part for part in command[2:] if re.fullmatch(r"[\w-]+\.(csv|json|graph)", part)]
    for file, block in zip(files, blocks, strict=True):
        (tmp_path / file).write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main([*command[1:], "--json"]) == 0, capsys.readouterr().err
    assert '"solar_kwh"' in capsys.readouterr().out


def test_all_formats_are_there() -> None:
    table = PAGE.partition("| what you have |")[2].partition("\n\n")[0]
    assert set(FORMATS) == set(re.findall(r"`([a-z0-9-]+)`", table)) - {"--format", "--column", "--timezone", "--date"}


SENTENCES = [
    part.strip()
    for row in re.findall(r"^\| (`[^|]*`) \|", PAGE.partition("## What is repaired")[2], re.MULTILINE)
    for sentence in re.findall(r"`([^`]*)`", row)
    for part in sentence.split("...")
    if len(part.strip()) > 3
]


@pytest.mark.parametrize("words", SENTENCES)
def test_a_sentence_is_the_codes(words: str) -> None:
    simulation = ROOT / "controller/simulation"
    files = [simulation / "trace.py", *sorted((simulation / "importers").glob("*.py"))]
    code = "".join(file.read_text() for file in files)
    code = re.sub(r'"\s*\n\s*f?"', "", code)
    assert words.strip(" ,;") in code
