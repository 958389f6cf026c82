"""Moods of a library that grows: right when it is at rest, cheap and right for what is asked about while it grows."""

from dataclasses import replace

import numpy as np
import pytest
from three_kinds import open_desk

from musicdesk.desk import mood_finding as finding
from musicdesk.encoders import cnn, handcrafted
from musicdesk.evaluation.made_library import made_analyses, made_centres, made_files
from musicdesk.jobs import Job
from musicdesk.mood import labelling
from musicdesk.records import UNCERTAIN, Axis, Mood, Moods, Seed

HEARD, ALL = 200, 240
FEW, MANY = 5, 15
"""Less and more than a twentieth of the library."""


class Growing:
    """A desk over a library of which some is heard already."""

    def __init__(self, desk):
        self.desk, self.rng = desk, np.random.default_rng(5)
        self.files = made_files(0, ALL, self.rng)
        self.centres = {spec.key.name: made_centres(spec, self.rng) for spec in (cnn.SPEC, handcrafted.SPEC)}
        desk._stores.tracks.save(self.files, now=1.0)
        self.hear(0, HEARD)

    def hear(self, start, stop, *, spec=cnn.SPEC, quick=False):
        """What a batch of an analysis does."""
        made = made_analyses(self.files[start:stop], spec, self.centres[spec.key.name], self.rng)
        made = [replace(one, quick=quick) for one in made]
        self.desk._stores.vectors.add(made, key=spec.key, vocabulary=spec.vocabulary, now=1.0)
        self.desk.events.analysis_changed.emit(None)

    @property
    def moods(self):
        return self.desk.moods.current()

    def anew(self):
        """The moods as another musicdesk finds them."""
        with open_cnn(self.desk.folders.data) as other:
            return other.moods.current()

    def track(self, number):
        return self.desk._stores.tracks.all().by_hash[self.files[number].audio_hash]


def open_cnn(data):
    desk = open_desk(data)
    desk.set(encoder="cnn")
    return desk


@pytest.fixture
def growing(tmp_path, monkeypatch):
    monkeypatch.setattr(finding, "SMALL", 0)
    monkeypatch.setattr(finding, "STEP", 1)
    with open_cnn(tmp_path / "data") as desk:
        yield Growing(desk)


def same(one: Moods, other: Moods) -> bool:
    names = ("shares", "labels", "sure", "axes", "axes_sure")
    return (one.hashes, one.witnesses) == (other.hashes, other.witnesses) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in names
    )


def test_at_rest_every_new_sound_has_its_mood_and_the_others_are_the_same_as_found_from_scratch(growing):
    assert len(growing.moods) == HEARD
    growing.hear(HEARD, HEARD + 1)
    assert growing.moods.sure[HEARD] > 0
    assert same(growing.moods, growing.anew())
    growing.hear(0, 3, quick=False)  # listened to again
    assert same(growing.moods, growing.anew())
    growing.hear(0, 100, spec=handcrafted.SPEC)
    assert same(growing.moods, growing.anew())
    growing.hear(0, 1, spec=handcrafted.SPEC)  # measured again, none more
    assert same(growing.moods, growing.anew())


def test_while_an_analysis_goes_on_the_newest_are_uncertain_and_the_others_stay_until_there_are_more(growing):
    before = growing.moods
    growing.desk.indexing.listening = True
    growing.hear(HEARD, HEARD + FEW)
    during = growing.moods
    assert during.hashes[:HEARD] == before.hashes
    assert np.array_equal(during.axes[:HEARD], before.axes)
    assert np.array_equal(during.shares[:HEARD], before.shares)
    assert (during.labels[HEARD:] == UNCERTAIN).all()
    assert not during.sure[HEARD:].any()
    assert not during.axes_sure[HEARD:].any()
    assert during.shares.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert growing.moods is during, "found once for each picture"
    growing.hear(HEARD + FEW, HEARD + MANY)
    assert (growing.moods.sure > 0).all()
    assert same(growing.moods, growing.anew())


def test_when_the_analysis_is_over_nothing_is_left_out(growing):
    assert len(growing.moods) == HEARD
    growing.desk.indexing.listening = True
    growing.hear(HEARD, HEARD + FEW)
    assert not growing.moods.sure.all()
    growing.desk.indexing.listening = False
    assert same(growing.moods, growing.anew())


