"""What the network believes becomes gains: those that a person moved or locked stay, whatever is learned."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from several_listeners import FANS, hear

from musicdesk.cli.main import run
from musicdesk.desk import believing
from musicdesk.jobs import Cancelled, Job
from musicdesk.learning import Checkpoint
from musicdesk.prototypes import belief, training
from musicdesk.records import Prototype


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Fewer made-up listeners and epochs: what is promised does not hang on their number."""
    monkeypatch.setattr(believing, "MADE_UP", 120)
    monkeypatch.setattr(believing, "DESK_CONFIG", replace(believing.DESK_CONFIG, width=16, epochs=3))


def like(desk, *titles):
    desk.listening.like([desk.indexing.find(title) for title in titles])


def some(desk):
    like(desk, "Clicks 0", "Clicks 3", "Clicks 5", "Clicks 6", "Bells 1", "Bells 2")


def awake(desk):
    return [p for p in desk.recommending.taste().prototypes if belief.is_awake(p)]


def learned(desk):
    report = desk.believing.fit(Job())
    desk.recommending.believe_anew()
    return report


def prototype(gain=1.0, found=1.0, *, identity="a", locked=False):
    return Prototype(id=identity, name=identity, slot=0, vector=np.ones(2, np.float32), gain=gain, found=found,
                     locked=locked, support=3)  # fmt: skip


# ------------------------------------------------------------------------------------------------ gains


def test_an_even_share_is_a_gain_of_one_and_none_is_above_two():
    assert belief.believed_gains(np.array([0.25] * 4, np.float32)).tolist() == [1, 1, 1, 1]
    assert belief.believed_gains(np.array([0.9, 0.05, 0.05], np.float32)).tolist() == pytest.approx([2, 0.15, 0.15])


def test_a_gain_that_nobody_moved_follows_and_others_stay(desk):
    taste = desk.recommending.taste()
    told = replace(taste, prototypes=(
        prototype(identity="follows"), prototype(0.4, identity="moved"), prototype(identity="locked", locked=True),
        prototype(identity="unknown"),
    ))  # fmt: skip
    after = belief.with_belief(told, {"follows": 1.6, "moved": 1.6, "locked": 1.6})
    assert [(p.gain, p.found) for p in after.prototypes] == [(1.6, 1.6), (0.4, 1.6), (1.0, 1.6), (1.0, 1.0)]


def test_likes_by_one_artist_set_no_gains_and_a_sentence_says_so():
    assert "all that you like is by one artist" in belief.doubt(np.array([4, 4, 4]))
    assert "nothing is liked" in belief.doubt(np.zeros(0, np.int64))
    assert belief.doubt(np.array([4, 4, 7])) == ""
    assert belief.doubt(np.array([4, -1])) == "", "nobody says that it is the same one"
    assert belief.doubt(np.array([-1, -1])) == ""


def test_gains_that_were_believed_go_back_to_one_where_too_few_artists_are_liked(desk, monkeypatch):
    some(desk)
    learned(desk)
    assert desk.believing.doubt == ""
    moved = awake(desk)[0]
    desk.recommending.set_gain(moved.id, 0.3)
    assert any(p.found != 1 for p in awake(desk))
    monkeypatch.setattr(belief, "MAKERS", 7)
    assert "cannot tell yet what counts more" in desk.believing.doubt
    desk.recommending.believe_anew()
    assert {p.found for p in awake(desk)} == {1.0}
    assert {p.gain for p in awake(desk)} == {1.0, 0.3}
    like(desk, "Clicks 1")
    assert desk.believing.doubt == ""
    assert any(p.found != 1 for p in awake(desk))


# ------------------------------------------------------------------------------------------------ learning


def test_before_it_learned_nothing_is_believed(desk):
    some(desk)
    assert desk.believing.wanting
    assert desk.believing.network() is None
    assert desk.believing.gains(awake(desk), np.arange(3)) is None
    assert [p.gain for p in awake(desk)] == [1.0] * len(awake(desk))


def test_it_learns_from_the_library_and_gains_follow(desk):
    some(desk)
    before = desk.recommending.taste()
    report = learned(desk)
    assert (report.listeners, report.made_up, report.own, report.sounds) == (0, 120, 6, 24)
    assert not desk.believing.wanting
    after = desk.recommending.taste()
    assert [(p.id, p.name, p.slot) for p in after.prototypes] == [(p.id, p.name, p.slot) for p in before.prototypes]
    heard = awake(desk)
    assert heard
    assert all(0 <= p.found <= 2 and p.gain == p.found for p in heard)
    assert np.mean([p.found for p in heard]) == pytest.approx(1, abs=0.35)
    asleep = [p for p in after.prototypes if not belief.is_awake(p)]
    assert [p.gain for p in asleep] == [p.gain for p in before.prototypes if not belief.is_awake(p)]


