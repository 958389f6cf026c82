import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from made_up_mood_space import EYE, MOOD, asked, found, made_up

from musicdesk.errors import BadRequest, NotFound
from musicdesk.jobs import Job
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.methods import (
    BEST_WITHOUT_TRAINING,
    CONTROLS,
    ORACLES,
    TRAINED,
    WITH_LABELS,
    make,
    methods,
)
from musicdesk.mood.training import fit
from musicdesk.mood.translation import TranslatorConfig
from musicdesk.records import UNCERTAIN

STEADY = tuple(name for name in methods() if name not in {"random", "oracle-100"})
STEERING = tuple(name for name in STEADY if name not in ORACLES | CONTROLS)


@pytest.fixture(scope="module")
def library():
    return made_up()


@pytest.fixture(scope="module")
def translator(library):
    return fit(library[0], config=TranslatorConfig(epochs=10), job=Job())


@pytest.fixture(scope="module")
def made(library, translator):
    rng = np.random.default_rng(0)
    return {name: make(name, library[0], translator=translator, rng=rng) for name in methods()}


@pytest.fixture(scope="module")
def queries(library):
    return asked(library[0], np.arange(0, 480, 6))


class TestAll:
    @pytest.mark.parametrize("name", methods())
    def test_each_scores_every_sound_and_knows_its_name(self, made, library, queries, name):
        seeds, source, target = queries
        scores = made[name].scores(library[0].space[seeds], source, target)
        assert made[name].name == name
        assert scores.shape == (len(seeds), len(library[0]))
        assert np.isfinite(scores).all()

    @pytest.mark.parametrize("name", STEADY)
    @pytest.mark.parametrize("strength", [0.0, 0.35, 1.0])
    def test_a_drag_finds_what_a_query_finds(self, made, library, name, strength):
        catalogue, _ = library
        rng = np.random.default_rng(3)
        source = rng.dirichlet(np.ones(4)).astype(np.float32)
        live = made[name].live(catalogue.space[7], source)
        for target in (EYE[2], rng.dirichlet(np.ones(4)).astype(np.float32)):
            whole = made[name].scores(catalogue.space[7:8], source[None], target[None], strength=strength)[0]
            np.testing.assert_allclose(live.at(target, strength=strength), whole, atol=1e-5)

    @pytest.mark.parametrize("name", STEERING)
    def test_without_strength_nothing_is_steered(self, made, library, queries, name):
        seeds, source, target = queries
        space = library[0].space
        scores = made[name].scores(space[seeds], source, target, strength=0.0)
        np.testing.assert_allclose(scores, space[seeds] @ space.T, atol=1e-5)

    @pytest.mark.parametrize("name", STEERING)
    def test_the_mood_is_met_more_often_than_without_steering(self, made, library, queries, name):
        met = {way: self.met(made[way], library[0], queries) for way in (name, "nearest")}
        assert met[name] > met["nearest"] + 0.2

    @pytest.mark.parametrize("name", STEERING)
    def test_the_more_strength_the_more_of_the_mood(self, made, library, queries, name):
        seeds, source, target = queries
        got = []
        for strength in (0.0, 0.25, 0.5, 0.75, 1.0):
            scores = made[name].scores(library[0].space[seeds], source, target, strength=strength)
            ten = np.argsort(-scores, axis=1)[:, :10]
            got.append((library[0].shares[ten] * target[:, None]).sum(axis=2).mean())
        assert all(np.diff(got) > -0.03)
        assert got[-1] > got[0] + 0.2

    def met(self, method, catalogue, queries):
        seeds, source, target = queries
        got = found(method.scores(catalogue.space[seeds], source, target), catalogue, seeds)
        return (catalogue.labels[got] == target.argmax(axis=1)).mean()


