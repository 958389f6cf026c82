"""The bench of the window does what a person does, and ends."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from musicdesk.desk.desk import Desk
from musicdesk.evaluation.library_bench import add_batch
from musicdesk.evaluation.made_library import make_library
from musicdesk.jobs import Job
from musicdesk.settings import Folders
from musicdesk.ui.bench import blocks


@pytest.fixture
def folders(tmp_path):
    folders = Folders(data=tmp_path / "data", models=tmp_path / "models", cache=tmp_path / "cache")
    with Desk(folders) as desk:
        spec = desk.modelling.spec()
    make_library(folders.data, tracks=1500, spec=spec, prototypes=6, rng=np.random.default_rng(1), job=Job())
    return folders


def test_every_deed_is_timed_on_the_clock_and_on_the_window_s_thread(folders: Folders, qtbot: QtBot) -> None:
    with Desk(folders) as desk:
        spec = desk.modelling.spec()
    added: list[int] = []

    def commit() -> None:
        added.append(add_batch(folders.data, spec=spec, rng=np.random.default_rng(2)))

    found = blocks(folders, commit=commit)
    assert added == [16]
    names = [block.name for block in found]
    assert names[0] == "start to list"
    assert {"search night", "sort by title", "all chosen", "commit of an analysis to list", "one left out"} <= {*names}
    for block in found:
        assert 0 <= block.working_ms <= block.took_ms + 1
        assert block.longest_ms <= block.took_ms
    with Desk(folders) as desk:
        assert sum(track.excluded for track in desk.indexing.tracks()) > 0
