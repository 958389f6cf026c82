from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_meanings import KINDS, SHORT, TINY, HashedWords, library, nearest, with_tastes

from musicdesk.encoders.nets.htcl_config import HtclConfig
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Cancelled, Job
from musicdesk.records.meaning import MEANING, PREFERENCE
from musicdesk.semantic.learning import learn, problem
from musicdesk.semantic.learning_config import LearningConfig, StageConfig
from musicdesk.semantic.material import Material
from musicdesk.semantic.readings import Readings
from musicdesk.semantic.texts import Facts

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def made_up():
    return library()


class TestLongWork:
    def test_every_epoch_is_told_with_its_stage(self, made_up):
        told = []
        learn(with_tastes(made_up, made_up[1]), config=SHORT, job=Job(), each=lambda *one: told.append(one))
        assert [(stage, len(losses)) for stage, losses in told] == [
            *((MEANING, n) for n in (1, 2, 3, 4)), *((PREFERENCE, n) for n in (1, 2, 3)),
        ]  # fmt: skip

    @pytest.mark.parametrize("stage", [MEANING, PREFERENCE])
    def test_cancelled_and_gone_on_with_it_is_the_same_to_the_bit(self, made_up, tmp_path, monkeypatch, stage):
        material, drawn = with_tastes(made_up, made_up[1]), []
        draw = Readings.drawn
        monkeypatch.setattr(Readings, "drawn", lambda *asked: drawn.append(1) or draw(*asked))
        whole = learn(material, config=SHORT, job=Job())
        at_once = len(drawn)
        job = Job()

        def stop(name, losses):
            if name == stage and len(losses) == 2:
                job.cancel()

        with pytest.raises(Cancelled):
            learn(material, config=SHORT, job=job, each=stop, checkpoint=tmp_path)
        drawn.clear()
        found = learn(material, config=SHORT, job=Job(), checkpoint=tmp_path)
        np.testing.assert_array_equal(found.joint, whole.joint)
        assert [s.losses for s in found.stages] == [s.losses for s in whole.stages]
        assert len(drawn) < at_once, "it began anew"

    def test_a_checkpoint_of_other_tracks_is_not_gone_on_from(self, made_up, tmp_path):
        learn(made_up[0], config=SHORT, job=Job(), checkpoint=tmp_path)
        other = library(seed=5)[0]
        found = learn(other, config=SHORT, job=Job(), checkpoint=tmp_path)
        np.testing.assert_array_equal(found.joint, learn(other, config=SHORT, job=Job()).joint)

    def test_cancelled_while_texts_are_read(self, made_up):
        job = Job()
        job.cancel()
        with pytest.raises(Cancelled):
            learn(made_up[0], config=SHORT, job=job)


class TestFromSpectrograms:
    def test_a_tower_on_mel_learns_in_chunks(self):
        material = library(80).material
        frames = np.repeat(material.sounds[:, None, :], 24, axis=1)
        tower = HtclConfig(
            source="mel", inputs=24, width=16, layers=1, attention_heads=2, inner=32, channels=16, place_kernel=3,
            place_groups=2, audio_head=(16,), text_head=(16,), fusion=(16,), joint=8, dropout=0.0,
        )  # fmt: skip
        config = LearningConfig(tower, StageConfig(6, 3e-3, 40), StageConfig(1, 1e-3, 40), captions=1, chunk=9)
        found = learn(replace(material, sounds=frames), config=config, job=Job())
        whole = learn(replace(material, sounds=frames), config=replace(config, chunk=0), job=Job())
        np.testing.assert_allclose(found.joint, whole.joint, atol=1e-3)
        assert min(found.stages[0].losses) < found.stages[0].losses[0]


class TestWhatCannotBe:
    def test_too_little_is_told_in_a_sentence(self):
        few = library(10)[0]
        assert "20 analysed tracks" in problem(few)
        with pytest.raises(NothingYet, match="there are 10"):
            learn(few, config=TINY, job=Job())
        assert "20 pairs" in problem(library(60)[0], config=replace(TINY, without_text=True))
        assert problem(library(60)[0]) == ""

    def test_sounds_that_do_not_fit_are_refused(self):
        with pytest.raises(BadRequest):
            Material.of(np.zeros((3, 4), np.float32), [Facts()] * 2, HashedWords())
        with pytest.raises(BadRequest):
            Material.of(np.full((2, 4), np.nan, np.float32), [Facts()] * 2, HashedWords())

    @pytest.mark.parametrize(
        "change", [{"captions": -1}, {"held": 1.0}, {"audio_text": -1.0}, {"without_text": True, "audio_audio": 0.0}]
    )
    def test_a_config_that_cannot_be_is_refused(self, change):
        with pytest.raises(BadRequest):
            replace(TINY, **change)
        with pytest.raises(BadRequest):
            StageConfig(0, 1e-3, 64)

    def test_tracks_of_which_nothing_is_known_do_no_harm(self):
        material, kind, *_ = library(200)
        facts = [replace(f, title="", artist="", album="", genres=(), heard=()) if i % 3 == 0 else f
                 for i, f in enumerate(material.facts)]  # fmt: skip
        found = learn(Material.of(material.sounds, facts, material.sentences), config=TINY, job=Job())
        hits = [(kind[nearest(found, word, material.sentences)] == number).mean() for number, word in enumerate(KINDS)]
        assert np.mean(hits) > 0.7

    def test_sounds_that_are_all_alike_are_no_number_trouble(self):
        material = library(60)[0]
        found = learn(replace(material, sounds=np.ones_like(material.sounds)), config=SHORT, job=Job())
        assert np.isfinite(found.joint).all()
