"""Recommenders as sliders beside the prototypes: who advises when, how loudly, and why, end to end on real files."""

import numpy as np
import pytest
from several_listeners import FANS, hear
from three_kinds import EACH, kind_of, open_desk

from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import Query

EVERYTHING = Query(limit=24, include_known=True, max_per_artist=0, max_per_album=0)
HABITS, HISTORY, SOUND = "people's habits", "my history", "sounds like my taste"


def like(desk, *titles):
    desk.listening.like([desk.indexing.find(title) for title in titles])


def parts(desk):
    return [advisor.name for advisor in desk.recommending.taste().advisors]


def advisor(desk, name):
    found = desk.recommending.taste().advisor(name)
    assert found is not None, parts(desk)
    return found


def column(desk, name):
    """Title → how near this part finds the track, as a percentile."""
    ranking = desk.recommending.rank(EVERYTHING)
    place = ranking.parts.index(name)
    titles = desk.recommending.by_hash(ranking.hashes)
    return {titles[h].title: float(ranking.percentiles[i, place]) for i, h in enumerate(ranking.hashes)}


def mean_of(shares, kind):
    return np.mean([share for title, share in shares.items() if kind_of(title) == kind])


def status(desk, name):
    return next(s for s in desk.advising.statuses() if s.name == name)


# ------------------------------------------------------------------------------------------- who advises, and when


def test_while_nothing_is_known_the_list_is_the_prototypes_alone_to_the_bit(desk):
    assert desk.advising.choice == "blend"
    blended = desk.recommending.rank(EVERYTHING)
    assert parts(desk) == []
    desk.advising.choose("none")
    alone = desk.recommending.rank(EVERYTHING)
    assert blended.hashes == alone.hashes
    assert blended.parts == alone.parts
    assert np.array_equal(blended.scores, alone.scores)


def test_the_more_is_liked_the_more_advise_and_the_louder(desk):
    like(desk, "Bells 0", "Clicks 0")
    assert parts(desk) == []
    like(desk, "Bells 1")
    assert parts(desk) == [SOUND]
    first = advisor(desk, SOUND).gain
    assert 0 < first < 0.25
    like(desk, *(f"Bells {n}" for n in range(2, 8)), "Clicks 1", "Clicks 2")
    assert parts(desk) == [HISTORY, SOUND]
    assert first < advisor(desk, SOUND).gain < 0.5


def test_the_listening_of_others_speaks_of_peoples_habits_and_says_from_whom(desk, tmp_path):
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    hear(desk, tmp_path)
    assert parts(desk) == [HABITS, SOUND]
    assert advisor(desk, HABITS).knows.startswith("from 5 listeners and 87 plays of 16 of your tracks")
    shares = column(desk, HABITS)
    assert mean_of(shares, "Bells") > 0.6 > 0.4 > mean_of(shares, "Clicks")
    assert {shares[f"Noise {n}"] for n in range(EACH)} == {0.5}


def test_somebody_of_whom_nothing_is_known_hears_softly_what_most_people_like(desk, tmp_path):
    hear(desk, tmp_path)
    assert parts(desk) == [HABITS]
    assert 0 < advisor(desk, HABITS).gain < 0.2
    assert "nothing is known of you" in advisor(desk, HABITS).knows


def test_what_sounds_like_my_taste_is_of_the_kind_that_i_like(desk):
    like(desk, "Clicks 0", "Clicks 3", "Clicks 6")
    shares = column(desk, SOUND)
    best = sorted(shares, key=shares.__getitem__)[-EACH:]
    assert [kind_of(title) for title in best] == ["Clicks"] * EACH


def test_my_history_follows_the_latest(desk):
    desk.advising.choose("content-last")
    like(desk, *(f"Noise {n}" for n in range(8)))
    like(desk, *(f"Bells {n}" for n in range(8)))
    like(desk, "Clicks 0", "Clicks 1")
    shares = column(desk, HISTORY)
    assert mean_of(shares, "Bells") > mean_of(shares, "Noise")


def test_a_dislike_turns_the_advice_away(desk):
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    before = mean_of(column(desk, SOUND), "Noise")
    desk.listening.dislike([desk.indexing.find(f"Noise {n}") for n in range(6)])
    assert mean_of(column(desk, SOUND), "Noise") < before


