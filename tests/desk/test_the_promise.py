"""What the product promises, end to end on real files: like, slide, see the list change its character, see why."""

import numpy as np
import pytest
from three_kinds import kind_of

from musicdesk.desk.desk import Desk
from musicdesk.errors import BadRequest, NotFound
from musicdesk.records import Explanation, Query, Ranking


def kinds(desk: Desk, ranking: Ranking, count: int) -> list[str]:
    return [kind_of(p.track.title) for p in desk.recommending.picks(ranking, count)]


def like(desk: Desk, *titles: str) -> None:
    desk.listening.like([desk.indexing.find(title) for title in titles])


def test_every_file_that_was_found_is_analysed(desk):
    coverage = desk.indexing.coverage("handcrafted")
    assert (coverage.found, coverage.ok) == (24, 24)


def test_without_feedback_the_taste_is_the_library_itself(desk):
    taste = desk.recommending.taste()
    assert taste.liked == 0
    assert 3 <= len(taste.prototypes) <= 8
    assert len({p.name for p in taste.prototypes}) == len(taste.prototypes)
    assert all(p.exemplars for p in taste.prototypes)


def test_like_three_of_a_kind_and_the_top_picks_are_of_that_kind(desk):
    like(desk, "Clicks 0", "Clicks 3", "Clicks 6")
    ranking = desk.recommending.rank(Query(limit=5))
    assert kinds(desk, ranking, 5) == ["Clicks"] * 5


def test_liked_tracks_are_not_suggested_again_unless_asked(desk):
    like(desk, "Clicks 0", "Clicks 3", "Clicks 6")
    titles = {p.track.title for p in desk.recommending.picks(desk.recommending.rank(Query(limit=24)))}
    assert not titles & {"Clicks 0", "Clicks 3", "Clicks 6"}
    known = desk.recommending.rank(Query(limit=24, include_known=True))
    assert "Clicks 0" in {p.track.title for p in desk.recommending.picks(known)}


def two_kinds(desk: Desk) -> tuple[str, str]:
    """Like two kinds; the ids of the prototypes for Bells and for Clicks."""
    like(desk, "Bells 0", "Bells 2", "Bells 4", "Bells 6", "Clicks 0", "Clicks 2", "Clicks 4", "Clicks 6")
    taste = desk.recommending.taste()
    tracks = desk.recommending.by_hash({p.exemplars[0] for p in taste.prototypes})
    by_kind = {kind_of(tracks[p.exemplars[0]].title): p.id for p in taste.prototypes}
    assert {"Bells", "Clicks"} <= set(by_kind)
    return by_kind["Bells"], by_kind["Clicks"]


def test_turning_one_slider_down_and_another_up_crosses_the_list_over_monotonically(desk):
    _, clicks = two_kinds(desk)
    desk.recommending.set_variety(0)
    shares = []
    for gain in np.linspace(0, 1.5, 7):
        for prototype in desk.recommending.taste().prototypes:
            desk.recommending.set_gain(prototype.id, gain if prototype.id == clicks else 1.5 - gain)
        shares.append(kinds(desk, desk.recommending.rank(Query(limit=4)), 4).count("Clicks"))
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 4


def test_a_slider_in_the_hand_ranks_as_the_same_slider_let_go(desk):
    bells, _ = two_kinds(desk)
    live = desk.recommending.live(bells, Query(limit=10))
    for gain in (-1.0, 0.0, 0.7, 2.0):
        held = live.move(gain)
        desk.recommending.set_gain(bells, gain)
        let_go = desk.recommending.rank(Query(limit=10))
        assert held.hashes == let_go.hashes
        np.testing.assert_allclose(held.scores, let_go.scores, rtol=1e-5, atol=1e-5)


