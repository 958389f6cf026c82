import numpy as np
import pytest
import torch
from torch.nn import functional

from musicdesk.semantic.losses import HIGHEST, Masks, Others, Side, Weights, clip, equal, preference, scale

torch.set_num_threads(1)
COLD = torch.tensor(2.6)


def rows(n, d=8, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32))


def side(n, seed):
    return Side(rows(n, seed=seed), rows(n, seed=seed + 1), rows(n, seed=seed + 2))


def nothing_masked(n):
    return Masks(torch.zeros(2 * n, 2 * n, dtype=torch.bool), *[torch.zeros(n, n, dtype=torch.bool)] * 2)


class TestClip:
    def test_it_is_the_mean_of_both_cross_entropies_of_scaled_cosines(self):
        one, other = rows(6), rows(6, seed=1)
        logits = functional.normalize(one, dim=1) @ functional.normalize(other, dim=1).T * torch.exp(COLD)
        right = torch.arange(6)
        wanted = (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2
        assert clip(one, other, COLD).item() == pytest.approx(wanted.item(), rel=1e-5)

    def test_lengths_do_not_matter(self):
        assert clip(rows(6), rows(6, seed=1), COLD).item() == pytest.approx(
            clip(7 * rows(6), 0.1 * rows(6, seed=1), COLD).item(), rel=1e-5
        )

    def test_true_pairs_cost_less_than_false_ones(self):
        one = rows(6)
        assert clip(one, one, COLD) < clip(one, one.roll(1, 0), COLD)

    def test_the_scale_is_learnt_but_bounded(self):
        temperature = torch.tensor(2.6, requires_grad=True)
        clip(rows(6), rows(6), temperature).backward()
        assert temperature.grad is not None
        assert temperature.grad.item() != 0
        assert scale(torch.tensor(50.0)).item() == HIGHEST
        assert scale(COLD).item() == pytest.approx(np.exp(2.6), rel=1e-5)

    def test_a_false_negative_is_neither_seen_nor_pushed_away(self):
        one = rows(4).requires_grad_()
        other = rows(4, seed=1)
        same = torch.zeros(4, 4, dtype=torch.bool)
        same[0, 1] = same[1, 0] = True
        far = other.clone()
        far[1] = -other[1]
        before = clip(one[:1].repeat(4, 1), other, COLD, same=same)
        assert torch.isfinite(before)
        costs = [
            (clip(one, moved, COLD, same=same) - clip(one, moved, COLD)).item() for moved in (other, far)
        ]  # fmt: skip
        assert min(costs) != max(costs)  # only without the mask does it cost anything where the other one lies
        logits = functional.normalize(one, dim=1) @ functional.normalize(other, dim=1).T
        logits.retain_grad()
        masked = (logits * torch.exp(COLD)).masked_fill(same, -torch.inf)
        functional.cross_entropy(masked, torch.arange(4)).backward()
        assert logits.grad[0, 1] == 0

    def test_all_masked_but_the_pair_costs_nothing(self):
        assert clip(rows(3), rows(3, seed=1), COLD, same=torch.ones(3, 3, dtype=torch.bool)).item() == 0

    def test_a_pair_without_weight_does_not_count(self):
        one, other = rows(4), rows(4, seed=1)
        weights = torch.tensor([1.0, 1.0, 1.0, 0.0])
        logits = functional.normalize(one, dim=1) @ functional.normalize(other, dim=1).T * torch.exp(COLD)
        each = [functional.cross_entropy(t, torch.arange(4), reduction="none") for t in (logits, logits.T)]
        assert clip(one, other, COLD, weights=weights).item() == pytest.approx(
            (0.5 * (each[0] + each[1]))[:3].mean().item(), rel=1e-5
        )


class TestPreference:
    def test_it_is_the_sum_of_three_losses(self):
        one, other, cold = side(5, 0), side(5, 10), dict.fromkeys(("words", "sounds", "fused"), COLD)
        wanted = (
            clip(torch.cat([one.audio, other.audio]), torch.cat([one.text, other.text]), COLD)
            + clip(one.audio, other.audio, COLD)
            + 0.5 * (clip(one.audio, other.fused, COLD) + clip(other.audio, one.fused, COLD))
        )
        assert preference(one, other, cold, masks=nothing_masked(5)).item() == pytest.approx(wanted.item(), rel=1e-5)

    @pytest.mark.parametrize("term", ["audio_text", "audio_audio", "audio_fused"])
    def test_each_can_be_left_out_and_weighted(self, term):
        one, other, cold = side(5, 0), side(5, 10), dict.fromkeys(("words", "sounds", "fused"), COLD)
        none = {"audio_text": 0.0, "audio_audio": 0.0, "audio_fused": 0.0}

        def cost(**weights):
            return preference(one, other, cold, masks=nothing_masked(5), weights=Weights(**weights)).item()

        alone = cost(**{**none, term: 1.0})
        assert cost(**{**none, term: 2.0}) == pytest.approx(2 * alone, rel=1e-5)
        assert cost() - cost(**{term: 0.0}) == pytest.approx(alone, rel=1e-4)

    def test_each_has_its_own_temperature(self):
        one, other = side(5, 0), side(5, 10)
        hot = {name: torch.tensor(1.5, requires_grad=True) for name in ("words", "sounds", "fused")}
        preference(one, other, hot, masks=nothing_masked(5)).backward()
        assert all(t.grad is not None and t.grad != 0 for t in hot.values())

    def test_what_else_was_accepted_is_no_wrong_answer(self):
        one, other, cold = side(4, 0), side(4, 10), dict.fromkeys(("words", "sounds", "fused"), COLD)
        taken = torch.zeros(4, 4, dtype=torch.bool)
        taken[0, 1] = True
        masks = nothing_masked(4)
        alone = Weights(0, 1, 0)
        one.audio[0], other.audio[1] = 1.0, 1.0  # as alike as can be
        masked = preference(one, other, cold, masks=Masks(masks.texts, taken, taken.T), weights=alone)
        assert masked < preference(one, other, cold, masks=masks, weights=alone)


def test_unknown_numbers_are_equal_to_nothing():
    numbers = torch.tensor([3, -1, 3, -1])
    assert equal(numbers).tolist() == [
        [True, False, True, False], [False] * 4, [True, False, True, False], [False] * 4,
    ]  # fmt: skip


class TestOthers:
    def test_sounds_that_nobody_took_stand_against_both_ends_of_a_pair(self):
        one, other, rest = rows(4), rows(4, seed=1), rows(3, seed=2)
        nowhere = torch.zeros(4, 3, dtype=torch.bool)
        logits = torch.cat([cosines(one, other), cosines(one, rest)], dim=1) * torch.exp(COLD)
        back = torch.cat([cosines(other, one), cosines(other, rest)], dim=1) * torch.exp(COLD)
        right = torch.arange(4)
        wanted = (functional.cross_entropy(logits, right) + functional.cross_entropy(back, right)) / 2
        found = clip(one, other, COLD, others=Others(rest, rest, nowhere, nowhere))
        assert found.item() == pytest.approx(wanted.item(), rel=1e-5)

    def test_one_that_fits_a_trigger_is_no_wrong_answer_to_it(self):
        one, other, rest = rows(4), rows(4, seed=1), rows(3, seed=2)
        everywhere = torch.ones(4, 3, dtype=torch.bool)
        masked = clip(one, other, COLD, others=Others(rest, rest, everywhere, everywhere))
        assert masked.item() == pytest.approx(clip(one, other, COLD).item(), rel=1e-6)

    def test_they_are_further_pairs_of_sound_and_text_that_keep_the_meaning(self):
        trigger, accepted, rest = side(4, 0), side(4, 10), side(3, 20)
        cold = dict.fromkeys(("words", "sounds", "fused"), COLD)
        nowhere = torch.zeros(4, 3, dtype=torch.bool)
        masks = nothing_masked(4)
        masks = Masks(torch.zeros(11, 11, dtype=torch.bool), masks.pairs, masks.reverse)
        found = preference(
            trigger, accepted, cold, masks=masks, weights=Weights(1.0, 0.0, 0.0),
            others=Others(rest.audio, rest.text, nowhere, nowhere),
        )  # fmt: skip
        audio, text = (
            torch.cat([getattr(one, name) for one in (trigger, accepted, rest)]) for name in ("audio", "text")
        )
        assert found.item() == pytest.approx(clip(audio, text, COLD).item(), rel=1e-6)


def cosines(one, other):
    return functional.normalize(one, dim=1) @ functional.normalize(other, dim=1).T