@pytest.mark.parametrize("name", ["item-knn", "user-cf", "ease", "popularity"])
def test_every_recommender_that_goes_by_habits_can_be_chosen(desk, tmp_path, name):
    hear(desk, tmp_path)
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    assert desk.advising.choose(name).problem == ""
    assert [(a.id, a.name) for a in desk.recommending.taste().advisors] == [(name, HABITS)]
    shares = column(desk, HABITS)
    if name != "popularity":
        assert shares["Bells 5"] > shares["Clicks 5"]


@pytest.mark.parametrize("name", ["content-mean", "content-last", "comprehensive", "multicategory"])
def test_every_recommender_that_goes_by_the_sound_serves_one_listener_with_few_likes(desk, name):
    like(desk, "Bells 0", "Bells 3")
    chosen = desk.advising.choose(name)
    assert (chosen.problem, chosen.chosen) == ("", True)
    (only,) = desk.recommending.taste().advisors
    assert only.knows == "from 2 tracks that you liked or played; a first hint"
    shares = column(desk, only.name)
    assert mean_of(shares, "Bells") > 0.5


def test_one_that_has_nothing_to_go_by_says_so_and_leaves_the_list_as_it_is(desk):
    before = desk.recommending.rank(EVERYTHING)
    chosen = desk.advising.choose("ease")
    assert "musicdesk listens import" in chosen.problem
    assert parts(desk) == []
    assert np.array_equal(desk.recommending.rank(EVERYTHING).scores, before.scores)
    with pytest.raises(NothingYet, match="other people"):
        desk.advising.fit(Job(), "ease")
    assert "Like or play" in desk.advising.choose("content-mean").problem


def test_a_recommender_that_nobody_knows_is_told_with_those_there_are(desk):
    with pytest.raises(NotFound, match="blend, none, popularity"):
        desk.advising.choose("oracle")
    desk.set(recommender="of-the-future")
    assert desk.advising.choice == "blend"


def test_a_listener_who_is_removed_advises_no_longer(desk, tmp_path):
    hear(desk, tmp_path)
    assert parts(desk) == [HABITS]
    for name in FANS:
        desk.listeners.remove(name)
    assert parts(desk) == []


def test_what_others_hear_reaches_the_list_without_being_asked(desk, tmp_path):
    heard = []
    desk.events.taste_changed.listen(heard.append)
    hear(desk, tmp_path)
    assert heard


# ----------------------------------------------------------------------------------------------------- the sliders


@pytest.fixture
def advised(desk, tmp_path):
    """A desk at which two parts advise."""
    hear(desk, tmp_path)
    like(desk, "Bells 0", "Bells 1", "Bells 2", "Clicks 0", "Clicks 1")
    assert parts(desk) == [HABITS, SOUND]
    return desk


def test_the_parts_of_every_explanation_add_up_and_the_advice_is_among_them(advised):
    for track in advised.indexing.tracks():
        explanation = advised.recommending.explain(track)
        assert {HABITS, SOUND} <= {part.name for part in explanation.parts}
        assert sum(p.contribution for p in explanation.parts) == pytest.approx(explanation.score, abs=1e-5)
    pick = advised.recommending.picks(advised.recommending.rank(Query(limit=1)))[0]
    explained = {part.name: part.contribution for part in advised.recommending.explain(pick.track).parts}
    assert {part.name: part.contribution for part in pick.parts} == pytest.approx(explained, abs=1e-5)


@pytest.mark.parametrize("name", [HABITS, SOUND])
def test_a_slider_in_the_hand_ranks_as_the_same_slider_let_go(advised, name):
    live = advised.recommending.live(f"advisor:{name}", Query(limit=10))
    for gain in (-1.0, 0.0, 0.7, 2.0):
        held = live.move(gain)
        advised.recommending.set_gain(f"advisor:{name}", gain)
        let_go = advised.recommending.rank(Query(limit=10))
        assert held.hashes == let_go.hashes
        np.testing.assert_allclose(held.scores, let_go.scores, rtol=1e-5, atol=1e-5)


def test_a_prototypes_slider_ranks_as_before_beside_the_advice(advised):
    held_id = advised.recommending.taste().prototypes[0].id
    held = advised.recommending.live(held_id, Query(limit=10)).move(1.7)
    advised.recommending.set_gain(held_id, 1.7)
    assert held.hashes == advised.recommending.rank(Query(limit=10)).hashes


