"""What is heard of prototypes: found in the background, kept, and never at the cost of what a person set."""

from collections.abc import Iterator

import numpy as np
import pytest
from three_kinds import kind_of, open_desk

from musicdesk.desk.desk import Desk
from musicdesk.errors import NotFound, ReadOnlyData
from musicdesk.jobs import Cancelled, Job, Progress
from musicdesk.prototypes import redundancy
from musicdesk.records import Origin, Passages
from musicdesk.store.windows import WindowStore


@pytest.fixture
def worded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose small library is offered words as if it were a larger one."""
    monkeypatch.setattr(redundancy, "PER_TRACKS", 2)
    desk.listening.like([desk.indexing.find(f"Clicks {n}") for n in (0, 3, 6)])
    return desk


def words(desk: Desk) -> dict[str, tuple[str, ...]]:
    return {p.word: p.exemplars for p in desk.recommending.taste().prototypes if p.origin is Origin.TAG}


def test_every_prototype_can_be_heard_after_it_was_listened_to_closely(desk):
    assert desk.evidence.wanting
    assert desk.evidence.excerpts("1") == ()
    announced: list[None] = []
    desk.events.taste_changed.listen(announced.append)
    desk.evidence.find(Job())
    assert announced
    assert not desk.evidence.wanting
    for prototype in desk.recommending.taste().prototypes:
        excerpts = desk.evidence.excerpts(prototype.id)
        assert tuple(e.audio_hash for e in excerpts) == prototype.exemplars
        assert prototype.faithful == pytest.approx(np.mean([e.faithful for e in excerpts]), abs=1e-3)
        tracks = desk.recommending.by_hash(prototype.exemplars)
        for e in excerpts:
            assert e.start_s >= 0
            assert e.start_s + e.length_s <= tracks[e.audio_hash].length_s + 0.1
            assert 0 <= e.near <= 1


def test_the_seconds_that_are_found_sound_like_the_prototype(desk):
    desk.listening.like([desk.indexing.find(f"Clicks {n}") for n in (0, 3, 6)])
    desk.evidence.find(Job(), ("1",))
    (first, *_) = desk.evidence.excerpts("1")
    assert kind_of(desk.recommending.by_hash([first.audio_hash])[first.audio_hash].title) == "Clicks"
    assert first.near > 0.6


def test_what_was_heard_is_kept_and_never_listened_to_again(desk, analysed, tmp_path):
    desk.evidence.find(Job(), ("1",))
    kept = desk.evidence.excerpts("1")
    desk.close()
    with open_desk(tmp_path / "data") as again:
        assert again.evidence.excerpts("1") == kept
        said: list[Progress] = []
        again.evidence.find(Job(said.append), ("1",))
        assert not said


def test_what_a_person_set_stays_and_there_is_nothing_to_undo(desk):
    desk.recommending.set_gain("1", 1.7)
    desk.recommending.rename("2", "rainy evenings")
    before, history = desk.recommending.taste(), desk.recommending.history()
    desk.evidence.find(Job())
    after = desk.recommending.taste()
    assert [(p.id, p.name, p.gain, p.exemplars) for p in after.prototypes] == [
        (p.id, p.name, p.gain, p.exemplars) for p in before.prototypes
    ]
    assert desk.recommending.history() == history
    assert desk.recommending.prototype("rainy evenings").faithful is None  # a name that no sound can agree with


def test_cancelled_listening_keeps_what_is_done_and_leaves_the_taste_alone(desk):
    before = desk.recommending.taste()

    def stop_after_two(progress: Progress) -> None:
        if progress.done >= 2:
            job.cancel()

    job = Job(stop_after_two)
    with pytest.raises(Cancelled):
        desk.evidence.find(job)
    assert desk.recommending.taste() == before
    key = before.key
    assert 2 <= len(WindowStore(desk._database).known(key)) <= 4
    assert desk.evidence.wanting
    desk.evidence.find(Job())
    assert not desk.evidence.wanting


def test_a_file_that_is_broken_by_now_costs_itself_alone(desk):
    first = desk.recommending.taste().prototypes[0]
    broken, *others = first.exemplars
    _break(desk, broken)
    desk.evidence.find(Job(), ("1",))
    assert {e.audio_hash for e in desk.evidence.excerpts("1")} == set(others)
    said: list[Progress] = []
    desk.evidence.find(Job(said.append), ("1",))
    assert not said  # it is not tried again and again


def test_a_file_that_is_away_is_tried_again_another_time(desk, tmp_path):
    first = desk.recommending.taste().prototypes[0].exemplars[0]
    _break(desk, first, exists=False)
    desk.evidence.find(Job(), ("1",))
    assert first not in WindowStore(desk._database).known(desk.recommending.taste().key)
    desk.close()
    with open_desk(tmp_path / "data") as again:
        assert again.evidence.wanting


def test_words_are_offered_asleep_and_are_heard(worded):
    offered = words(worded)
    assert offered
    taste = worded.recommending.taste()
    assert all(p.gain == 0 for p in taste.prototypes if p.origin is Origin.TAG)
    worded.evidence.find(Job())
    heard = [p for p in worded.recommending.taste().prototypes if p.origin is Origin.TAG]
    assert heard
    assert all(p.faithful is not None and p.faithful >= redundancy.HEARD for p in heard)


def test_a_word_that_is_not_heard_gets_other_tracks_and_makes_way_where_it_is_heard_in_none(worded):
    word, exemplars = next(iter(words(worded).items()))
    _hear_nothing_of(worded, word, exemplars[:1])
    worded.recommending.reconsider()
    assert exemplars[0] not in words(worded)[word]
    _hear_nothing_of(worded, word, _now(worded).vectors.hashes)
    worded.recommending.reconsider()
    assert word not in words(worded)


def test_a_prototype_that_there_is_not_is_a_sentence(desk):
    with pytest.raises(NotFound, match="polka"):
        desk.evidence.find(Job(), ("polka",))
    with pytest.raises(NotFound):
        desk.evidence.excerpts("polka")


def test_where_another_process_writes_nobody_listens(desk, tmp_path):
    desk.recommending.set_gain("1", 0.5)
    with open_desk(tmp_path / "data") as second, pytest.raises(ReadOnlyData):
        second.evidence.find(Job())


def test_a_phrase_is_taken_word_by_word_where_the_encoder_hears_no_texts(desk):
    snapshot = _now(desk)
    found = desk.recommending._offering.phrase(snapshot, f"something {desk.shaping.tags()[0].word}")
    assert found.origin is Origin.TEXT
    with pytest.raises(NotFound):
        desk.recommending._offering.phrase(snapshot, "xyzzy")


def _now(desk: Desk):
    return desk.evidence._snapshots.current()


def _break(desk: Desk, audio_hash: str, *, exists: bool = True) -> None:
    """Let the library's file be elsewhere: the test's data folder points at files that all tests share."""
    elsewhere = desk.folders.data / "broken.flac"
    if exists:
        elsewhere.write_bytes(b"no sound at all" * 99)
    with desk._database.writing() as sql:
        sql.execute("UPDATE tracks SET path = ? WHERE audio_hash = ?", [bytes(elsewhere), audio_hash])
        sql.execute("UPDATE library SET revision = revision + 1")
    desk.events.library_changed.emit(None)


def _hear_nothing_of(desk: Desk, word: str, hashes) -> None:
    """Passages in which the encoder heard everything but this word."""
    vectors = _now(desk).vectors
    forms = desk.recommending._offering.ground(_now(desk)).agreement.forms
    tags = np.full((4, len(vectors.vocabulary)), 0.9, np.float32)
    tags[:, list(forms[word])] = 1e-4
    starts = np.arange(4, dtype=np.float32)
    row = {h: i for i, h in enumerate(vectors.hashes)}
    heard = [Passages(h, starts, 3.0, np.repeat(vectors.matrix[[row[h]]], 4, axis=0), tags) for h in hashes]
    WindowStore(desk._database).add(vectors.key, heard)
    desk.recommending._offering._known = None
