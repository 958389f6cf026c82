"""How far the second stage may go."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_meanings import SHORT, TINY, library

from musicdesk.jobs import Job
from musicdesk.learning import copied
from musicdesk.semantic.learning import network_for, parted
from musicdesk.semantic.lessons import Lessons
from musicdesk.semantic.meaning_stage import learn_meaning
from musicdesk.semantic.readings import read
from musicdesk.semantic.settling import settle

torch.set_num_threads(1)
USUAL = (0.75, 0.5, 0.02)


@pytest.fixture(scope="module")
def learned():
    """A first stage, the weights at its end, and the rows that were held out."""
    material = library().material
    lessons = Lessons(network_for(material, TINY), material, read(material, count=2, job=Job()), TINY)
    rows, held = parted(material, TINY)
    learn_meaning(lessons, learned=rows, held=held, job=Job(), told=lambda _: None, checkpoint=None)
    return lessons, copied(lessons.network), held


def after(learned, *, strength, **changes):
    """Where a second stage is left that threw the heads of sounds about so much, and the network then."""
    lessons, before, held = learned
    lessons.config = replace(TINY, **{"reaches": USUAL, **changes})
    torch.manual_seed(0)
    thrown = {
        name: own + strength * torch.randn_like(own) if name.startswith("audio_head") else own
        for name, own in before.items()
    }
    lessons.network.load_state_dict(thrown)
    return settle(lessons, before, held), copied(lessons.network), thrown


def same(one, other):
    return all(torch.allclose(one[name], other[name], atol=1e-6) for name in other)


def test_what_keeps_the_meaning_goes_as_far_as_it_is_to_go(learned):
    settled, now, end = after(learned, strength=1e-4)
    before = learned[1]
    assert (settled.reach, settled.sentence) == (0.75, "")
    assert same(now, {name: before[name] + 0.75 * (end[name] - before[name]) for name in before})


def test_what_costs_too_much_goes_a_shorter_way_and_says_so(learned):
    settled, now, end = after(learned, strength=2.0)
    before = learned[1]
    assert settled.reach == 0.02
    assert settled.sentence.startswith("Your choices were learned to 2 %: more would cost too much of the meaning (")
    assert same(now, {name: before[name] + 0.02 * (end[name] - before[name]) for name in before})
    assert all(probe.before - probe.after <= 0.05 for probe in settled.probes)


def test_what_costs_too_much_on_every_way_is_undone(learned):
    settled, now, _ = after(learned, strength=2.0, reaches=(0.75, 0.5))
    assert settled.reach == 0
    assert "undone again" in settled.sentence
    assert all(torch.equal(now[name], own) for name, own in learned[1].items())


def test_without_a_guard_nothing_is_held_back(learned):
    settled, _, _ = after(learned, strength=2.0, guarded=False)
    assert (settled.reach, settled.sentence) == (0.75, "")
    assert any(probe.before - probe.after > 0.1 for probe in settled.probes), "and it is told what that cost"


def test_what_begins_anew_goes_all_the_way(learned):
    settled, now, end = after(learned, strength=1e-4, fresh_heads=True)
    assert settled.reach == 1
    assert same(now, end)


def test_ways_lie_between_nothing_and_all():
    for wrong in ((), (0.0,), (1.5,)):
        with pytest.raises(Exception, match="second stage goes above 0"):
            replace(SHORT, reaches=wrong)
    assert np.all(np.diff(SHORT.ways) < 0)
