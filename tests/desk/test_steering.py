"""More like this, but calmer: the picks are, they stay like the seed, and what does not hold is told."""

import shutil
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from made_up_moods import genre_of, mood_of
from three_kinds import open_desk

from musicdesk.desk.claims import nothing_nearby, verdict
from musicdesk.desk.wishes import Wish
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.mood import methods, steps
from musicdesk.records import AXES, Axis, Mood, Seed, Steer

CALM = Steer(moods=((Mood.CALM, 1.0),), limit=10)


@pytest.fixture
def mooded(felt, tmp_path):
    shutil.copytree(felt, tmp_path / "data")
    with open_desk(tmp_path / "data") as desk:
        yield desk


def seed(desk, reference="folk energetic 3"):
    return desk.steering.seed(reference)


def titles(found):
    return [pick.track.title for pick in found.picks]


# ------------------------------------------------------------------------------------------------ the list


def test_like_this_but_calmer_is_calm_and_still_like_it(mooded):
    found = mooded.steering.steer(seed(mooded), CALM)
    assert found.label == "Like “folk energetic 3”, but calmer"
    moods, genres = Counter(map(mood_of, titles(found))), Counter(map(genre_of, titles(found)))
    assert moods["calm"] >= 8
    assert genres["folk"] >= 8
    assert found.holds is True
    assert "nothing" not in found.sentence
    start, reached = dict(found.start), dict(found.reached)
    assert reached[Axis.AROUSAL] < start[Axis.AROUSAL] - 0.3


@pytest.mark.parametrize("mood", list(Mood))
@pytest.mark.parametrize("method", ["", "filter", "arithmetic+labels", "average-mood"])
def test_every_mood_is_reached_by_every_method(mooded, mood, method):
    start = "rock happy 3" if mood is not Mood.HAPPY else "rock sad 3"
    found = mooded.steering.steer(
        seed(mooded, start), Steer(moods=((mood, 1.0),), strength=1.0, method=method, limit=10)
    )
    assert Counter(map(mood_of, titles(found)))[mood.value] >= 8


def test_the_parts_of_a_pick_add_up_to_its_score(mooded):
    asked = replace(CALM, nudges=((Axis.TEMPO, -0.2),), keep=("tempo", "vocals"))
    found = mooded.steering.steer(seed(mooded), asked)
    ranking = found.ranking
    assert ranking.parts == ("like “folk energetic 3”", "calmer", "slower", "same tempo", "same vocals")
    assert ranking.contributions.sum(axis=1) == pytest.approx(ranking.scores, abs=1e-5)
    assert [pick.score for pick in found.picks] == pytest.approx(ranking.scores.tolist())
    assert list(ranking.scores) == sorted(ranking.scores, reverse=True)
    assert 0 <= ranking.percentiles.min() <= ranking.percentiles.max() <= 1


def test_at_no_strength_it_is_what_is_most_like_the_seed(mooded):
    found = mooded.steering.steer(seed(mooded), replace(CALM, strength=0.0))
    snapshot = mooded.recommending._snapshots.current()
    row = snapshot.shelf.row(found.seed.sounds[0])
    nearest = np.argsort(-(snapshot.shelf.space @ snapshot.shelf.space[row]))[1:6]
    assert [snapshot.shelf.hashes[r] for r in nearest] == list(found.ranking.hashes[:5])
    assert found.holds is None


def test_more_strength_goes_further(mooded):
    live = mooded.steering.live(seed(mooded))
    arousal = [dict(live.at(replace(CALM, strength=s)).reached)[Axis.AROUSAL] for s in (0, 0.25, 0.5, 0.75, 1)]
    assert arousal[0] > arousal[-1] + 0.3
    assert all(b <= a + 0.02 for a, b in pairwise(arousal))


def test_each_pick_says_what_stayed_and_what_moved(mooded):
    found = mooded.steering.steer(seed(mooded), CALM)
    first = found.picks[0]
    (moved, *_) = first.moved
    assert moved.axis is Axis.AROUSAL
    before, after = (round(100 * (1 - place)) for place in (moved.before, moved.after))
    assert moved.words == f"calmer: {before} → {after}"
    assert 0 <= first.likeness <= 1
    sure = dict(zip(AXES, mooded.moods.current().axes_sure.T, strict=True))
    assert all(state not in first.same for state in ("calm", "energetic")), "that was to move"
    assert sure[Axis.AROUSAL].min() > 0