def test_turning_the_advice_up_brings_what_it_favours_and_turning_it_away_keeps_it_out(advised):
    desk = advised
    for prototype in desk.recommending.taste().prototypes:
        desk.recommending.set_gain(prototype.id, 0)
    desk.recommending.set_gain(HABITS, 0)
    desk.listening.like([desk.indexing.find("Clicks 0"), desk.indexing.find("Clicks 1")], on=False)
    places = []
    for gain in (-1.0, 0.0, 1.0, 2.0):
        desk.recommending.set_gain(SOUND, gain)
        for prototype in desk.recommending.taste().prototypes:
            desk.recommending.set_gain(prototype.id, 0)
        order = [kind_of(p.track.title) for p in desk.recommending.picks(desk.recommending.rank(EVERYTHING))]
        places.append(np.mean([i for i, kind in enumerate(order) if kind == "Bells"]))
    assert places[0] > 14 > 10 > places[2] == places[3]


def test_a_muted_part_counts_for_nothing_and_a_prototype_on_solo_silences_all(advised):
    advised.recommending.mute(HABITS)
    ranking = advised.recommending.rank(EVERYTHING)
    assert not ranking.contributions[:, ranking.parts.index(HABITS)].any()
    assert ranking.contributions[:, ranking.parts.index(SOUND)].any()
    advised.recommending.mute(HABITS, False)
    advised.recommending.solo(advised.recommending.taste().prototypes[0].id)
    ranking = advised.recommending.rank(EVERYTHING)
    assert not ranking.contributions[:, [ranking.parts.index(name) for name in (HABITS, SOUND)]].any()


def test_every_edit_of_the_advice_can_be_undone_and_redone(advised):
    recommending = advised.recommending
    first = recommending.taste()
    recommending.set_gain("advisor:" + HABITS, 1.5)
    last = recommending.mute(SOUND)
    labels = [recommending.undo(), recommending.undo()]
    assert labels == [f"mute {SOUND}", f"{HABITS} {first.advisor(HABITS).gain:.2f} → 1.50"]
    assert recommending.taste() == first
    assert [recommending.redo(), recommending.redo()] == labels[::-1]
    assert recommending.taste() == last


def test_a_gain_that_a_person_gave_stays_and_one_that_nobody_moved_follows(advised):
    before = advisor(advised, SOUND).gain
    advised.recommending.set_gain(HABITS, 1.25)
    like(advised, *(f"Bells {n}" for n in range(3, 8)))
    assert advisor(advised, HABITS).gain == 1.25
    assert advisor(advised, SOUND).gain > before
    advised.recommending.reset()
    assert advisor(advised, HABITS).gain == advisor(advised, HABITS).found != 1.25


def test_a_gain_belongs_to_the_part_whichever_recommender_speaks_for_it(advised):
    advised.recommending.set_gain(HABITS, 1.25)
    advised.recommending.mute(HABITS)
    advised.advising.choose("item-knn")
    found = advisor(advised, HABITS)
    assert (found.id, found.gain, found.muted) == ("item-knn", 1.25, True)


@pytest.mark.parametrize("gain", [-1.01, 2.5, float("nan")])
def test_a_gain_out_of_range_is_refused(advised, gain):
    with pytest.raises(BadRequest, match="gain"):
        advised.recommending.set_gain(HABITS, gain)
    with pytest.raises(BadRequest, match="gain"):
        advised.recommending.live(f"advisor:{HABITS}").move(gain)


def test_a_slider_that_is_gone_is_told(advised):
    with pytest.raises(NotFound, match="no longer advises"):
        advised.recommending.live(f"advisor:{HISTORY}")
    with pytest.raises(NotFound, match=HABITS):
        advised.recommending.set_gain("polka", 1)


def test_a_seed_and_the_recipe_know_of_the_advice(advised):
    seed = advised.indexing.find("Clicks 5").audio_hash
    ranking = advised.recommending.rank(Query(limit=6, seed=seed))
    assert ranking.parts[-3:-1] == (HABITS, SOUND)
    assert ranking.parts[-1].startswith("like")
    assert f"{HABITS} 0." in advised.recommending.recipe()


