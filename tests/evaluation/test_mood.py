"""Steering measured on made-up sounds whose moods and genres are known."""

from dataclasses import replace

import numpy as np
import pytest
from moods_with_truth import made_up

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import mood, mood_figures, mood_report, mood_trial
from musicdesk.evaluation.mood_claims import claim_row
from musicdesk.evaluation.mood_metrics import PLACES, Draws
from musicdesk.evaluation.mood_trial import (
    ALL,
    ASKED,
    AT_USUAL,
    GIVEN,
    HEARD,
    HELD_OUT,
    STRENGTHS,
    VALIDATION,
    Entry,
    KeptLists,
    Lists,
    run,
    splits,
    whole_library,
)
from musicdesk.jobs import Job
from musicdesk.mood import claims, steps
from musicdesk.mood.translation import TranslatorConfig
from musicdesk.records import MOODS, UNCERTAIN, Mood, Steer

QUICK = ("nearest+labels", "filter", "arithmetic", "average-mood", "nearest", "random", "oracle-1", "oracle-100")


@pytest.fixture(scope="module")
def data():
    return made_up()


@pytest.fixture(scope="module")
def report(data):
    return mood.measure(data, mood.MoodPlan(methods=QUICK, seeds=1, parts=4), job=Job())


def rows(report, labels, searched):
    setting = next(s for s in report.settings if (s.labels, s.searched) == (labels, searched))
    return {row.name: row for row in setting.rows}


def test_every_artist_is_asked_once_and_never_learned_from_in_the_same_split(data):
    asked = []
    for split in splits(data, 0, 5):
        parts = [set(data.artists[rows].tolist()) for rows in (split.learned, split.validation, split.asked)]
        assert sum(map(len, parts)) == len(set.union(*parts))
        asked += split.asked.tolist()
    assert sorted(asked) == list(range(len(data)))


def test_moods_are_spread_evenly_over_the_parts(data):
    for split in splits(data, 1, 5):
        counts = np.bincount(data.truth[split.asked], minlength=len(MOODS))
        assert counts.min() >= counts.max() - 2


def test_a_sound_whose_mood_nobody_knows_is_neither_learned_from_nor_asked(data):
    feel = data.feel.copy()
    feel[:8] = np.nan
    for split in splits(replace(data, feel=feel), 0, 4):
        assert min(np.concatenate([split.learned, split.asked, split.validation])) >= 8


def test_lists_never_hold_the_seeds_artist_and_stay_within_what_is_searched(data):
    split = splits(data, 0, 4)[0]
    told = run(data, split, [Entry("nearest", "nearest")], labels=HEARD, kept=KeptLists(None), job=Job())["nearest"]
    for name, lists in told.items():
        assert not (data.artists[lists.found] == data.artists[lists.seeds][None, :, None]).any()
        if name != ALL:
            part = {HELD_OUT: split.asked, VALIDATION: split.validation}[name]
            assert np.isin(lists.found, part).all()


def test_oracles_are_always_in_the_mood_and_chance_is_chance(report):
    told = rows(report, GIVEN, ALL)
    assert told["oracle-1"].measures["mood_p@1"].mean == 1
    assert told["oracle-100"].measures["mood_p@1"].mean == 1
    assert told["random"].measures["mood_p@1"].mean == pytest.approx(report.chance.mood, abs=0.06)
    assert told["random"].measures["genre_p@1"].mean == pytest.approx(report.chance.genre, abs=0.06)
    assert report.chance.mood == pytest.approx(0.25, abs=0.01)
    assert report.chance.possible == 1


def test_without_steering_the_genre_stays_and_the_mood_too(report):
    told = rows(report, HEARD, ALL)["nearest"].measures
    assert told["genre_p@1"].mean > 0.9
    assert told["mood_p@1"].mean < 0.1


def test_what_steers_beats_what_forgets_the_seed(report):
    told = rows(report, HEARD, mood.LIBRARY)
    forgetful, steered = (told[name].full for name in ("average-mood", "arithmetic"))
    assert forgetful["mood_p@1"].mean > 0.9
    assert steered["mood_p@1"].mean > 0.9
    assert steered["combined"].mean > forgetful["combined"].mean


def test_the_dose_moves_the_mood_and_costs_likeness(report):
    setting = next(s for s in report.settings if s.searched == ALL)
    dose = next(d for d in setting.doses if d.name == "arithmetic")
    assert dose.spearman > 0.95
    assert dose.likeness[0] > dose.likeness[-1]


def test_the_first_track_differs_from_seed_to_seed_only_where_the_seed_counts(report):
    told = rows(report, HEARD, ALL)
    assert told["nearest"].distinct.mean > told["average-mood"].distinct.mean


def test_a_claim_is_right_where_the_measures_are(report):
    claim = next(c for c in report.settings[-1].claims if c.name == "filter")
    assert claim.right_where_claimed is not None
    assert claim.right_where_claimed.mean == 1
    assert claim.moved.mean > 0