class TestEach:
    def test_the_filter_finds_no_other_label_at_full_strength(self, made, library, queries):
        seeds, source, target = queries
        scores = made["filter"].scores(library[0].space[seeds], source, target)
        ten = np.argsort(-scores, axis=1)[:, :10]
        assert (library[0].labels[ten] == target.argmax(axis=1)[:, None]).all()

    def test_the_filter_takes_the_nearest_of_the_label(self, made, library):
        catalogue, _ = library
        first = made["filter"].scores(catalogue.space[:1], EYE[:1], EYE[3:])[0].argmax()
        of_mood = np.flatnonzero(catalogue.labels == 3)
        assert first == of_mood[(catalogue.space[of_mood] @ catalogue.space[0]).argmax()]

    def test_the_average_forgets_the_seed_and_the_translator_does_not(self, made, library, queries):
        catalogue, kinds = library
        seeds, source, target = queries
        kept = {}
        for name in ("average-mood", "translator", "neighbourhood"):
            got = found(made[name].scores(catalogue.space[seeds], source, target), catalogue, seeds)
            kept[name] = (kinds[got] == kinds[seeds]).mean()
        assert kept["average-mood"] < 0.4
        assert min(kept["translator"], kept["neighbourhood"]) > 0.9

    def test_the_arithmetic_moves_the_coordinates_of_the_mood(self, made, library):
        catalogue, _ = library
        row = int(np.flatnonzero(catalogue.labels == 0)[0])
        moved = made["arithmetic"].moved(catalogue.space[row][None], EYE[:1], EYE[1:2])[0]
        assert moved[MOOD].argmax() == 1

    def test_the_oracle_goes_by_the_truth(self, library, queries):
        catalogue, _ = library
        wrong = replace(catalogue, labels=np.roll(catalogue.labels, 1))
        seeds, source, target = queries
        for name in ("oracle-1", "oracle-100"):
            got = found(make(name, wrong).scores(catalogue.space[seeds], source, target), catalogue, seeds)
            assert (catalogue.labels[got] == target.argmax(axis=1)).all()

    def test_the_oracle_of_many_finds_many(self, made, library):
        catalogue, _ = library
        seeds = np.repeat(catalogue.space[:1], 60, axis=0)
        got = made["oracle-100"].scores(seeds, EYE[[0] * 60], EYE[[1] * 60]).argmax(axis=1)
        assert len(np.unique(got)) > 20

    def test_a_mood_that_nothing_has_leaves_the_seed(self, library):
        labels = np.where(library[0].labels == 2, UNCERTAIN, library[0].labels)
        catalogue = replace(library[0], labels=labels)
        seed = catalogue.space[:1]
        for name in ("neighbourhood", "average-mood"):
            scores = make(name, catalogue).scores(seed, EYE[:1], EYE[2:3])
            assert np.isfinite(scores).all()
        assert make("neighbourhood", catalogue).scores(seed, EYE[:1], EYE[2:3])[0].argmax() == 0


class TestDoor:
    def test_what_serves_without_training_needs_none(self):
        assert BEST_WITHOUT_TRAINING in methods()
        assert BEST_WITHOUT_TRAINING not in TRAINED | ORACLES | CONTROLS
        assert set(methods()) > TRAINED | ORACLES | CONTROLS
        assert BEST_WITHOUT_TRAINING.endswith(WITH_LABELS)

    def test_unknown_names_and_missing_parts_are_said(self, library, translator):
        catalogue, _ = library
        with pytest.raises(NotFound, match="translator"):
            make("telepathy", catalogue)
        with pytest.raises(BadRequest, match="steer learn"):
            make("translator", catalogue)
        with pytest.raises(BadRequest, match="another encoder"):
            make("translator", Catalogue(catalogue.space[:, :20], *self.rest(catalogue)), translator=translator)
        with pytest.raises(BadRequest, match="oracle"):
            make("oracle-1", replace(catalogue, truth=None))

    def rest(self, catalogue):
        return catalogue.shares, catalogue.labels, catalogue.artists

    def test_seeds_of_another_space_are_refused(self, made):
        with pytest.raises(BadRequest):
            made["nearest"].scores(np.zeros((1, 3), np.float32), EYE[:1], EYE[:1])
        with pytest.raises(BadRequest):
            made["nearest"].live(np.zeros(24, np.float32), np.zeros(3, np.float32))

    @pytest.mark.parametrize("change", [
        {"labels": np.full(480, 4)}, {"labels": np.full(480, -2)}, {"shares": np.zeros((480, 3))},
        {"artists": np.zeros(3, int)}, {"space": np.full((480, 24), np.nan)}, {"truth": np.full(480, 9)},
    ])  # fmt: skip
    def test_a_catalogue_that_does_not_fit_is_refused(self, library, change):
        with pytest.raises(BadRequest):
            replace(library[0], **change)

    def test_unknown_artists_are_not_one(self, library):
        catalogue = replace(library[0], artists=np.where(np.arange(480) < 10, -1, 7))
        assert len(np.unique(catalogue.groups)) == 11

    def test_what_serves_needs_no_torch(self):
        rooms = "methods, steps, paths, translation, fewest"
        code = f"import sys; from musicdesk.mood import {rooms}; assert 'torch' not in sys.modules"
        assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
