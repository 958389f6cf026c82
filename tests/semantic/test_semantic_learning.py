from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_meanings import FEELINGS, KINDS, SHORT, TINY, HashedWords, library, nearest, tastes, with_tastes

from musicdesk.jobs import Job
from musicdesk.records import MOODS
from musicdesk.records.meaning import MEANING, PREFERENCE
from musicdesk.semantic.guard import TEXTS
from musicdesk.semantic.learning import learn
from musicdesk.semantic.learning_config import StageConfig
from musicdesk.semantic.lessons import placed, worded
from musicdesk.semantic.retrieval import recall_of_pairs

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def made_up():
    return library()


@pytest.fixture(scope="module")
def learned(made_up):
    return learn(made_up[0], config=TINY, job=Job())


class TestMeaning:
    def test_plain_words_find_the_sounds_that_they_name(self, learned, made_up):
        material, kind, feeling, _ = made_up
        for number, word in enumerate(KINDS):
            assert (kind[nearest(learned, f"{word} music", material.sentences)] == number).mean() > 0.8, word
        for number, word in enumerate(FEELINGS):
            assert (feeling[nearest(learned, word, material.sentences)] == number).mean() > 0.8, word

    def test_artists_that_were_never_heard_are_found_too(self, learned):
        other, kind, *_ = library(160, seed=1)
        found = placed(learned.network, other)
        for number, word in enumerate(KINDS):
            query = worded(learned.network, other.sentences.encode([word]))[0]
            assert (kind[np.argsort(-(found @ query))[:10]] == number).mean() > 0.8

    def test_the_report_tells_losses_and_recall(self, learned, made_up):
        (stage,) = learned.stages
        assert stage.name == MEANING
        assert len(stage.losses) <= TINY.meaning.epochs
        assert min(stage.losses) < 0.8 * stage.losses[0]
        assert stage.recall[1] > stage.recall[0]
        assert stage.rolled_back == ""

    def test_places_are_of_length_one_and_those_of_the_network(self, learned, made_up):
        assert learned.joint.shape == (240, 16)
        np.testing.assert_allclose(np.linalg.norm(learned.joint, axis=1), 1, rtol=1e-5)
        np.testing.assert_allclose(placed(learned.network, made_up[0]), learned.joint, atol=1e-5)
        assert not learned.network.training

    def test_the_same_seed_gives_the_same_weights_and_another_does_not(self, made_up):
        one, same = (learn(made_up[0], config=SHORT, job=Job()).joint for _ in range(2))
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, learn(made_up[0], config=replace(SHORT, seed=1), job=Job()).joint)

    def test_vectors_are_standardised_by_the_library(self, made_up):
        shifted = replace(made_up[0], sounds=1000 + 50 * made_up[0].sounds)
        near = learn(shifted, config=SHORT, job=Job())
        np.testing.assert_allclose(near.joint, learn(made_up[0], config=SHORT, job=Job()).joint, atol=0.05)

    def test_texts_without_meaning_teach_nothing(self, made_up):
        material, kind, *_ = made_up
        order = np.random.default_rng(0).permutation(len(material))
        false = replace(material, facts=tuple(material.facts[row] for row in order))
        learned = learn(false, config=TINY, job=Job())
        hits = [(kind[nearest(learned, word, material.sentences)] == k).mean() for k, word in enumerate(KINDS)]
        assert np.mean(hits) < 0.6


