"""A file is there whole or not at all."""

from pathlib import Path

import pytest

from musicdesk.whole_files import whole


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