def test_the_usual_strength_is_the_one_that_the_window_begins_with(data, report):
    assert report.usual == ASKED[AT_USUAL] == steps.eased(Steer().strength)
    split, entry = splits(data, 0, 4)[0], Entry("arithmetic", "arithmetic")
    told = [(split, run(data, split, [entry], labels=HEARD, kept=KeptLists(None), job=Job())[entry.name])]
    one = mood_figures.cases(data, entry, told, ALL)
    usual = mood_figures.row(one, Draws(one.artists, seed=0)).usual
    assert usual["likeness@10"].mean == pytest.approx(one.values[AT_USUAL, :, mood_figures.LIKENESS].mean())
    assert STRENGTHS[4] < ASKED[AT_USUAL] < STRENGTHS[5]
    likeness = one.values[[5, AT_USUAL, 4], :, mood_figures.LIKENESS].mean(axis=1)
    assert likeness[0] <= likeness[1] <= likeness[2]
    assert likeness[0] < likeness[2]
    assert len(mood_figures.dose(one).likeness) == len(STRENGTHS), "it is no step of the ladder"
    assert one.chosen.max() < AT_USUAL
    assert one.as_usual.strength == pytest.approx(ASKED[AT_USUAL])
    np.testing.assert_array_equal(one.as_usual.at_chosen, one.values[AT_USUAL])


