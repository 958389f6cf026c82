"""A file is there whole or not at all, and so is a folder."""

from pathlib import Path

import pytest

from musicdesk.whole_files import whole, whole_folder


def test_a_file_appears_when_it_is_whole(tmp_path: Path):
    path = tmp_path / "list.txt"
    path.write_text("old")
    with whole(path) as new:
        new.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "list.txt"
    path.write_text("old")

    def write_half() -> None:
        with whole(path) as new:
            new.write_text("ne")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path):
    path = tmp_path / ("x" * 255)
    with whole(path) as new:
        new.write_text("new")
    assert path.read_text() == "new"


def test_a_folder_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path: Path):
    path = tmp_path / "kept" / "model"
    for name in ("old", "new"):
        with whole_folder(path) as new:
            (new / name).write_text(name)
            assert not (path / name).exists()
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(path.parent.iterdir()) == [path]


def test_what_goes_wrong_leaves_the_old_folder_and_nothing_else(tmp_path: Path):
    path = tmp_path / "model"
    with whole_folder(path) as new:
        (new / "old").write_text("old")

    def write_half() -> None:
        with whole_folder(path) as new:
            (new / "half").write_text("ha")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_half()
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]
