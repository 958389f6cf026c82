"""What every recommender promises; each implementation subclasses this with its name, and a config quick to train."""

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from recommend.two_crowds import N_ITEMS, WARM, TwoCrowds, two_crowds

from musicdesk.errors import BadRequest, ModelUnavailable, NothingYet
from musicdesk.jobs import Cancelled, Job
from musicdesk.recommend import registry
from musicdesk.recommend.base import Recommender, profiles
from musicdesk.recommend.log import History, Log

NOBODY = History.of(np.zeros(0, int))


class RecommenderContract:
    name: ClassVar[str]
    config: ClassVar[dict[str, Any]] = {}
    personal: ClassVar[bool] = True
    """Whether it tells listeners apart."""
    _fitted: ClassVar[dict[type, Recommender]] = {}

    def vectors_of(self, crowds: TwoCrowds) -> np.ndarray:
        """What stands for the sound; others may want class probabilities."""
        return crowds.vectors

    def make(self, **config: Any) -> Recommender:
        return registry.make(self.name, **{**self.config, **config})

    def fit(self, crowds: TwoCrowds, **config: Any) -> Recommender:
        method = self.make(**config)
        method.fit(crowds.log, self.vectors_of(crowds), job=Job())
        return method

    @pytest.fixture
    def crowds(self) -> TwoCrowds:
        return two_crowds()

    @pytest.fixture
    def method(self, crowds: TwoCrowds) -> Recommender:
        if type(self) not in self._fitted:
            self._fitted[type(self)] = self.fit(crowds)
        return self._fitted[type(self)]

    def scores(self, method: Recommender, *histories: History) -> np.ndarray:
        return method.scores(profiles(method, list(histories)))

    def test_it_is_what_the_registry_says(self, method: Recommender) -> None:
        assert method.spec == registry.spec(self.name)
        assert method.spec.name == self.name

    def test_the_own_kind_comes_first(self, method: Recommender, crowds: TwoCrowds) -> None:
        if not self.personal:
            pytest.skip("is the same for everyone")
        for kind in (0, 1):
            history = crowds.history(kind)
            scores = self.scores(method, history)[0]
            unheard = np.setdiff1d(np.flatnonzero(crowds.warm), history.items)
            best = unheard[np.argsort(-scores[unheard], kind="stable")][: WARM - len(history)]
            share = (crowds.kinds[best] == kind).mean()
            assert share >= 0.9, f"{share:.2f} of the best {len(best)} are of the own kind"

    def test_scores_are_finite_rows_one_for_each_profile(self, method: Recommender, crowds: TwoCrowds) -> None:
        scores = self.scores(method, crowds.history(0), crowds.history(1), NOBODY)
        assert scores.shape == (3, N_ITEMS)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()

    def test_a_profile_is_scored_the_same_alone_and_in_company(self, method: Recommender, crowds: TwoCrowds) -> None:
        together = self.scores(method, crowds.history(0), crowds.history(1))
        np.testing.assert_allclose(self.scores(method, crowds.history(1))[0], together[1], rtol=1e-4, atol=1e-5)

    def test_it_is_deterministic(self, method: Recommender, crowds: TwoCrowds) -> None:
        again = self.fit(crowds)
        np.testing.assert_array_equal(
            self.scores(again, crowds.history(0)), self.scores(method, crowds.history(0))
        )  # fmt: skip

    def test_saving_and_loading_keeps_the_scores(
        self, method: Recommender, crowds: TwoCrowds, tmp_path: Path
    ) -> None:  # fmt: skip
        method.save(tmp_path / "kept")
        loaded = registry.load(tmp_path / "kept")
        histories = crowds.history(0), crowds.history(1), NOBODY
        assert type(loaded) is type(method)
        np.testing.assert_array_equal(self.scores(loaded, *histories), self.scores(method, *histories))
        np.testing.assert_array_equal(loaded.servable, method.servable)

    def test_a_broken_folder_is_refused_with_a_sentence(self, method: Recommender, tmp_path: Path) -> None:
        with pytest.raises(ModelUnavailable):
            registry.load(tmp_path / "nothing")
        method.save(tmp_path)
        arrays, config = tmp_path / "arrays.safetensors", tmp_path / "config.json"
        whole, told = arrays.read_bytes(), config.read_text()
        arrays.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ModelUnavailable):
            registry.load(tmp_path)
        arrays.unlink()
        with pytest.raises(ModelUnavailable):
            registry.load(tmp_path)
        arrays.write_bytes(whole)
        changed = json.loads(told)
        for broken in ('{"kind": "musicdesk', "[]", json.dumps({**changed, "config": {"no such": 1}})):
            config.write_text(broken)
            with pytest.raises(ModelUnavailable):
                registry.load(tmp_path)

    def test_arrays_that_lack_are_refused_with_a_sentence(self, method: Recommender, tmp_path: Path) -> None:
        from safetensors.numpy import save_file

        method.save(tmp_path)
        save_file({"odd": np.zeros(3, np.float32)}, tmp_path / "arrays.safetensors")
        with pytest.raises(ModelUnavailable):
            registry.load(tmp_path)

    def test_what_was_heard_keeps_its_score(self, method: Recommender, crowds: TwoCrowds) -> None:
        history = crowds.history(0)
        scores = self.scores(method, history)[0]
        assert scores[history.items].max() > scores.min()

    def test_no_history_and_dislikes_alone_are_no_trouble(self, method: Recommender, crowds: TwoCrowds) -> None:
        disliked = History.of(crowds.of(0)[:3], np.full(3, -1.0))
        assert np.isfinite(self.scores(method, NOBODY, disliked)).all()

    def test_cold_items_are_served_where_the_spec_says_so(self, method: Recommender, crowds: TwoCrowds) -> None:
        assert method.servable.shape == (N_ITEMS,)
        assert method.servable.dtype == np.bool_
        assert method.servable[crowds.warm].all()
        assert (method.servable[~crowds.warm] == method.spec.serves_cold).all()

    def test_cold_items_of_the_own_kind_come_first(self, method: Recommender, crowds: TwoCrowds) -> None:
        scores = self.scores(method, crowds.history(0), crowds.history(1))
        if not method.spec.serves_cold:
            lowest = scores.min(axis=1, keepdims=True)
            assert (scores[:, ~crowds.warm] == lowest).all()
            return
        for kind, row in enumerate(scores):
            assert row[crowds.of(kind, warm=False)].mean() > row[crowds.of(1 - kind, warm=False)].mean()

    def test_an_item_without_a_vector_is_no_trouble(self, crowds: TwoCrowds) -> None:
        holes = np.array(self.vectors_of(crowds))
        unheard, heard = crowds.of(0, warm=False)[0], crowds.of(0)[0]
        holes[[unheard, heard]] = np.nan
        method = self.make()
        method.fit(crowds.log, holes, job=Job())
        scores = self.scores(method, History.of([heard]), crowds.history(0))
        assert np.isfinite(scores).all()
        assert not method.servable[unheard]
        assert (scores[:, unheard] == scores.min(axis=1)).all()

    def test_no_vectors_are_refused_where_they_are_needed(self, crowds: TwoCrowds) -> None:
        method = self.make()
        if not method.spec.needs_vectors:
            method.fit(crowds.log, None, job=Job())
            assert method.servable.any()
            return
        for vectors in (None, self.vectors_of(crowds)[:-1], np.full_like(self.vectors_of(crowds), np.nan)):
            with pytest.raises((BadRequest, NothingYet)):
                method.fit(crowds.log, vectors, job=Job())

    def test_a_single_listener_works_or_is_told_that_it_does_not(self, crowds: TwoCrowds) -> None:
        alone = crowds.log.only(crowds.log.users == 0)
        method = self.make()
        if method.spec.needs_others:
            with pytest.raises(NothingYet, match=r"choose|Import"):
                method.fit(alone, self.vectors_of(crowds), job=Job())
            return
        method.fit(alone, self.vectors_of(crowds), job=Job())
        assert np.isfinite(self.scores(method, alone.history(0))).all()

    def test_an_empty_log_works_or_is_told_that_it_does_not(self, crowds: TwoCrowds) -> None:
        empty = Log.of([], [], n_users=0, n_items=N_ITEMS)
        method = self.make()
        try:
            method.fit(empty, self.vectors_of(crowds), job=Job())
        except NothingYet:
            return
        assert np.isfinite(self.scores(method, NOBODY, crowds.history(0))).all()

    def test_it_stops_when_asked(self, crowds: TwoCrowds) -> None:
        job = Job()
        job.cancel()
        with pytest.raises(Cancelled):
            self.make().fit(crowds.log, self.vectors_of(crowds), job=job)

    def test_settings_that_cannot_be_right_are_refused(self) -> None:
        with pytest.raises(BadRequest):
            self.make(no_such_setting=1)