def test_a_dislike_turns_the_list_away_and_leaves_its_mark_on_the_panel(desk):
    before = [p.track.title for p in desk.recommending.picks(desk.recommending.rank(Query(limit=24)))]
    desk.listening.dislike([desk.indexing.find("Noise 1"), desk.indexing.find("Noise 5")])
    after = [p.track.title for p in desk.recommending.picks(desk.recommending.rank(Query(limit=24)))]
    assert not {"Noise 1", "Noise 5"} & set(after)
    assert any(p.name.startswith("not: ") and p.gain < 0 for p in desk.recommending.taste().prototypes)

    def mean_place(titles: list[str]) -> float:
        return float(np.mean([i for i, title in enumerate(titles) if title.startswith("Noise")]))

    assert mean_place(after) > mean_place([t for t in before if t not in {"Noise 1", "Noise 5"}])


def test_the_parts_of_every_explanation_add_up_to_the_score(desk):
    two_kinds(desk)
    for track in desk.indexing.tracks():
        explanation = desk.recommending.explain(track)
        assert sum(p.contribution for p in explanation.parts) == pytest.approx(explanation.score, abs=1e-5)
        assert 1 <= explanation.rank <= explanation.of == 24


def test_muting_a_prototype_never_raises_the_tracks_that_it_supports_most(desk):
    two_kinds(desk)
    tracks = desk.indexing.tracks()
    for prototype in desk.recommending.taste().prototypes:
        before = {t.audio_hash: desk.recommending.explain(t) for t in tracks}
        given = {h: support(found, prototype.name) for h, found in before.items()}
        most = [h for h, share in given.items() if share > 0 and share == max(given.values())]
        desk.recommending.mute(prototype.id)
        after = {t.audio_hash: desk.recommending.explain(t) for t in tracks}
        desk.recommending.undo()
        assert all(after[h].rank >= before[h].rank for h in most)
        assert all(after[h].score <= before[h].score for h, share in given.items() if share > 0)


def support(explanation: Explanation, name: str) -> float:
    """What one prototype gives to a score."""
    return sum(part.contribution for part in explanation.parts if part.name == name)


def test_with_everything_muted_the_list_is_still_defined(desk):
    two_kinds(desk)
    taste = desk.recommending.taste()
    for part in (*(p.id for p in taste.prototypes), *(a.name for a in taste.advisors)):
        desk.recommending.mute(part)
    ranking = desk.recommending.rank(Query(limit=24, include_known=True))
    assert len(set(ranking.hashes)) == len(ranking) > 0
    assert not ranking.scores.any()
    assert ranking.hashes == desk.recommending.rank(Query(limit=24, include_known=True)).hashes


def test_a_pick_says_the_same_as_its_explanation(desk):
    two_kinds(desk)
    pick = desk.recommending.picks(desk.recommending.rank(Query(limit=3)))[0]
    explanation = desk.recommending.explain(pick.track)
    assert explanation.score == pytest.approx(pick.score, abs=1e-5)
    assert {p.name: pytest.approx(p.contribution, abs=1e-5) for p in explanation.parts} == {
        p.name: p.contribution for p in pick.parts
    }


def test_an_explanation_names_what_keeps_a_track_out(desk):
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    assert desk.recommending.explain(desk.indexing.find("Bells 0")).left_out


def test_similar_tracks_are_of_the_same_kind(desk):
    for kind in ("Bells", "Noise", "Clicks"):
        track = desk.indexing.find(f"{kind} 3")
        ranking = desk.recommending.similar(track, limit=4)
        assert track.audio_hash not in ranking.hashes
        assert kinds(desk, ranking, 4) == [kind] * 4


def test_a_seed_draws_the_list_towards_itself(desk):
    bells, _ = two_kinds(desk)
    seed = desk.indexing.find("Clicks 5").audio_hash
    desk.recommending.set_gain(bells, 2.0)
    without = kinds(desk, desk.recommending.rank(Query(limit=6)), 6).count("Clicks")
    seeded = kinds(desk, desk.recommending.rank(Query(limit=6, seed=seed)), 6).count("Clicks")
    assert seeded > without


def test_an_artist_can_be_left_out(desk):
    like(desk, "Clicks 0", "Clicks 3", "Clicks 6")
    ranking = desk.recommending.rank(Query(limit=24, not_artists=("clicks player 4",)))
    assert "Clicks 4" not in {p.track.title for p in desk.recommending.picks(ranking)}
    assert sum(ranking.left_out.values()) + ranking.considered >= 24