def test_a_claim_is_of_the_lists_that_the_window_begins_with(data):
    """Lists that hold the liveliest of all at the usual strength, and the least lively at every other."""
    split = splits(data, 0, 4)[0]
    order = np.argsort(data.lively)
    found = np.repeat(order[None, None, :PLACES], len(ASKED), axis=0)
    found[AT_USUAL] = order[-PLACES:]
    place = next(row for row in order[len(order) // 2 :] if data.truth[row] != MOODS.index(Mood.ENERGETIC))
    lists = Lists(np.array([place]), np.array([MOODS.index(Mood.ENERGETIC)]), found)
    told = claim_row(data, "made up", [(split, {ALL: lists, VALIDATION: lists})], ALL, seed=0)
    assert told is not None
    assert (told.name, told.lists, told.claimed.mean) == ("made up", 1, 1)
    assert told.moved.mean > 0


def test_nobody_claims_anything_of_what_was_not_measured():
    told = mood.measure(made_up(lively=False), mood.MoodPlan(methods=("nearest",), seeds=1, labels=()), job=Job())
    assert told.settings[0].claims == ()
    assert [s.searched for s in told.settings] == [mood.LIBRARY]


def test_a_way_beside_itself_keeps_as_much(data):
    split = splits(data, 0, 4)[0]
    entry = Entry("arithmetic", "arithmetic")
    told = [(split, run(data, split, [entry], labels=GIVEN, kept=KeptLists(None), job=Job())[entry.name])]
    one = mood_figures.cases(data, entry, told, ALL)
    draws = Draws(one.artists, seed=0)
    same = mood_figures.equal_mood(one, one, draws, places=10)
    assert same.reached
    assert same.ratio.mean == pytest.approx(1)
    assert not mood_figures.against(one, one, draws).clear


def test_shuffled_moods_teach_nothing(data):
    split = splits(data, 0, 4)[0]
    entries = [Entry("arithmetic", "arithmetic"), Entry("shuffled", "arithmetic", shuffled=True)]
    told = run(data, split, entries, labels=GIVEN, kept=KeptLists(None), job=Job())
    taught, shuffled = (mood_figures.cases(data, e, [(split, told[e.name])], ALL) for e in entries)
    means = [c.values[mood_figures.FULL, :, mood_figures.MOOD_10].mean() for c in (taught, shuffled)]
    assert means[0] > 0.9
    assert means[1] < 0.6  # what is searched keeps its labels, and they have a say in the means


def test_lists_that_are_kept_are_not_made_again(data, tmp_path, monkeypatch):
    split, entry = splits(data, 0, 4)[0], Entry("filter", "filter")
    kept = KeptLists.of(tmp_path, data)
    first = run(data, split, [entry], labels=HEARD, kept=kept, job=Job())[entry.name]
    monkeypatch.setattr(mood_trial, "make", None)
    again = run(data, split, [entry], labels=HEARD, kept=kept, job=Job())[entry.name]
    assert first.keys() == again.keys()
    for name in first:
        np.testing.assert_array_equal(first[name].found, again[name].found)
    assert KeptLists.of(tmp_path, made_up(seed=1)).get(entry, split, HEARD) is None


def test_each_taught_way_and_each_of_its_ablations_stand_in_the_plan():
    entries = {entry.name: entry for entry in mood.MoodPlan(ablations=True).entries}
    for name, ending in (("translator", ""), ("translator+labels", " +labels")):
        assert {name, name + mood.SHUFFLED, f"cosine alone{ending}", f"triplet alone{ending}"} <= set(entries)
        alone = entries[f"relaxed cross-entropy alone{ending}"]
        assert (alone.method, alone.whole, alone.config.cosine, alone.config.triplet) == (name, name, 0, 0)
    configs = [entry.config for entry in mood_trial.ablations()]
    assert len(set(configs)) == len(configs)
    assert mood_trial.Entry("translator", "translator").config not in configs


def test_without_a_taught_way_nothing_is_switched_off():
    assert len(mood.MoodPlan(methods=("filter", "nearest"), ablations=True).entries) == 2


def test_an_ablation_is_told_beside_what_is_whole(monkeypatch):
    monkeypatch.setattr(mood_trial, "ablations", None)
    monkeypatch.setattr(
        mood, "ablations", lambda name: (Entry("no steps", name, "ablation", TranslatorConfig(epochs=1), whole=name),)
    )
    plan = mood.MoodPlan(methods=("translator", "filter"), ablations=True, seeds=1, labels=())
    (setting,) = mood.measure(made_up(), plan, job=Job()).settings
    told = {row.name: row for row in setting.rows}
    assert set(told["translator"].against) == {"filter"}
    assert told["translator"].whole == ""
    for name in ("no steps", "translator" + mood.SHUFFLED):
        row = told[name]
        assert row.whole == "translator"
        assert row.against["translator"].measure.mean == pytest.approx(
            row.measures["combined"].mean - told["translator"].measures["combined"].mean
        )
        assert row.against_10["translator"].measure.mean < 0
        assert row.against_usual["translator"].measure.mean == pytest.approx(
            row.usual["combined"].mean - told["translator"].usual["combined"].mean
        )


def test_what_a_library_cannot_teach_is_left_out_and_said():
    data = made_up()
    few = replace(data, labels=np.where(np.arange(len(data)) < 80, data.labels, UNCERTAIN))
    found, lacking = mood._taught_here(few, mood.MoodPlan(methods=("translator",), ablations=True).entries)
    assert "sure moods alone" not in [entry.name for entry in found]
    assert "cosine alone" in [entry.name for entry in found]
    assert len(lacking) == 1
    assert "80 tracks is sure" in lacking[0]


def test_some_of_the_parts_can_be_asked_alone(data):
    plan = mood.MoodPlan(methods=("nearest", "filter"), seeds=2, parts=4, asked=1, labels=(HEARD,))
    held_out = mood.measure(data, plan, job=Job()).settings[0]
    cases = sum(3 * len(splits(data, seed, 4)[0].asked) for seed in range(2))
    assert held_out.cases == cases
    with pytest.raises(BadRequest, match="Of 4 parts"):
        mood.MoodPlan(parts=4, asked=5)


def test_unknown_ways_and_labels_are_sentences():
    with pytest.raises(NotFound, match="no way to steer called magic"):
        mood.MoodPlan(methods=("magic",))
    with pytest.raises(BadRequest, match="Labels are"):
        mood.MoodPlan(labels=("guessed",))
    with pytest.raises(BadRequest, match="3 parts"):
        mood.MoodPlan(parts=2)


def test_a_chart_is_drawn(report, tmp_path):
    mood_report.draw_chart(report, tmp_path / "mood.svg")
    assert b"Dose and response" in (tmp_path / "mood.svg").read_bytes() or (tmp_path / "mood.svg").stat().st_size > 9000


@pytest.mark.slow
def test_a_translator_that_is_taught_beats_the_average(data):
    data = made_up(artists=60)
    split, kept = whole_library(data, 0), KeptLists(None)
    entries = [Entry("translator", "translator"), Entry("average-mood", "average-mood"),
               Entry("shuffled", "translator", shuffled=True)]  # fmt: skip
    told = run(data, split, entries, labels=HEARD, kept=kept, job=Job())
    found = [mood_figures.cases(data, e, [(split, told[e.name])], ALL) for e in entries]
    taught, average, shuffled = (mood_figures.row(one, Draws(one.artists, seed=0)) for one in found)
    assert taught.measures["combined"].mean > average.full["combined"].mean
    assert shuffled.full["mood_p@1"].mean < taught.full["mood_p@1"].mean


def test_whole_library_asks_everyone_and_learns_from_everyone(data):
    split = whole_library(data, 0)
    assert len(split.asked) == len(split.learned) == len(data)


def test_a_claim_needs_a_direction_and_measures():
    lively = np.array([0.5, 0.9, 0.8, 0.7, np.nan], np.float32)
    seed, picks = np.array([0]), np.array([1, 2, 3])
    assert claims.holds(lively, seeds=seed, picks=picks, direction=claims.LIVELIER) is True
    assert claims.holds(lively, seeds=seed, picks=picks, direction=claims.CALMER) is False
    assert claims.holds(lively, seeds=seed, picks=picks, direction=claims.UNTESTED) is None
    assert claims.holds(lively, seeds=np.array([4]), picks=picks, direction=claims.CALMER) is None
    assert claims.holds(lively, seeds=seed, picks=np.array([4, 4, 4]), direction=claims.CALMER) is None


def test_what_a_mix_of_moods_asks_of_the_arousal():
    asked = {mood: claims.direction_to(row) for mood, row in zip(MOODS, np.eye(4, dtype=np.float32), strict=True)}
    assert asked == {
        Mood.ENERGETIC: claims.LIVELIER, Mood.CALM: claims.CALMER, Mood.HAPPY: claims.UNTESTED,
        Mood.SAD: claims.UNTESTED,
    }  # fmt: skip
    assert UNCERTAIN < 0
