"""Tastes under names, presets, comparison and the taste over time."""

from datetime import datetime
from pathlib import Path

import pytest
from three_kinds import open_desk

from musicdesk.desk.desk import Desk
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.records import Feedback, Taste


def like(desk: Desk, *titles: str) -> None:
    desk.listening.like([desk.indexing.find(title) for title in titles])


def gains(taste: Taste) -> list[float]:
    return [p.gain for p in taste.prototypes]


# ---------------------------------------------------------------------------------------------- under names


def test_a_kept_taste_comes_back_as_it_was_and_leaving_the_other_can_be_undone(desk):
    first = desk.recommending.taste().prototypes[0]
    desk.recommending.set_gain(first.id, 1.8)
    desk.tastes.save("  work ")
    kept = desk.recommending.taste()
    desk.recommending.set_gain(first.id, -0.3)
    desk.shaping.remove(desk.recommending.taste().prototypes[1].id)
    unsaved = desk.recommending.taste()
    assert desk.tastes.use("WORK") == kept == desk.recommending.taste()
    assert desk.recommending.history().undo == "use taste “work”"
    desk.recommending.undo()
    assert desk.recommending.taste() == unsaved


def test_the_list_of_names_tells_which_one_is_in_use(desk):
    assert desk.tastes.names() == ()
    assert desk.tastes.save("work").current
    desk.recommending.set_gain("1", 0.5)
    desk.tastes.save("evening")
    told = {k.name: (k.current, k.prototypes, k.encoder) for k in desk.tastes.names()}
    count = len(desk.recommending.taste().prototypes)
    assert told == {"evening": (True, count, "handcrafted"), "work": (False, count, "handcrafted")}
    desk.tastes.rename("work", "deep work")
    desk.tastes.remove("evening")
    assert [k.name for k in desk.tastes.names()] == ["deep work"]


def test_keeping_and_forgetting_announce_themselves(desk):
    heard = []
    desk.events.taste_changed.listen(heard.append)
    desk.tastes.save("a")
    desk.tastes.rename("a", "b")
    desk.tastes.remove("b")
    assert len(heard) == 3


def test_names_are_told_where_nothing_is_analysed_yet(desk):
    desk.tastes.save("work")
    desk.set(encoder="cnn")
    assert [(k.name, k.current) for k in desk.tastes.names()] == [("work", False)]
    with pytest.raises(NothingYet):
        desk.tastes.use("work")


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u202e"])
def test_a_name_must_be_seen(desk, name):
    with pytest.raises(BadRequest, match="needs a name"):
        desk.tastes.save(name)


def test_a_kept_taste_follows_the_library_to_another_encoder(desk, tmp_path):
    desk.recommending.set_gain("1", 1.7)
    desk.tastes.save("work")
    kept = desk.recommending.taste()
    with desk._database.writing() as sql:  # as if it had been made with another encoder
        text = sql.execute("SELECT taste FROM named_tastes").fetchone()[0]
        sql.execute("UPDATE named_tastes SET taste = ?", [text.replace('"handcrafted"', '"another"')])
    assert not desk.tastes.names()[0].current
    used = desk.tastes.use("work")
    assert used.key == kept.key
    assert gains(used) == gains(kept)
    assert all(float(a.vector @ b.vector) > 0.8 for a, b in zip(used.prototypes, kept.prototypes, strict=True))


# ---------------------------------------------------------------------------------------------- presets


def test_presets_tell_what_they_would_change_and_change_it_in_one_step(desk):
    like(desk, *(f"{kind} {n}" for kind in ("Bells", "Clicks") for n in (0, 2, 4, 6)))
    first, second = desk.recommending.taste().prototypes[:2]
    desk.recommending.set_gain(first.id, 1.6)
    desk.recommending.mute(second.id)
    told = {p.name: p for p in desk.tastes.presets()}
    assert list(told) == ["as believed", "all equal", "only the first", "the rest"]
    assert all(p.says.endswith(".") for p in told.values())
    for name in told:
        before = desk.recommending.taste()
        after = desk.tastes.apply_preset(name)
        moved = {p.id: p.gain for p in after.prototypes if p.gain != before.prototype(p.id).gain}
        assert {c.id: c.after for c in told[name].changes} == moved
        assert desk.recommending.history().undo == name
        desk.recommending.undo()
        assert desk.recommending.taste() == before


def test_what_presets_mean(desk):
    first, second, third, *rest = desk.recommending.taste().prototypes
    desk.recommending.set_gain(second.id, 0.0)
    desk.recommending.set_gain(third.id, -0.8)
    desk.recommending.lock(third.id)
    equal = desk.tastes.apply_preset("all eq")
    assert gains(equal) == [1.0, 1.0, -0.8, *(1.0 for _ in rest)]
    only = desk.tastes.apply_preset("only the first")
    assert gains(only) == [1.0, 0.0, -0.8, *(0.0 for _ in rest)]
    others = desk.tastes.apply_preset("the rest")
    assert gains(others) == [0.0, 1.0, -0.8, *(1.0 for _ in rest)]
    assert gains(desk.tastes.apply_preset("as believed")) == [p.found if p is not third else -0.8 for p in
                                                              (first, second, third, *rest)]  # fmt: skip