def test_an_analysis_says_that_it_goes_on_and_when_it_is_over(analysed, tmp_path):
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(analysed / "music" / "Noise")], job=Job())
        seen = []
        desk.events.analysis_changed.listen(lambda _: seen.append(desk.indexing.listening))
        desk.indexing.analyze(workers=2, job=Job())
        assert seen[0]
        assert not desk.indexing.listening


def test_what_is_asked_about_is_told_at_once(growing):
    assert len(growing.moods) == HEARD
    growing.desk.indexing.listening = True
    growing.hear(HEARD, HEARD + FEW)
    assert not growing.moods.sure.all()
    told, scratch = growing.desk.moods.of(growing.track(HEARD + 1)), growing.anew()
    assert told.sure == pytest.approx(scratch.sure[HEARD + 1])
    assert same(growing.moods, scratch)


def test_more_like_a_new_sound_starts_where_it_stands(growing):
    assert len(growing.moods) == HEARD
    growing.desk.indexing.listening = True
    growing.hear(HEARD, HEARD + FEW)
    live = growing.desk.steering.live(Seed("Like it", (growing.files[HEARD].audio_hash,)))
    assert live.start.axes[Axis.AROUSAL] == pytest.approx(growing.anew().axes[HEARD, 0])


def test_a_correction_counts_at_once_whatever_goes_on(growing):
    assert len(growing.moods) == HEARD
    growing.desk.indexing.listening = True
    growing.hear(HEARD, HEARD + FEW)
    for number, mood in ((3, Mood.SAD), (HEARD + 2, Mood.HAPPY)):
        growing.desk.moods.correct([growing.track(number)], mood=mood)
        assert growing.desk.moods.of(growing.track(number)).mood is mood
    assert same(growing.moods, growing.anew())


def test_own_tags_count_at_once_and_are_told_as_from_scratch(growing):
    before = growing.moods
    growing.desk.tagging.add([growing.track(4)], "sad")
    assert not np.array_equal(growing.moods.shares[4], before.shares[4])
    assert same(growing.moods, growing.anew())


def test_what_was_listened_to_again_counts_when_it_is_much_or_when_it_is_over(growing):
    growing.hear(0, HEARD, quick=True)
    before = growing.moods
    growing.desk.indexing.listening = True
    growing.hear(0, 4)
    assert growing.moods is before
    growing.hear(4, 64)
    assert same(growing.moods, growing.anew())
    growing.hear(64, 66)
    growing.desk.indexing.listening = False
    assert same(growing.moods, growing.anew())


def test_measures_count_when_they_are_much_or_when_they_are_all(growing):
    before = growing.moods
    growing.desk.indexing.listening = True
    growing.hear(0, FEW, spec=handcrafted.SPEC)
    assert growing.moods is before
    growing.hear(FEW, MANY, spec=handcrafted.SPEC)
    assert same(growing.moods, growing.anew())
    snapshot = growing.desk.recommending._snapshots.current()
    assert len(growing.desk.moods.measures(snapshot)) == MANY
    growing.hear(MANY, MANY + 1, spec=handcrafted.SPEC)
    assert len(growing.desk.moods.measures(snapshot)) == MANY, "those by which the moods were found"


@pytest.fixture
def hearings(monkeypatch):
    """How often the whole library was heard, which is what costs."""
    found, hear = [], labelling.hear
    monkeypatch.setattr(labelling, "hear", lambda *a, **k: found.append(1) or hear(*a, **k))
    return found


def test_corrections_tags_and_files_need_no_new_hearing(growing, hearings):
    assert len(growing.moods) == HEARD
    growing.desk.moods.correct([growing.track(2)], mood=Mood.CALM)
    growing.desk.tagging.add([growing.track(3)], "happy")
    growing.desk.indexing.exclude([growing.track(1)])
    growing.desk.moods.uncorrect([growing.track(2)])
    assert len(growing.moods) == HEARD
    growing.desk.moods.of(growing.track(3))
    assert len(hearings) == 1


def test_a_library_that_doubles_batch_by_batch_is_heard_a_few_times(growing, hearings):
    growing.desk.indexing.listening = True
    for number in range(HEARD, ALL):
        growing.hear(number, number + 1)
        assert len(growing.moods) == number + 1
    assert len(hearings) <= 5


def test_a_small_library_is_heard_after_every_batch(growing, monkeypatch):
    monkeypatch.setattr(finding, "SMALL", ALL)
    assert len(growing.moods) == HEARD
    growing.desk.indexing.listening = True
    growing.hear(HEARD, HEARD + 1)
    assert same(growing.moods, growing.anew())