# ----------------------------------------------------------------------------------------- made, kept, found again


@pytest.fixture
def made(desk, tmp_path, monkeypatch):
    """A desk that has chosen a recommender which is not made at once."""
    monkeypatch.setattr("musicdesk.desk.advising.AT_ONCE", 0)
    hear(desk, tmp_path)
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    desk.advising.choose("item-knn")
    return desk


def test_one_that_is_trained_has_its_say(desk, tmp_path):
    hear(desk, tmp_path)
    like(desk, "Bells 0", "Bells 1", "Bells 2")
    desk.advising.choose("elsa")
    assert desk.advising.wanting == ("elsa",)
    desk.advising.fit(Job())
    shares = column(desk, HABITS)
    assert shares["Bells 5"] > shares["Clicks 5"]


def test_what_takes_long_advises_once_it_is_made_and_until_then_leaves_the_list_alone(made):
    assert made.advising.wanting == ("item-knn",)
    assert "not made yet: musicdesk recommenders fit" in advisor(made, HABITS).knows
    assert HABITS not in made.recommending.rank(EVERYTHING).parts
    with pytest.raises(NothingYet, match="does not advise yet"):
        made.recommending.live(f"advisor:{HABITS}")
    (told,) = made.advising.fit(Job())
    assert (told.name, told.made, told.stale, told.at_once) == ("item-knn", True, False, False)
    assert made.advising.wanting == ()
    shares = column(made, HABITS)
    assert shares["Bells 5"] > shares["Clicks 5"]


def test_it_is_kept_and_found_again(made, tmp_path):
    made.advising.fit(Job())
    before = made.recommending.rank(EVERYTHING)
    assert (tmp_path / "data" / "recommenders" / "item-knn" / "config.json").exists()
    made.close()
    with open_desk_again(tmp_path) as again:
        assert again.advising.wanting == ()
        after = again.recommending.rank(EVERYTHING)
        assert after.hashes == before.hashes
        np.testing.assert_allclose(after.scores, before.scores, rtol=1e-5)


def open_desk_again(tmp_path):
    settings = (tmp_path / "data" / "settings.toml").read_text()
    opened = open_desk(tmp_path / "data")  # writes settings of its own
    (tmp_path / "data" / "settings.toml").write_text(settings)
    opened.set(recommender="item-knn")
    return opened


@pytest.mark.parametrize("broken", ["arrays.safetensors", "made.json", "sounds.json", "config.json"])
def test_a_broken_one_counts_as_none_and_is_made_again(made, tmp_path, broken):
    made.advising.fit(Job())
    made.close()
    (tmp_path / "data" / "recommenders" / "item-knn" / broken).write_text('{"half a')
    with open_desk_again(tmp_path) as again:
        assert HABITS not in again.recommending.rank(EVERYTHING).parts
        assert again.advising.wanting == ("item-knn",)
        again.advising.fit(Job())
        assert HABITS in again.recommending.rank(EVERYTHING).parts


def test_it_is_to_be_made_anew_when_much_was_heard_since_and_advises_until_then(made, tmp_path, monkeypatch):
    made.advising.fit(Job())
    monkeypatch.setattr("musicdesk.desk.fitted.GREW_LEAST", 4)
    like(made, "Bells 3", "Bells 4", "Bells 5", "Bells 6")
    assert made.advising.wanting == ()
    like(made, "Bells 7")
    assert made.advising.wanting == ("item-knn",)
    assert status(made, "item-knn").stale
    assert "much was heard since" in advisor(made, HABITS).knows
    assert HABITS in made.recommending.rank(EVERYTHING).parts
    made.advising.fit(Job())
    assert made.advising.wanting == ()


def test_a_fit_that_is_stopped_leaves_what_there_was(made, tmp_path):
    made.advising.fit(Job())
    before = made.recommending.rank(EVERYTHING)
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        made.advising.fit(job)
    assert np.array_equal(made.recommending.rank(EVERYTHING).scores, before.scores)
    assert [path.name for path in (tmp_path / "data" / "recommenders").iterdir()] == ["item-knn"]