def test_a_point_of_the_grid_and_a_mix_go_both_ways_at_once(mooded):
    point = mooded.steering.steer(seed(mooded), Steer(point=(0.05, 0.3), limit=10, strength=1.0))
    assert "sadder" in point.label
    assert Counter(map(mood_of, titles(point)))["sad"] >= 6
    mix = mooded.steering.steer(seed(mooded), Steer(moods=((Mood.CALM, 1.0), (Mood.SAD, 1.0)), limit=16, strength=1.0))
    assert set(map(mood_of, titles(mix))) <= {"calm", "sad"}
    start, reached = dict(mix.start), dict(mix.reached)
    assert all(reached[axis] < start[axis] - 0.15 for axis in (Axis.AROUSAL, Axis.VALENCE))


def test_nothing_in_a_calmer_list_is_livelier_than_the_seed_by_what_is_known(mooded):
    found = mooded.steering.steer(seed(mooded, "folk happy 3"), replace(CALM, strength=0.3, limit=40))
    start = dict(found.start)[Axis.AROUSAL]
    assert all(pick.moved[0].after <= start - 0.03 for pick in found.picks)
    assert found.ranking.left_out["not calmer"] > 0


def test_a_nudge_moves_its_axis_alone(mooded):
    found = mooded.steering.steer(seed(mooded, "techno happy 3"), Steer(nudges=((Axis.TEMPO, -0.4),), limit=10))
    assert dict(found.reached)[Axis.TEMPO] < dict(found.start)[Axis.TEMPO] - 0.15
    assert Counter(map(genre_of, titles(found)))["techno"] >= 8
    assert found.label.endswith("but slower")


# ------------------------------------------------------------------------------------------------ what is left out


def test_seeds_copies_and_what_must_not_be_suggested_are_left_out(mooded):
    plain = mooded.steering.steer(seed(mooded), replace(CALM, limit=30))
    tracks = [pick.track for pick in plain.picks]
    mooded.listening.never([tracks[0]])
    mooded.listening.not_now([tracks[1]])
    found = mooded.steering.steer(seed(mooded), replace(CALM, limit=30))
    left = {pick.track.id for pick in found.picks}
    assert not left & {tracks[0].id, tracks[1].id, mooded.indexing.find("folk energetic 3").id}
    assert max(Counter(pick.track.artist for pick in found.picks).values()) <= 3


def test_the_genre_is_kept_if_asked(mooded):
    whole = mooded.steering.steer(seed(mooded), replace(CALM, limit=60, strength=1.0))
    kept = mooded.steering.steer(seed(mooded), replace(CALM, limit=60, strength=1.0, keep=("genre",)))
    assert len(set(map(genre_of, titles(whole)))) > 1
    assert set(map(genre_of, titles(kept))) == {"folk"}
    assert kept.ranking.left_out["another genre"] > 0


def test_what_cannot_be_kept_is_told(mooded):
    found = mooded.steering.steer(seed(mooded), replace(CALM, keep=("instrument",)))
    assert "knows no instruments" in found.sentence
    assert found.picks


# ------------------------------------------------------------------------------------------------ the claim


def test_where_nothing_is_calmer_that_is_told_and_the_nearest_are_shown(mooded):
    moods, snapshot = mooded.moods.current(), mooded.recommending._snapshots.current()
    calmest = snapshot.shelf.hashes[int(moods.axes[:, AXES.index(Axis.AROUSAL)].argmin())]
    track = snapshot.tracks[calmest]
    found = mooded.steering.steer(mooded.steering.seed_of([track], "this"), CALM)
    assert "This library has nothing calmer nearby." in found.sentence
    assert len(found.picks) == 10


