from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_meanings import HashedWords, library

from musicdesk.jobs import Job
from musicdesk.records import unit_rows
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.material import Material
from musicdesk.semantic.readings import CAPTIONS, METADATA, SOUND, WHOLE, read
from musicdesk.semantic.retrieval import recall_of_own, recall_of_pairs
from musicdesk.semantic.texts import Facts, metadata_sentence

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def made_up():
    return library()


class TestReadings:
    def test_each_text_is_read_once_and_known_by_its_column(self, made_up):
        material = replace(made_up[0], sentences=HashedWords())
        readings = read(material, count=2, job=Job())
        metadata = material.sentences.encode([metadata_sentence(material.facts[0])])
        np.testing.assert_allclose(readings.vectors[readings.texts[0, METADATA]], metadata[0], atol=1e-6)
        sound, whole = (readings.vectors[readings.texts[0, column]] for column in (SOUND, WHOLE))
        np.testing.assert_allclose(whole, unit_rows((metadata + sound)[:1])[0], atol=1e-5)
        assert readings.texts.shape == (240, CAPTIONS + 2)
        assert material.sentences.asked < 240 * 4, "the same sentences were read again"

    def test_texts_are_drawn_among_those_that_a_track_has(self):
        facts = [Facts("A"), Facts(heard=("sad",)), Facts(), Facts("B", heard=("calm",))]
        readings = read(Material.of(np.zeros((4, 2), np.float32), facts, HashedWords()), count=2, job=Job())
        rng = np.random.default_rng(0)
        drawn = np.stack([readings.drawn(np.arange(4), rng) for _ in range(200)])
        assert (drawn >= 0).all()
        for row in range(4):
            assert set(drawn[:, row].tolist()) == set(readings.texts[row].tolist()) - {-1}

    def test_what_no_table_of_words_holds_is_left_out(self):
        facts = [Facts("\ud800"), Facts("\0"), Facts("🎹")]
        readings = read(Material.of(np.zeros((3, 2), np.float32), facts, HashedWords()), count=1, job=Job())
        assert np.isfinite(readings.vectors).all()


class TestRetrieval:
    def test_recall_of_own(self):
        eye = np.eye(30, dtype=np.float32)
        assert recall_of_own(eye, eye, np.arange(30), top=1) == 1
        assert recall_of_own(eye, np.roll(eye, 1, axis=0), np.arange(30), top=1) == 0
        assert recall_of_own(eye[:0], eye[:0], np.arange(0)) == 0

    def test_recall_of_pairs_leaves_the_trigger_out(self):
        space = unit_rows(np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32))
        space[1] = space[0]
        pairs = PreferencePairs(np.array([0]), np.array([1]), np.ones(1, np.float32))
        assert recall_of_pairs(space, pairs, np.arange(50), top=1) == 1
        assert recall_of_pairs(space, pairs, np.array([0, 0, *range(2, 50)]), top=1) == 0
