"""What every test room shares: the analysed library of three kinds and a desk over it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from musicdesk.desk.desk import Desk


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``music`` and ``data``: scanned and analysed with the handcrafted encoder."""
    from three_kinds import open_desk, write_library

    from musicdesk.jobs import Job

    place = tmp_path_factory.mktemp("analysed")
    write_library(place / "music")
    with open_desk(place / "data") as desk:
        desk.indexing.scan([str(place / "music")], job=Job())
        desk.indexing.analyze(encoder="handcrafted", workers=2, job=Job())
    return place


@pytest.fixture(scope="session")
def felt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a made-up library whose moods the listener has said."""
    from made_up_moods import write_library

    place = tmp_path_factory.mktemp("felt")
    write_library(place)
    return place


@pytest.fixture
def desk(analysed: Path, tmp_path: Path) -> "Iterator[Desk]":
    """A desk of its own over the analysed library."""
    from three_kinds import open_desk

    shutil.copytree(analysed / "data", tmp_path / "data")
    with open_desk(tmp_path / "data") as opened:
        yield opened