def test_the_radar_follows_the_list(desk):
    bells, clicks = two_kinds(desk)
    desk.recommending.solo(bells)
    one = desk.recommending.radar(desk.recommending.rank(Query(limit=4)))
    desk.recommending.solo(bells, False)
    desk.recommending.solo(clicks)
    other = desk.recommending.radar(desk.recommending.rank(Query(limit=4)))
    assert one.axes == other.axes
    assert 3 <= len(one.axes) <= 8
    assert one.taste != other.taste
    assert all(0 <= value <= 1 for value in (*one.taste, *other.taste))


# ---------------------------------------------------------------------------------------------- undo


def test_every_edit_of_the_taste_can_be_undone_and_redone(desk):
    recommending = desk.recommending
    first = recommending.taste()
    p = first.prototypes[0]
    recommending.set_gain(p.id, 1.75)
    recommending.mute(p.id)
    recommending.lock(p.id)
    recommending.rename(p.id, "mine")
    last = recommending.set_variety(0.9)
    labels = [recommending.undo() for _ in range(5)]
    assert recommending.taste() == first
    assert labels[-1] == f"{p.name} 1.00 → 1.75"
    assert recommending.undo() == ""
    assert [recommending.redo() for _ in range(5)] == labels[::-1]
    assert recommending.taste() == last


def test_undo_returns_the_exact_list(desk):
    bells, clicks = two_kinds(desk)
    before = desk.recommending.rank(Query(limit=24))
    steps = desk.recommending.history()
    desk.shaping.split(bells)
    desk.recommending.set_gain(clicks, -1)
    desk.shaping.add(tracks=[desk.indexing.find("Noise 3")], name="hiss")
    desk.shaping.remove("hiss")
    assert desk.recommending.rank(Query(limit=24)).hashes != before.hashes
    for _ in range(4):
        desk.recommending.undo()
    after = desk.recommending.rank(Query(limit=24))
    assert desk.recommending.history().undo == steps.undo
    assert after.hashes == before.hashes
    assert np.array_equal(after.scores, before.scores)


def test_a_like_is_undone_together_with_the_taste_it_made(desk):
    before = desk.recommending.taste()
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    assert desk.recommending.taste().liked == 3
    assert desk.recommending.undo() == "like 3 tracks"
    assert desk.recommending.taste() == before
    assert not any(said.liked for said in desk.listening.feedback().values())
    desk.recommending.redo()
    assert desk.recommending.taste().liked == 3


def test_gains_and_locks_survive_a_new_like(desk):
    two_kinds(desk)
    taste = desk.recommending.taste()
    kept = taste.prototypes[0]
    desk.recommending.set_gain(kept.id, 1.5)
    desk.recommending.lock(kept.id)
    like(desk, "Noise 2")
    found = desk.recommending.taste().prototype(kept.id)
    assert found is not None
    assert (found.gain, found.locked, found.name) == (1.5, True, kept.name)
    assert np.array_equal(found.vector, kept.vector)


def test_reset_brings_all_gains_back_but_keeps_what_is_locked(desk):
    first, second, *_ = desk.recommending.taste().prototypes
    desk.recommending.set_gain(first.id, 1.9)
    desk.recommending.lock(first.id)
    desk.recommending.set_gain(second.id, 0.1)
    taste = desk.recommending.reset()
    assert taste.prototype(first.id).gain == 1.9
    assert {p.gain for p in taste.prototypes if p.id != first.id} == {1.0}


@pytest.mark.parametrize("gain", [-1.01, 2.5, float("nan")])
def test_a_gain_out_of_range_is_refused(desk, gain):
    with pytest.raises(BadRequest, match="gain"):
        desk.recommending.set_gain("1", gain)


def test_an_unknown_prototype_is_told_with_the_names_there_are(desk):
    with pytest.raises(NotFound, match=desk.recommending.taste().prototypes[0].name):
        desk.recommending.set_gain("polka", 1)