def test_a_list_that_the_measures_gainsay_is_not_called_calmer(mooded):
    """The listener says that the lively ones are calm: the labels follow, the claim does not."""
    lively = [mooded.indexing.find(f"folk energetic {n}") for n in range(20) if n != 3]
    calm = [mooded.indexing.find(f"{genre} calm {n}") for genre in ("folk", "rock", "techno") for n in range(20)]
    mooded.moods.correct(lively, mood=Mood.CALM, axes={Axis.AROUSAL: 0.02})
    mooded.moods.correct(calm, mood=Mood.ENERGETIC, axes={Axis.AROUSAL: 0.98})
    at = mooded.steering.seed("folk sad 3")
    found = mooded.steering.steer(at, replace(CALM, strength=1.0))
    assert set(map(mood_of, titles(found))) == {"energetic"}
    assert found.holds is False
    assert "This library has nothing calmer nearby." in found.sentence


def test_of_a_list_that_was_asked_for_a_tempo_its_loudness_alone_is_judge(mooded):
    """Onsets and tempo had a part in the choice; and it is judged as calmer, however fast it shall be."""
    at, faster = seed(mooded, "techno energetic 3"), ((Axis.TEMPO, 0.3),)
    plain = mooded.steering.steer(at, CALM)
    for asked in (replace(CALM, nudges=faster), replace(CALM, nudges=((Axis.TEMPO, -0.3),), keep=("tempo",))):
        found = mooded.steering.steer(at, asked)
        assert found.judged_by == ("loudness",)
        assert found.holds is True
        assert verdict(found) == "loudness agrees"
    assert plain.judged_by == ("onsets", "loudness", "tempo")
    assert verdict(plain) == "onsets, loudness and tempo agree"
    assert mooded.steering.steer(at, Steer(nudges=faster)).holds is None, "nothing is claimed of a tempo"


def test_a_list_that_did_not_move_is_not_said_to_be_proved(mooded):
    found = mooded.steering.steer(seed(mooded, "techno energetic 3"), CALM)
    stayed = replace(found, reached=found.start)
    assert found.holds is True
    assert verdict(stayed) == ""
    assert verdict(replace(found, holds=False)) == "onsets, loudness and tempo do not agree"


def test_a_place_of_the_grid_that_asks_nothing_of_the_energy_claims_nothing_of_it(mooded):
    start = dict(mooded.steering.steer(seed(mooded), CALM).start)
    beside, above = (min(1.0, start[Axis.AROUSAL] + by) for by in (0.02, -0.3))
    assert mooded.steering.steer(seed(mooded), Steer(point=(0.9, beside), strength=1.0)).holds is None
    assert mooded.steering.steer(seed(mooded), Steer(point=(0.9, above), strength=1.0)).holds is not None


def test_what_is_not_nearby_is_said_in_whole_sentences():
    wishes = Wish(Axis.AROUSAL, False), Wish(Axis.VOCALNESS, True)
    assert nothing_nearby(wishes) == "This library has nothing calmer and with more vocals nearby."
    assert nothing_nearby(()) == ""


def test_a_mood_that_nobody_has_for_sure_is_told(mooded):
    for genre in ("folk", "rock", "techno"):
        tracks = [mooded.indexing.find(f"{genre} sad {n}") for n in range(20)]
        mooded.moods.correct(tracks, mood=Mood.CALM, axes={Axis.VALENCE: 0.5})
    found = mooded.steering.steer(seed(mooded), Steer(moods=((Mood.SAD, 1.0),), limit=5))
    assert "No track of this library is surely sad" in found.sentence
    assert len(found.picks) == 5
    with pytest.raises(NothingYet, match="surely sad"):
        mooded.steering.place("sad")


# ------------------------------------------------------------------------------------------------ what cannot be asked


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Steer(strength=1.2), "0 to 1"),
        (Steer(limit=0), "one track"),
        (Steer(point=(0.5, 1.5)), "grid"),
        (Steer(nudges=((Axis.TEMPO, -2.0),)), "100 points"),
        (Steer(keep=("colour",)), "colour"),
        (Steer(moods=((Mood.CALM, -1.0),)), "below 0"),
    ],
)
def test_what_cannot_be_asked_is_told(mooded, asked, told):
    with pytest.raises(BadRequest, match=told):
        mooded.steering.steer(seed(mooded), asked)


