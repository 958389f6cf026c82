"""VibeNet has a say of the axes where it heard the library, and listens only where a person installed it."""

from dataclasses import replace

import numpy as np
import pytest
from three_kinds import open_desk

from musicdesk.desk import mood_finding as finding
from musicdesk.encoders import cnn, vibenet
from musicdesk.evaluation.made_library import made_analyses, made_centres, made_files
from musicdesk.jobs import Job
from musicdesk.mood.vibenet import NAME
from musicdesk.records import AXES, Axis

ALL = 120


class Heard:
    """A desk over a made-up library that the own CNN has heard."""

    def __init__(self, desk):
        self.desk, self.rng = desk, np.random.default_rng(5)
        self.files = made_files(0, ALL, self.rng)
        desk._stores.tracks.save(self.files, now=1.0)
        self.listen(cnn.SPEC, 0, ALL)

    def listen(self, spec, start, stop, attributes=None):
        """What an analysis by an encoder does to some of the sounds."""
        made = made_analyses(self.files[start:stop], spec, made_centres(spec, self.rng), self.rng)
        if attributes is not None:
            made = [replace(one, tags=tags) for one, tags in zip(made, attributes, strict=True)]
        self.desk._stores.vectors.add(made, key=spec.key, vocabulary=spec.vocabulary, now=1.0)
        self.desk.events.analysis_changed.emit(None)

    def witness(self, start=0, stop=ALL, seed=1):
        """VibeNet listens; its attributes are drawn by lot."""
        shape = (stop - start, len(vibenet.ATTRIBUTES))
        attributes = np.random.default_rng(seed).random(shape, dtype=np.float32)
        self.listen(vibenet.SPEC, start, stop, attributes)
        return attributes


@pytest.fixture
def heard(tmp_path):
    with open_desk(tmp_path / "data") as desk:
        desk.set(encoder="cnn")
        yield Heard(desk)


def acousticness(moods):
    return moods.axes[:, AXES.index(Axis.ACOUSTICNESS)]


def test_it_is_asked_once_it_has_heard_the_library(heard):
    before = heard.desk.moods.current()
    assert NAME not in before.witnesses
    told = heard.witness()[:, vibenet.ATTRIBUTES.index("acousticness")]
    after = heard.desk.moods.current()
    assert NAME in after.witnesses
    order = [after.hashes.index(file.audio_hash) for file in heard.files]
    moved = acousticness(after)[order] - acousticness(before)[order]
    assert np.corrcoef(moved, told)[0, 1] > 0.4
    assert heard.desk.moods.current() is after, "nothing came"


def test_what_it_does_not_help_stays_as_it_was(heard):
    before = heard.desk.moods.current()
    heard.witness()
    after = heard.desk.moods.current()
    kept = [AXES.index(axis) for axis in AXES if axis is not Axis.ACOUSTICNESS]
    np.testing.assert_array_equal(before.axes[:, kept], after.axes[:, kept])
    np.testing.assert_array_equal(before.labels, after.labels)


def test_what_it_hears_later_counts_too(heard):
    heard.witness(0, 60)
    half = heard.desk.moods.current()
    heard.witness(60, ALL, seed=2)
    whole = heard.desk.moods.current()
    assert (acousticness(half) != acousticness(whole)).any()
    sure = AXES.index(Axis.ACOUSTICNESS)
    assert whole.axes_sure[:, sure].mean() != half.axes_sure[:, sure].mean()


def test_while_it_listens_moods_are_found_anew_now_and_then(heard):
    heard.witness(0, 60)
    before = heard.desk.moods.current()
    heard.desk.indexing.listening = True
    heard.witness(60, 62, seed=2)
    assert heard.desk.moods.current() is before, "hardly anything came"
    heard.witness(62, 80, seed=3)
    during = heard.desk.moods.current()
    assert during is not before
    heard.witness(80, 82, seed=4)
    heard.desk.indexing.listening = False
    heard.desk.events.analysis_changed.emit(None)
    assert heard.desk.moods.current() is not during, "it is over"


def test_it_listens_only_where_it_is_installed(heard, monkeypatch):
    asked = []
    monkeypatch.setattr(heard.desk.moods, "_analyze", lambda encoder, job: asked.append(encoder))
    monkeypatch.setattr(heard.desk.moods, "_installed", lambda encoder: False)
    heard.desk.moods.hear(Job())
    assert asked == [finding.MEASURER]
    monkeypatch.setattr(heard.desk.moods, "_installed", lambda encoder: encoder == "vibenet")
    heard.desk.moods.hear(Job())
    assert asked[1:] == [finding.MEASURER, finding.WITNESS]


def test_a_library_that_it_ranks_is_told_by_it(heard):
    heard.witness()
    spec = vibenet.SPEC
    picture = heard.desk.recommending._snapshots.current()
    vectors = heard.desk._stores.vectors.load(spec.key)
    assert finding.Finding._witness(
        heard.desk.moods._finding, replace(picture, vectors=vectors)
    ) is vectors  # fmt: skip
