"""Two desks on one data folder: the first writes, the second says so and reads."""

import os

import pytest
from three_kinds import open_desk

from musicdesk.desk.desk import Desk
from musicdesk.errors import ReadOnlyData
from musicdesk.jobs import Job


@pytest.fixture
def second(desk: Desk):
    assert desk.claim()
    with open_desk(desk.folders.data) as other:
        yield other


def test_the_second_names_the_first_and_may_not_write(desk, second):
    assert not second.claim()
    assert str(os.getpid()) in second.read_only
    track = second.indexing.tracks()[0]
    with pytest.raises(ReadOnlyData, match=str(os.getpid())):
        second.listening.like([track])
    assert not desk.listening.feedback().get(track.audio_hash)


def test_the_second_reads_all_that_the_first_writes(desk, second):
    track = desk.indexing.tracks()[0]
    desk.listening.like([track])
    assert second.listening.feedback()[track.audio_hash].liked
    assert len(second.recommending.rank()) > 0
    assert second.indexing.coverage() == desk.indexing.coverage()


def test_the_second_makes_a_taste_for_itself_where_none_is_kept(desk, second):
    with desk._database.writing() as sql:
        sql.execute("DELETE FROM taste")
    heard = []
    second.events.taste_changed.listen(heard.append)
    assert second.recommending.taste() == second.recommending.taste()
    assert len(heard) == 1


def test_the_second_neither_scans_nor_listens(desk, second):
    for begin in (second.indexing.scan, second.indexing.analyze):
        told = []
        with pytest.raises(ReadOnlyData):
            begin(job=Job(told.append))
        assert told == []


def test_a_played_track_is_simply_not_noted_by_the_second(desk, second):
    second.listening.played(second.indexing.tracks()[0], 30.0)
    assert not desk.listening.feedback()


def test_when_the_first_is_closed_the_second_may_write(desk, second):
    assert not second.claim()
    desk.close()
    assert second.claim()
    assert second.read_only == ""
    second.indexing.analyze(workers=1, job=Job())
    track = second.indexing.tracks()[0]
    second.listening.like([track])
    assert second.listening.feedback()[track.audio_hash].liked


def test_settings_of_the_second_do_not_overwrite_those_of_the_first(desk, second):
    second.claim()
    second.set(theme="dark")
    desk.set(volume=0.3)
    saved = (desk.folders.data / "settings.toml").read_text()
    assert "dark" not in saved
    assert "0.3" in saved