def test_who_likes_more_of_a_kind_is_believed_to(desk):
    some(desk)
    learned(desk)
    network, shelf = desk.believing.network(), desk.recommending._snapshots.current().shelf
    rows = {kind: [shelf.row(desk.indexing.find(f"{kind} {n}").audio_hash) for n in (0, 1, 2, 3)]
            for kind in ("Clicks", "Bells")}  # fmt: skip
    ends = np.stack([shelf.space[rows[kind]].mean(axis=0) for kind in rows])
    ends /= np.linalg.norm(ends, axis=1, keepdims=True)
    clicks, bells = (network.profile(shelf.space[rows[kind]], ends) for kind in rows)
    assert clicks[0] > bells[0]


def test_a_gain_that_was_moved_or_locked_survives_learning(desk):
    some(desk)
    first, *others = awake(desk)
    desk.recommending.set_gain(first.id, 0.3)
    for p in others:
        desk.recommending.lock(p.id)
    learned(desk)
    taste = desk.recommending.taste()
    assert taste.prototype(first.id).gain == 0.3
    assert all(taste.prototype(p.id).gain == p.gain for p in others)
    like(desk, "Clicks 1")
    taste = desk.recommending.taste()
    assert all(taste.prototype(p.id).gain == p.gain for p in others)


def test_more_feedback_is_weighed_by_what_was_learned(desk):
    some(desk)
    learned(desk)
    like(desk, "Clicks 1", "Clicks 2")
    heard = awake(desk)
    assert all(p.gain == p.found for p in heard)


def test_other_listeners_are_learned_from_if_there_are_enough(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(believing, "OTHERS", 2)
    monkeypatch.setattr(believing, "HEARD", 2)
    hear(desk, tmp_path)
    report = learned(desk)
    assert report.listeners >= 2
    assert report.made_up == 0
    assert len(FANS) >= report.listeners


def test_an_interrupted_learning_leaves_what_was_there(desk):
    some(desk)
    learned(desk)
    before = desk.believing.network()
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        desk.believing.fit(job)
    assert desk.believing.network() is before
    assert len(list((desk.folders.data / "network").iterdir())) == 1


def test_a_stopped_learning_goes_on_and_leaves_nothing_behind(desk, monkeypatch):
    some(desk)
    monkeypatch.setattr(training, "Checkpoint", partial(Checkpoint, every_s=0))
    desk.believing.fit(Job())
    whole, folder, made = desk.believing.network(), desk.folders.data / "network", []
    told = training._Lessons.measured
    monkeypatch.setattr(training._Lessons, "measured", lambda *told_to: made.append(1) or told(*told_to))

    class Stopped(Job):
        def advance(self, count=1, *, text=None):
            if made:
                self.cancel()
            super().advance(count, text=text)

    with pytest.raises(Cancelled):
        desk.believing.fit(Stopped())
    assert sorted(path.name for path in folder.iterdir()) == [".handcrafted.checkpoint", "handcrafted"]
    made.clear()
    desk.believing.fit(Job())
    assert len(made) == believing.DESK_CONFIG.epochs - 1
    assert np.array_equal(desk.believing.network().sound, whole.sound)
    assert [path.name for path in folder.iterdir()] == ["handcrafted"]


def test_it_is_found_again_and_a_broken_one_counts_as_none(desk, monkeypatch):
    some(desk)
    learned(desk)
    place = desk.folders.data / "network" / "handcrafted"
    gains = desk.believing.gains(awake(desk), np.arange(4))
    desk.believing._learned._known.clear()
    assert np.array_equal(desk.believing.gains(awake(desk), np.arange(4)), gains)
    (place / "arrays.safetensors").write_bytes(b"broken")
    desk.believing._learned._known.clear()
    assert desk.believing.network() is None
    assert desk.believing.wanting
    assert desk.believing.gains(awake(desk), np.arange(4)) is None


def test_much_new_feedback_makes_it_want_to_learn_anew(desk, monkeypatch):
    some(desk)
    learned(desk)
    monkeypatch.setattr("musicdesk.desk.fitted.GREW_LEAST", 2)
    like(desk, "Bells 3", "Bells 4", "Bells 5")
    assert desk.believing.wanting


def test_before_any_analysis_there_is_nothing_to_learn(tmp_path, capsys):
    assert run(["--data", str(tmp_path), "taste", "learn"]) == 1
    assert "Nothing is analysed" in capsys.readouterr().err


def test_the_command_tells_what_was_learned(desk, capsys):
    some(desk)
    folder = str(desk.folders.data)
    desk.close()
    assert run(["--data", folder, "taste", "learn", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"encoder", "sounds", "listeners", "made_up", "own", "prototypes", "seconds"}
    assert told["sounds"] == 24