def test_seeds_that_are_not_there_are_told(mooded):
    with pytest.raises(NotFound, match="nobody"):
        seed(mooded, "artist:nobody")
    with pytest.raises(NotFound, match="nolist"):
        seed(mooded, "playlist:nolist")
    with pytest.raises(NotFound, match="guess"):
        mooded.steering.steer(seed(mooded), replace(CALM, method="guess"))
    with pytest.raises(NothingYet, match="none of this is analysed"):
        mooded.steering.steer(Seed("Like “new”", ("1:ffff",)), CALM)


def test_before_any_analysis_it_says_what_to_do(tmp_path):
    with open_desk(tmp_path / "data") as desk:
        for asked in (lambda: desk.steering.steer(Seed("Like it", ("1:0",)), CALM), lambda: desk.moods.current(),
                      lambda: desk.steering.keep(CALM)):  # fmt: skip
            with pytest.raises(NothingYet, match="musicdesk analyze"):
                asked()
        assert not desk.steering.wanting


def test_artists_and_playlists_are_seeds(mooded):
    band = seed(mooded, "artist:ROCK player 2")
    assert band.label == "Like ROCK player 2"
    assert len(band.sounds) == 8
    found = mooded.steering.steer(band, CALM)
    assert all(pick.track.artist != "rock player 2" for pick in found.picks)
    assert Counter(map(mood_of, titles(found)))["calm"] >= 7
    mooded.curating.save("evening", [mooded.indexing.find("folk sad 1"), mooded.indexing.find("folk sad 2")])
    assert seed(mooded, "playlist:Evening").label == "Like the playlist “evening”"


def test_an_encoder_that_is_switched_under_way_is_told(mooded):
    live = mooded.steering.live(seed(mooded))
    assert "Another encoder" not in live.at(CALM).sentence
    mooded.set(encoder="cnn")
    found = live.at(CALM)
    assert "Another encoder listens now" in found.sentence
    assert found.picks


# ------------------------------------------------------------------------------------------------ buttons and drags


def test_buttons_lead_where_there_is_room(mooded):
    at = seed(mooded)
    found = mooded.steering.offers(at)
    assert 4 <= len(found) <= 6
    assert len({offer.name for offer in found}) == len(found)
    assert "calmer" in {offer.name for offer in found}
    assert "more energetic" not in {offer.name for offer in found}, "it is already"
    assert all(0 < offer.room <= 1 for offer in found)
    calmer = next(offer for offer in found if offer.name == "calmer")
    assert mooded.steering.steer(at, calmer.steer).label.endswith("but calmer")


def test_a_drag_finds_what_a_question_finds(mooded):
    at = seed(mooded)
    live = mooded.steering.live(at)
    for asked in (CALM, Steer(point=(0.9, 0.6)), replace(CALM, keep=("genre",), strength=0.3)):
        dragged, once = live.at(asked), mooded.steering.steer(at, asked)
        assert dragged.ranking.hashes == once.ranking.hashes
        assert dragged.picks == once.picks
        assert dragged.label == once.label


def test_the_slider_begins_at_the_strength_that_is_measured(mooded):
    live = mooded.steering.live(seed(mooded))
    asked, start = replace(CALM, method="arithmetic"), live.start
    method, _ = live._chosen("arithmetic")
    wanted = steps.target_of(asked, start.source)
    measured, plain = (
        method.scores(start.vector[None], start.source[None], wanted[None], strength=strength)[0]
        for strength in (steps.USUAL, asked.strength)
    )
    scores = live.scores(asked)
    assert np.corrcoef(scores, measured)[0, 1] > 0.99999
    assert np.corrcoef(scores, plain)[0, 1] < 0.999


def test_the_plain_method_is_named_until_the_translator_has_learned(mooded):
    found = mooded.steering.steer(seed(mooded), CALM)
    assert found.method == methods.BEST_WITHOUT_TRAINING
    assert "steer learn" in found.sentence
    with pytest.raises(NothingYet, match="steer learn"):
        mooded.steering.steer(seed(mooded), replace(CALM, method="translator"))
