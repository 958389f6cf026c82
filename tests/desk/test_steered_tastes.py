"""A whole taste in another mood, walks between moods, and the translator that is taught on the library."""

import shutil
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from made_up_moods import mood_of
from three_kinds import open_desk

from musicdesk.errors import BadRequest, NothingYet, ReadOnlyData
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import Axis, Mood, Steer

CALM = Steer(moods=((Mood.CALM, 1.0),), limit=10)


@pytest.fixture
def mooded(felt, tmp_path):
    shutil.copytree(felt, tmp_path / "data")
    with open_desk(tmp_path / "data") as desk:
        desk.listening.like(
            [desk.indexing.find(f"{kind} {n}") for kind in ("folk energetic", "rock happy") for n in range(6)]
        )
        yield desk


def moods_of(found):
    return Counter(mood_of(pick.track.title) for pick in found.picks)


# ------------------------------------------------------------------------------------------------ the taste


def test_the_list_of_a_steered_taste_is_calmer(mooded):
    plain = mooded.steering.steer(mooded.steering.seed("taste"), replace(CALM, strength=0.0))
    found = mooded.steering.steer(mooded.steering.seed("taste"), replace(CALM, strength=1.0))
    assert found.label == "Like your taste, but calmer"
    assert moods_of(found)["calm"] > moods_of(plain)["calm"] + 3
    assert dict(found.reached)[Axis.AROUSAL] < dict(found.start)[Axis.AROUSAL]
    names = tuple(p.name for p in mooded.recommending.taste().prototypes)
    assert found.ranking.parts[: len(names)] == names


def test_everything_but_the_direction_stays_and_what_is_locked_stays_whole(mooded):
    first, second, *_ = mooded.recommending.taste().prototypes
    mooded.recommending.set_gain(second.id, 1.4)
    mooded.recommending.lock(first.id)
    before = mooded.recommending.taste()
    after = mooded.steering.steered_taste(CALM)
    assert after.prototype(first.id) == before.prototype(first.id)
    assert [(p.id, p.name, p.slot, p.gain, p.muted, p.locked) for p in after.prototypes] == [
        (p.id, p.name, p.slot, p.gain, p.muted, p.locked) for p in before.prototypes
    ]
    moved, was = after.prototype(second.id), before.prototype(second.id)
    assert moved.vector.tolist() != was.vector.tolist()
    assert float(moved.vector @ moved.vector) == pytest.approx(1, abs=1e-4)
    assert mooded.recommending.taste() == before, "nothing is kept"


def test_keeping_is_one_step_that_is_taken_back_exactly(mooded):
    before = mooded.recommending.taste()
    mooded.steering.keep(CALM)
    assert mooded.recommending.history().undo == "steer taste: calmer"
    assert mooded.recommending.taste() != before
    assert mooded.recommending.undo() == "steer taste: calmer"
    assert mooded.recommending.taste() == before


def test_a_kept_mood_outlives_the_next_like(mooded):
    steered = mooded.steering.keep(CALM)
    mooded.listening.like([mooded.indexing.find("folk energetic 9")])
    after = mooded.recommending.taste()
    own = [p for p in steered.prototypes if p.tracks]
    assert own
    for p in own:
        assert after.prototype(p.id).vector.tolist() == p.vector.tolist()


def test_what_would_change_nothing_is_no_step(mooded):
    with pytest.raises(BadRequest, match="where it is"):
        mooded.steering.keep(replace(CALM, strength=0.0))
    with pytest.raises(BadRequest, match="where it is"):
        mooded.steering.keep(Steer())
    for p in mooded.recommending.taste().prototypes:
        mooded.recommending.mute(p.id)
    with pytest.raises(NothingYet, match="Nothing counts"):
        mooded.steering.steer(mooded.steering.seed("taste"), CALM)


# ------------------------------------------------------------------------------------------------ paths


def test_a_path_walks_in_even_steps_without_repeats_or_clumps(mooded):
    ends = mooded.steering.seed("folk calm 1"), mooded.steering.seed("techno energetic 1")
    found = mooded.steering.path(*ends, length=12)
    titles = [step.track.title for step in found.steps]
    assert found.label == "From “folk calm 1” to “techno energetic 1”"
    assert (titles[0], titles[-1]) == ("folk calm 1", "techno energetic 1")
    assert len(set(titles)) == 12
    artists = [step.track.artist for step in found.steps]
    assert all(a != b for a, b in pairwise(artists))
    places = [step.at for step in found.steps]
    assert places == sorted(places)
    assert found.unevenness >= 1


def test_a_path_leads_from_mood_to_mood(mooded):
    found = mooded.steering.path(mooded.steering.place("calm"), mooded.steering.place("energetic"), length=10)
    arousal = [dict(step.axes)[Axis.AROUSAL] for step in found.steps]
    assert mood_of(found.steps[0].track.title) == "calm"
    assert mood_of(found.steps[-1].track.title) == "energetic"
    assert sum(arousal[:3]) < sum(arousal[-3:]) - 1


def test_a_path_that_cannot_be_is_told(mooded):
    one = mooded.steering.seed("folk calm 1")
    with pytest.raises(BadRequest, match="same track"):
        mooded.steering.path(one, one)
    with pytest.raises(BadRequest, match="3 to 500"):
        mooded.steering.path(one, mooded.steering.place("sad"), length=2)


# ------------------------------------------------------------------------------------------------ the translator


def test_the_translator_learns_is_kept_and_serves(mooded):
    assert mooded.steering.wanting
    report = mooded.steering.fit(Job())
    assert (report.encoder, report.sounds, report.sure, report.learned) == ("handcrafted", 240, 240, 240)
    assert dict(report.moods)[Mood.CALM] == 60
    assert not mooded.steering.wanting
    found = mooded.steering.steer(mooded.steering.seed("folk energetic 3"), replace(CALM, strength=1.0))
    assert found.method == "translator+labels"
    assert found.sentence == ""
    assert moods_of(found)["calm"] >= 8
    mooded.close()
    with open_desk(mooded.folders.data) as again:
        assert not again.steering.wanting
        same = again.steering.steer(again.steering.seed("folk energetic 3"), replace(CALM, strength=1.0))
        assert same.ranking.hashes == found.ranking.hashes


def test_an_interrupted_learning_leaves_what_was_there(mooded):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        mooded.steering.fit(job)
    assert mooded.steering.wanting
    folder = mooded.folders.data / "mood"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_broken_translator_counts_as_none(mooded):
    mooded.steering.fit(Job())
    (place,) = (mooded.folders.data / "mood").iterdir()
    (place / "arrays.safetensors").write_bytes(b"nothing")
    mooded.close()
    with open_desk(mooded.folders.data) as again:
        assert again.steering.wanting
        assert again.steering.steer(again.steering.seed("folk energetic 3"), CALM).picks


def test_where_another_process_writes_nothing_is_learned(mooded):
    mooded.claim()
    with open_desk(mooded.folders.data) as other, pytest.raises(ReadOnlyData):
        other.steering.fit(Job())


def test_too_little_to_learn_from_is_told_and_nothing_is_wanted(desk):
    assert not desk.steering.wanting
    with pytest.raises(NothingYet, match="known"):
        desk.steering.fit(Job())