def test_a_preset_that_changes_nothing_is_no_step(desk):
    desk.recommending.taste()
    desk.tastes.apply_preset("as believed")
    assert desk.recommending.history().undo == ""
    with pytest.raises(NotFound, match="There are: as believed, all equal"):
        desk.tastes.apply_preset("quiet evening")


# ---------------------------------------------------------------------------------------------- comparison


def test_two_tastes_side_by_side(desk):
    like(desk, "Bells 0", "Bells 2", "Bells 4")
    desk.tastes.save("bells")
    desk.listening.like([desk.indexing.find(f"Bells {n}") for n in (0, 2, 4)], on=False)
    like(desk, "Clicks 0", "Clicks 2", "Clicks 4")
    desk.recommending.rename("1", "ticking")
    found = desk.tastes.compare("bells")
    assert (found.first, found.second) == ("bells", "")
    assert 0 <= found.shared <= found.of <= 50
    assert any(c.before is None or c.after is None or c.before != c.after for c in found.gains)
    assert not set(found.first_words) & set(found.second_words)
    same = desk.tastes.compare("bells", "bells")
    assert same.shared == same.of > 0
    assert all(c.before == c.after for c in same.gains)
    assert same.first_words == same.second_words == ()
    with pytest.raises(NotFound, match="There are: bells"):
        desk.tastes.compare("bells", "nothing")


def test_what_has_no_namesake_stands_beside_the_nearest(desk):
    p = desk.recommending.taste().prototypes[0]
    desk.tastes.save("before")
    tracks = tuple(desk.recommending.by_hash(p.exemplars).values())
    desk.shaping.remove(p.id)
    desk.shaping.add(tracks=tracks, name="made again")
    change = next(c for c in desk.tastes.compare("before").gains if c.id == p.id)
    assert (change.name, change.renamed) == (p.name, "made again")
    assert (change.before, change.after) == (p.gain, 1.0)


# ---------------------------------------------------------------------------------------------- over time


class Clock:
    def __init__(self):
        self.at = datetime(2026, 5, 1, 12).timestamp()

    def __call__(self):
        return self.at

    def sleep(self, days: int) -> None:
        self.at += 86_400 * days


@pytest.fixture
def clock(desk, tmp_path: Path):
    return Clock()


def test_the_taste_over_time_stands_day_by_day(desk, clock, tmp_path):
    desk.close()
    with open_desk(tmp_path / "data", now=clock) as later:
        first, second, *_ = later.recommending.taste().prototypes
        later.recommending.set_gain(first.id, 1.5)
        clock.sleep(2)
        later.recommending.set_gain(first.id, 0.2)
        later.recommending.mute(second.id)
        clock.sleep(1)
        later.shaping.remove(second.id)
        clock.sleep(1)
        told = later.tastes.over_time()
        assert told.days == ("2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05")
        curves = {c.id: c for c in told.curves}
        assert curves[first.id].gains == (1.5, 1.5, 0.2, 0.2, 0.2)
        assert curves[second.id].gains == (1.0, 1.0, 0.0, None, None)
        assert told.curves[-1].id == second.id
        changes = {c.id: (c.before, c.after) for c in later.tastes.changed()}
        assert changes == {first.id: (1.5, 0.2), second.id: (1.0, None)}
        assert later.tastes.over_time(2).days == told.days[-2:]
        assert {c.id for c in later.tastes.changed(1)} == set()


def test_a_word_that_came_on_offer_and_sleeps_is_no_change(desk, clock, tmp_path):
    desk.close()
    with open_desk(tmp_path / "data", now=clock) as later:
        first = later.recommending.taste().prototypes[0]
        later.recommending.set_gain(first.id, 1.5)
        clock.sleep(2)
        track = later.indexing.find("Noise 2")
        made = next(p for p in later.shaping.add(tracks=(track,)).prototypes if p.tracks == (track.audio_hash,))
        assert {(c.before, c.after) for c in later.tastes.changed() if c.id == made.id} == {(None, 1.0)}
        later.recommending.set_gain(made.id, 0.0)
        assert all(change.id != made.id for change in later.tastes.changed())


@pytest.mark.parametrize("days", [0, -1, 4000])
def test_a_stretch_of_days_has_an_end(desk, days):
    with pytest.raises(BadRequest, match="Days go from 1"):
        desk.tastes.over_time(days)


def test_feedback_goes_its_own_way_when_another_taste_is_used(desk):
    desk.recommending.taste()
    desk.tastes.save("work")
    like(desk, "Bells 0")
    desk.tastes.use("work")
    assert desk.listening.feedback()[desk.indexing.find("Bells 0").audio_hash] == Feedback(liked=True)