class TestPreference:
    def test_what_is_taken_together_comes_to_lie_together(self, made_up):
        config = replace(TINY, preference=StageConfig(20, 3e-3, 64), guarded=False)
        stage = learn(with_tastes(made_up, made_up.hidden), config=config, job=Job()).stages[1]
        assert stage.name == PREFERENCE
        assert stage.recall[1] > 1.25 * stage.recall[0]

    def test_it_stands_where_the_meaning_is_kept(self, made_up):
        stage = learn(with_tastes(made_up, made_up.kind), config=SHORT, job=Job()).stages[1]
        assert stage.rolled_back == ""
        assert [probe.name for probe in stage.probes] == ["genre", TEXTS]
        assert all(probe.before - probe.after <= 0.02 for probe in stage.probes)

    def test_few_choices_tell_of_many_by_what_lies_between_and_by_what_nobody_took(self, made_up):
        told = tastes(made_up.material, made_up.hidden, count=150)
        material, asked = replace(made_up.material, pairs=told), tastes(made_up.material, made_up.hidden, seed=1)
        few = replace(TINY, preference=StageConfig(15, 3e-3, 64), guarded=False, steps=1, others=0)
        found = [
            recall_of_pairs(learn(material, config=config, job=Job()).joint, asked, np.arange(len(material)))
            for config in (few, replace(few, steps=4, others=128))
        ]
        assert found[1] > 1.15 * found[0]

    def test_it_goes_a_part_of_the_way(self, made_up):
        material, config = with_tastes(made_up, made_up.kind), replace(SHORT, guarded=False)
        first = learn(made_up.material, config=config, job=Job()).network.state_dict()
        whole, half = (
            learn(material, config=replace(config, reaches=(reach,)), job=Job()).network.state_dict()
            for reach in (1.0, 0.5)
        )
        for name in ("audio_head.0.weight", "fusion_head.0.weight", "temperatures.sounds"):
            assert not torch.equal(first[name], whole[name])
            torch.testing.assert_close(half[name], (first[name] + whole[name]) / 2)

    def test_words_stay_where_the_first_stage_put_them_unless_they_may_move(self, made_up):
        material = with_tastes(made_up, made_up.hidden)
        first = learn(made_up.material, config=SHORT, job=Job()).network.text_head.state_dict()
        for stay in (True, False):
            config = replace(SHORT, words_stay=stay, guarded=False)
            network = learn(material, config=config, job=Job()).network
            same = all(torch.equal(one, first[name]) for name, one in network.text_head.state_dict().items())
            assert same == stay
            assert all(p.requires_grad for p in network.parameters())

    def test_it_is_undone_where_it_costs_the_meaning(self, made_up):
        material = with_tastes(made_up, made_up.hidden)
        harsh = replace(
            TINY, audio_text=0.0, audio_fused=0.0, fresh_heads=True, preference=StageConfig(12, 1e-2, 64, patience=40)
        )
        found = learn(material, config=harsh, job=Job())
        assert "undone" in found.stages[1].rolled_back
        first = learn(made_up[0], config=harsh, job=Job())
        np.testing.assert_array_equal(found.joint, first.joint)
        kept = learn(material, config=replace(harsh, guarded=False), job=Job())
        assert kept.stages[1].rolled_back == ""
        assert not np.array_equal(kept.joint, first.joint)

    def test_moods_that_are_known_are_guarded(self, made_up):
        moods = np.eye(len(MOODS), dtype=np.float32)[made_up[2]]
        stage = learn(with_tastes(made_up, made_up[1], moods=moods), config=SHORT, job=Job()).stages[1]
        assert [probe.name for probe in stage.probes] == ["genre", "mood correlation", TEXTS]

    def test_what_texts_find_is_guarded(self, made_up):
        fresh = replace(TINY, fresh_heads=True, audio_text=0.0, guarded=False, preference=StageConfig(4, 1e-2, 64))
        stage = learn(with_tastes(made_up, made_up.hidden), config=fresh, job=Job()).stages[1]
        (texts,) = [probe for probe in stage.probes if probe.name == TEXTS]
        assert texts.before > 0.7  # words were learned
        assert texts.after < texts.before - 0.1  # and forgotten by heads that begin anew and are taught no words

    @pytest.mark.parametrize("change", [{"without_meaning": True}, {"without_text": True}])
    def test_it_can_be_learned_without_the_first(self, made_up, change):
        config = replace(SHORT, **change)
        stages = learn(with_tastes(made_up, made_up[1]), config=config, job=Job()).stages
        assert [stage.name for stage in stages] == [PREFERENCE]

    def test_without_text_no_word_is_read(self, made_up):
        material = with_tastes(made_up, made_up[1], sentences=HashedWords())
        found = learn(material, config=replace(SHORT, without_text=True), job=Job())
        assert material.sentences.asked == 0
        assert found.joint.shape == (240, 16)

    def test_few_pairs_make_no_second_stage(self, made_up):
        material = replace(made_up[0], pairs=tastes(made_up[0], made_up[1], count=10))
        assert [stage.name for stage in learn(material, config=SHORT, job=Job()).stages] == [MEANING]
