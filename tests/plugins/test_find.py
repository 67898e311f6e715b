"""Which strategies of others are found, and which of them are not to be run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from controller.control.plugins import installed_strategies
from controller.plugins import trusted
from controller.plugins.find import find_plugins
from controller.plugins.trusted import Distrust, trusted_text
from tests.support.plugins import OURS, write


def why(folder: Path) -> str:
    """Why the only file there is refused."""
    found = find_plugins(folder, OURS)
    assert found.origins == {}
    (refused,) = found.refused
    return refused.why


def test_a_file_is_found_by_its_name_and_read_once(tmp_path: Path) -> None:
    file = write(tmp_path)
    text = file.read_bytes()
    (origin,) = find_plugins(tmp_path, OURS).origins.values()
    file.write_text("raise SystemExit")
    assert (origin.name, origin.place, origin.source) == ("kettle", str(file), text)


@pytest.mark.parametrize("name", ["_private.py", "__init__.py", ".hidden.py", "notes.txt", "kettle.py.bak"])
def test_what_is_no_strategy_is_left_alone(name: str, tmp_path: Path) -> None:
    write(tmp_path).rename(tmp_path / "strategies" / name)
    found = find_plugins(tmp_path, OURS)
    assert (found.origins, found.refused) == ({}, ())


def test_there_need_be_none(tmp_path: Path) -> None:
    assert find_plugins(tmp_path, OURS).origins == {}
    (tmp_path / "strategies").write_text("no folder")
    assert find_plugins(tmp_path, OURS).origins == {}
    assert find_plugins(None, OURS).origins == {}


def test_our_own_source_tree_beside_the_configuration_holds_no_plug_ins() -> None:
    tree = Path(__file__).parents[2]
    assert (tree / "config.toml").is_file()
    assert (tree / "strategies" / "surplus.py").is_file()
    found = find_plugins(tree, OURS)
    assert (found.origins, found.refused) == ({}, ())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("surplus", "there is a strategy 'surplus' that comes with Sunpace: give the file another name"),
        ("active", "'active' is no name for a strategy, but a word of `[strategy]`"),
        ("default", "'default' is no name for a strategy, but a word"),
        ("list", "'list' is no name for a strategy, but a word"),
        ("Kettle", "'Kettle' is no name for a strategy (small letters, digits and _, a letter first)"),
        ("tea-time", "'tea-time' is no name for a strategy"),
    ],
)
def test_a_name_that_cannot_be_had_is_refused(name: str, words: str, tmp_path: Path) -> None:
    write(tmp_path, name=name)
    assert why(tmp_path).startswith(words)


@pytest.mark.parametrize("name", [b"kettle\xff.py", b"kettle\n.py"])
def test_a_name_that_cannot_be_shown_is_refused_and_not_another_ones(name: bytes, tmp_path: Path) -> None:
    file = write(tmp_path)
    file.rename(file.with_name(os.fsdecode(name)))
    assert why(tmp_path) == "its name cannot be shown: give the file another name"
    (refused,) = find_plugins(tmp_path, OURS).refused
    assert f"{refused.name} {refused.place}".isprintable()


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666, 0o777])
def test_a_file_that_others_may_write_to_is_refused(mode: int, tmp_path: Path) -> None:
    file = write(tmp_path)
    file.chmod(mode)
    assert why(tmp_path) == (f"group or others may write to {file}, and what it holds would be run: chmod go-w {file}")


@pytest.mark.parametrize("mode", [0o775, 0o757])
def test_a_folder_that_others_may_write_to_is_refused(mode: int, tmp_path: Path) -> None:
    folder = write(tmp_path).parent
    folder.chmod(mode)
    assert why(tmp_path).endswith(f"chmod go-w {folder}")


def test_nobody_is_told_to_close_a_folder_that_all_share(tmp_path: Path) -> None:
    folder = write(tmp_path).parent
    folder.chmod(0o1777)
    assert why(tmp_path).endswith("would be run: lay the file into a folder of your own")


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o444, 0o755])
def test_any_other_mode_will_do(mode: int, tmp_path: Path) -> None:
    write(tmp_path).chmod(mode)
    assert set(find_plugins(tmp_path, OURS).origins) == {"kettle"}


def test_a_link_is_judged_by_what_it_points_to(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    file = write(tmp_path).rename(elsewhere / "tea.py")
    (tmp_path / "strategies" / "kettle.py").symlink_to(file)
    assert set(find_plugins(tmp_path, OURS).origins) == {"kettle"}
    elsewhere.chmod(0o777)
    assert why(tmp_path).endswith(f"chmod go-w {elsewhere}")
    elsewhere.chmod(0o755)
    file.chmod(0o666)
    assert why(tmp_path).endswith(f"chmod go-w {file}")
    file.unlink()
    assert why(tmp_path) == "cannot be read: No such file or directory"
    file.symlink_to(tmp_path / "strategies" / "kettle.py")
    assert why(tmp_path).startswith("cannot be read: ")


def test_a_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path)
    mine = os.stat(file).st_uid  # noqa: PTH116
    monkeypatch.setattr(os, "geteuid", lambda: mine + 54321)
    if mine == 0:  # root's own are everybody's
        monkeypatch.setattr(trusted, "_ROOT", -1)
    with pytest.raises(Distrust, match=r"belongs to .*, and what it holds would be run as user \d+: only root's"):
        trusted_text(file)


def test_only_a_plain_file_of_a_sensible_size_is_read(tmp_path: Path) -> None:
    file = write(tmp_path)
    file.write_bytes(b"#" * ((1 << 18) + 1))
    assert why(tmp_path).startswith("has 262145 bytes: a strategy is a page of Python")
    file.unlink()
    os.mkfifo(file, 0o600)
    assert why(tmp_path) == "is no plain file"
    file.unlink()
    file.mkdir(0o755)
    assert why(tmp_path) == "is no plain file"


def test_a_package_whose_installation_was_cut_short_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "broken-1.dist-info"
    place.mkdir()
    (place / "entry_points.txt").write_text("[sunpace.strategies]\ntea = tea:Tea\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_plugins(None, OURS).origins["tea"].place == "an unnamed package"
    assert set(installed_strategies()) >= set(OURS)
