"""The prototypical network: attention that means something, scores that are linear in the gains, cold sounds served."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from made_up_tags import KINDS, tagged, unit

from musicdesk.errors import BadRequest, ModelUnavailable, NothingYet
from musicdesk.jobs import Cancelled, Job
from musicdesk.learning import Checkpoint, luck
from musicdesk.prototypes import training
from musicdesk.prototypes.network import Network
from musicdesk.prototypes.trained import DEEP, PROTOTYPES, SONGS, NetworkConfig, Trained

SMALL = NetworkConfig(width=16, heads=2, head_width=8, columns=100, epochs=8, patience=8)


@pytest.fixture(scope="module")
def known():
    return tagged()


def taught(known, **changes):
    config = replace(SMALL, **changes)
    return training.fit(known.matrix, known.sounds, known.prototypes, known.tags, config=config, job=Job())


@pytest.fixture(scope="module")
def trained(known):
    return taught(known)


def history(known, kind, count=6):
    return known.of(kind, known.warm)[:count]


def test_a_sound_listens_most_to_the_prototype_of_its_kind(known, trained):
    attention = trained.attention(known.sounds, known.prototypes)
    assert attention.shape == (len(known.sounds), KINDS)
    assert np.allclose(attention.sum(axis=1), 1, atol=1e-5)
    assert (attention.argmax(axis=1) == known.kind).mean() > 0.8


@pytest.mark.parametrize("kind", range(KINDS))
def test_the_profile_tells_what_was_heard(known, trained, kind):
    profile = trained.profile(known.sounds[history(known, kind)], known.prototypes)
    assert profile.sum() == pytest.approx(1, abs=1e-5)
    assert profile.argmax() == kind


def test_who_likes_nothing_is_believed_to_like_all_evenly(known, trained):
    assert trained.profile(known.sounds[:0], known.prototypes).tolist() == pytest.approx([1 / 3] * 3)


def test_weights_make_the_profile_lean(known, trained):
    rows = np.array([known.of(0, known.warm)[0], known.of(1, known.warm)[0]])
    lean = trained.profile(known.sounds[rows], known.prototypes, np.array([9.0, 1.0], np.float32))
    assert lean[0] > lean[1]


@pytest.mark.parametrize("changes", [{}, {"values": PROTOTYPES}, {"values": SONGS}, {"tied": False}])
def test_gains_times_columns_are_the_networks_own_scores(known, changes):
    trained = taught(known, epochs=2, **changes)
    rows = history(known, 0)
    row = known.matrix[:1].copy() * 0
    row = row.tolil()
    row[0, rows] = 1
    told = trained.scores(row.tocsr(), known.sounds, known.prototypes)[0]
    everything = np.arange(len(known.sounds))
    columns = trained.columns(
        known.sounds, known.prototypes, known.sounds[rows], rows=everything, history_rows=rows
    )  # fmt: skip
    gains = KINDS * trained.profile(known.sounds[rows], known.prototypes, rows=rows)
    assert columns.shape == (KINDS, len(known.sounds))
    assert np.allclose(gains @ columns + trained.well_known(everything), told, atol=1e-4)


def test_scores_are_linear_in_the_gains(known, trained):
    columns = trained.columns(known.sounds, known.prototypes, known.sounds[history(known, 1)])
    one, other = np.array([1, 0, 0.5], np.float32), np.array([0, 2, -1], np.float32)
    assert np.allclose((one + other) @ columns, one @ columns + other @ columns, atol=1e-4)


def test_gates_do_in_a_crowd_what_gains_do_for_one(known, trained):
    rows, everything = history(known, 0), np.arange(len(known.sounds))
    row = known.matrix[:1].tolil() * 0
    row[0, rows] = 1
    gates = np.array([[0.0, 1.0, 2.0]], np.float32)
    told = trained.scores(row.tocsr(), known.sounds, known.prototypes, gates=gates)[0]
    columns = trained.columns(known.sounds, known.prototypes, known.sounds[rows], rows=everything, history_rows=rows)
    gains = gates[0] * KINDS * trained.profile(known.sounds[rows], known.prototypes, rows=rows)
    assert np.allclose(gains @ columns + trained.well_known(everything), told, atol=1e-4)


@pytest.mark.parametrize("kind", range(KINDS))
def test_what_nobody_heard_is_found_by_its_sound(known, trained, kind):
    liked = known.sounds[history(known, kind)]
    gains = KINDS * trained.profile(liked, known.prototypes)
    scores = gains @ trained.columns(known.sounds[known.cold], known.prototypes, liked)
    best = known.cold[np.argsort(-scores)[:4]]
    assert (known.kind[best] == kind).mean() >= 0.75


def test_a_prototype_that_was_made_by_hand_works_at_once(known, trained):
    made = unit(known.sounds[known.of(2, known.warm)[:3]].sum(axis=0, keepdims=True))
    columns = trained.columns(known.sounds, np.concatenate([known.prototypes[:2], made]))
    assert known.kind[np.argsort(-columns[2])[:10]].tolist().count(2) >= 8


def test_numpy_says_what_torch_says(known):
    for values, head in (("both", "linear"), (SONGS, "linear"), ("both", DEEP)):
        config = replace(SMALL, values=values, head=head)
        with luck(3):
            network = Network(known.sounds, known.prototypes, config=config)
            network.bias.data.normal_()
        rows = known.matrix[:5]
        heard = np.unique(rows.indices)
        shares = rows[:, heard].toarray()
        shares /= shares.sum(axis=1, keepdims=True)
        everything = torch.arange(len(known.sounds))
        with torch.inference_mode():
            told = network(torch.from_numpy(shares), torch.from_numpy(heard.astype(np.int64)), everything)
        served = network.trained(np.ones(len(known.sounds), np.float32))
        assert np.allclose(served.scores(rows, known.sounds, known.prototypes), told.scores.numpy(), atol=1e-3)


def test_the_same_seed_gives_the_same_network(known):
    one, other = taught(known, epochs=2), taught(known, epochs=2)
    assert np.array_equal(one.sound, other.sound)
    assert not np.array_equal(one.sound, taught(known, epochs=2, seed=1).sound)


def test_calibration_makes_the_profile_agree_with_the_tags(known):
    def divergence(trained):
        listening = trained.attention(known.sounds, known.prototypes, np.arange(len(known.sounds)))
        return -np.log(listening[np.arange(len(known.kind)), known.kind]).mean()

    assert divergence(taught(known, calibration=2.0)) < divergence(taught(known, calibration=0.0))


def test_separability_keeps_prototypes_apart_that_lie_together():
    known = tagged()
    near = unit(np.eye(KINDS, 8) + 1.0)

    def crowding(weight):
        config = replace(SMALL, separability=weight, calibration=0.0, margin=0.0)
        found = training.fit(known.matrix, known.sounds, near, config=config, job=Job())
        keys = unit(found.vectors(near) @ found.query)
        return float((keys @ keys.T)[np.triu_indices(KINDS, 1)].mean())

    assert crowding(5.0) < crowding(0.0)


def test_what_nobody_heard_has_no_part_of_its_own(known, trained):
    assert not trained.own[known.cold].any()
    assert not trained.bias[known.cold].any()
    assert trained.own[known.warm].any(axis=1).all()
    assert trained.well_known(np.array([-1])).tolist() == [0]
    assert len(taught(known, own=False, epochs=1).own) == 0


def test_unknown_tags_are_left_out(known):
    tags = known.tags.copy()
    tags[::2] = np.nan
    found = training.fit(known.matrix, known.sounds, known.prototypes, tags, config=SMALL, job=Job())
    assert np.isfinite(found.sound).all()


# ------------------------------------------------------------------------------------------------ on the disk


def test_what_was_saved_is_loaded_to_the_bit(known, trained, tmp_path):
    trained.save(tmp_path / "network")
    again = Trained.load(tmp_path / "network")
    assert again.config == trained.config
    one, other = (t.columns(known.sounds, known.prototypes, known.sounds[:5]) for t in (trained, again))
    assert np.array_equal(one, other)


def test_a_broken_network_is_told(trained, tmp_path):
    folder = tmp_path / "network"
    with pytest.raises(ModelUnavailable):
        Trained.load(folder)
    replace(trained, own=trained.own[:3]).save(folder)
    with pytest.raises(ModelUnavailable, match="taste learn"):
        Trained.load(folder)
    replace(trained, query=trained.query * np.nan).save(folder)
    with pytest.raises(ModelUnavailable):
        Trained.load(folder)
    trained.save(folder)
    told = json.loads((folder / "config.json").read_text())
    told["config"]["width"] = 17
    (folder / "config.json").write_text(json.dumps(told))
    with pytest.raises(ModelUnavailable):
        Trained.load(folder)


# ------------------------------------------------------------------------------------------------ what cannot be


def test_sounds_and_prototypes_of_another_space_are_refused(known, trained):
    with pytest.raises(BadRequest, match="8 numbers"):
        trained.columns(known.sounds[:, :5], known.prototypes)
    with pytest.raises(BadRequest):
        trained.attention(known.sounds, known.prototypes[:0])
    with pytest.raises(BadRequest, match="one weight"):
        trained.profile(known.sounds[:3], known.prototypes, np.ones(2, np.float32))


@pytest.mark.parametrize("change", [
    {"values": "all"}, {"head": "tall"}, {"width": 0}, {"calibration": -1.0}, {"hidden": 1.0}, {"forgotten": 1.0},
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(change):
    with pytest.raises(BadRequest):
        NetworkConfig(**change)


def test_a_training_that_cannot_be_is_refused(known):
    def fit(**changes):
        told = {"matrix": known.matrix, "sounds": known.sounds, "prototypes": known.prototypes, "tags": known.tags}
        told.update(changes)
        rest = [told[name] for name in ("sounds", "prototypes", "tags")]
        return training.fit(told["matrix"], *rest, config=SMALL, job=Job())

    with pytest.raises(NothingYet, match="two tracks"):
        fit(matrix=known.matrix * 0)
    with pytest.raises(BadRequest, match="items"):
        fit(sounds=known.sounds[:4])
    with pytest.raises(BadRequest, match="same space"):
        fit(prototypes=known.prototypes[:, :3])
    with pytest.raises(BadRequest, match="column"):
        fit(tags=known.tags[:, :2])


def test_a_cancelled_training_stops(known):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        training.fit(known.matrix, known.sounds, known.prototypes, config=SMALL, job=job)


def test_a_training_that_was_stopped_goes_on_to_the_same_network(known, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "Checkpoint", partial(Checkpoint, every_s=0))
    config, path, epochs = replace(SMALL, epochs=4), tmp_path / "checkpoint", []
    told = training._Lessons.measured
    monkeypatch.setattr(training._Lessons, "measured", lambda *told_to: epochs.append(1) or told(*told_to))

    def fit(job=None, sounds=known.sounds, config=config):
        epochs.clear()
        return training.fit(known.matrix, sounds, known.prototypes, known.tags, config=config, job=job or Job(),
                            checkpoint=path)  # fmt: skip

    class Stopped(Job):
        def advance(self, count=1, *, text=None):
            if len(epochs) == 2:
                self.cancel()
            super().advance(count, text=text)

    whole = taught(known, epochs=4)
    with pytest.raises(Cancelled):
        fit(Stopped())
    made = path.read_bytes()
    resumed = fit()
    assert len(epochs) == 2
    assert all(np.array_equal(getattr(whole, name), getattr(resumed, name))
               for name in ("sound", "query", "key", "value", "scales", "own", "bias"))  # fmt: skip
    for other in ({"sounds": known.sounds[::-1].copy()}, {"config": replace(config, calibration=0.4)}):
        path.write_bytes(made)
        fit(**other)
        assert len(epochs) == 4, "another training begins anew"