def test_one_who_only_reads_makes_it_for_themselves_and_keeps_nothing(made, tmp_path):
    assert made.claim()
    with open_desk_again(tmp_path) as second:
        assert not second.claim()
        second.advising.fit(Job())
        assert HABITS in second.recommending.rank(EVERYTHING).parts
    assert not (tmp_path / "data" / "recommenders").exists()


def test_nothing_is_made_where_nobody_advises(desk):
    with pytest.raises(NothingYet, match="like or play"):
        desk.advising.fit(Job())


def test_every_recommender_says_whether_it_can_be_chosen_and_what_it_knows(advised):
    statuses = {s.name: s for s in advised.advising.statuses()}
    assert list(statuses)[:3] == ["blend", "none", "popularity"]
    assert [name for name, s in statuses.items() if s.chosen] == ["blend"]
    assert not [name for name, s in statuses.items() if s.problem]
    assert HABITS in statuses["blend"].knows
    assert statuses["ease"].at_once
    assert not statuses["hybrid"].made
    assert all(s.what for s in statuses.values())


def test_before_anything_is_analysed_the_recommenders_are_there_and_say_what_is_lacking(tmp_path):
    with open_desk(tmp_path / "data") as empty:
        assert {s.name for s in empty.advising.statuses()} > {"blend", "ease"}
        assert "analyze" in status(empty, "ease").problem
        assert empty.advising.wanting == ()
        with pytest.raises(NothingYet):
            empty.advising.fit(Job())


def test_what_is_made_at_once_follows_every_change(desk, tmp_path):
    hear(desk, tmp_path)
    like(desk, "Noise 0", "Noise 1", "Noise 2")
    assert column(desk, HABITS)["Noise 5"] == 0.5
    hear(desk, tmp_path, {"emil": ["Noise 0", "Noise 1", "Noise 5"]})
    shares = column(desk, HABITS)
    assert shares["Noise 5"] > max(shares["Bells 5"], shares["Clicks 5"])


# ------------------------------------------------------------------------------------------------------- for several


@pytest.fixture
def several(desk, tmp_path):
    half = {name: titles[:4] for name, titles in FANS.items()}
    hear(desk, tmp_path, half)
    return desk


def test_everyone_of_a_group_gets_their_kind_and_the_list_says_whose_it_is(several):
    found = several.advising.group(["anna", "bert"], limit=4)
    whose = {name: [p.pick.track.title for p in found.picks if p.whose[0] == name] for name in ("anna", "bert")}
    assert {name: len(titles) for name, titles in whose.items()} == {"anna": 2, "bert": 2}
    assert {kind_of(title) for title in whose["anna"]} == {"Bells"}
    assert {kind_of(title) for title in whose["bert"]} == {"Clicks"}
    assert [(s.listener, s.picks) for s in found.shares] == [("anna", 2), ("bert", 2)]
    assert all(s.categories and s.knows == "from 12 plays of 4 tracks" for s in found.shares)
    assert all(p.category for p in found.picks)


def test_what_any_of_them_knows_is_left_out_unless_it_is_wanted(several):
    known = {f"{kind} {n}" for kind in ("Bells", "Clicks") for n in range(4)}
    found = several.advising.group(["anna", "bert"], limit=24)
    assert not known & {p.pick.track.title for p in found.picks}
    wanted = several.advising.group(["anna", "bert"], query=Query(limit=24, include_known=True))
    assert known < {p.pick.track.title for p in wanted.picks}


def test_the_person_here_is_one_of_the_group(several):
    like(several, "Noise 0", "Noise 1", "Noise 2")
    found = several.advising.group(["me", "Anna", "anna"], limit=4)
    assert [s.listener for s in found.shares] == ["me", "anna"]
    assert {kind_of(p.pick.track.title) for p in found.picks if p.whose[0] == "me"} == {"Noise"}


def test_a_group_keeps_to_the_caps(several):
    found = several.advising.group(["anna", "bert"], query=Query(limit=12, max_per_album=1))
    albums = [p.pick.track.album for p in found.picks]
    assert len(albums) == len(set(albums))


def test_a_group_that_cannot_be_is_told(several):
    with pytest.raises(NotFound, match="me, anna"):
        several.advising.group(["anna", "zoe"])
    with pytest.raises(BadRequest, match="one or more"):
        several.advising.group([])
    with pytest.raises(NothingYet, match="me liked or played"):
        several.advising.group(["me", "anna"])
