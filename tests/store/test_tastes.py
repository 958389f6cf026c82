import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from store.samples import KEY

from musicdesk.errors import BrokenDatabase
from musicdesk.records import Advisor, Edit, Feedback, History, Prototype, Taste
from musicdesk.store import tastes as module
from musicdesk.store.database import Database
from musicdesk.store.taste_text import dump_taste, load_taste
from musicdesk.store.tastes import TasteStore


def taste(gain, name="quiet piano"):
    vector = np.array([0.6, 0.8], dtype=np.float32)
    return Taste(KEY, (Prototype("p1", name, 0, vector, ("1:a", "1:b"), gain, locked=True, support=5),), 0.3, 5)


def edit(before, after, **feedback):
    said = {"feedback_before": {"1:a": Feedback()}, "feedback_after": {"1:a": Feedback(**feedback)}} if feedback else {}
    return Edit(
        f"quiet piano {before} → {after}",
        None if before is None else taste(before),
        None if after is None else taste(after),
        **said,
    )


@pytest.fixture
def tastes(database):
    return TasteStore(database)


def test_before_the_first_edit_there_is_no_taste_and_nothing_to_undo(tastes):
    assert tastes.current() is None
    assert tastes.history() == History()
    assert tastes.undo() is None
    assert tastes.redo() is None


def test_an_edit_comes_back_whole(tastes):
    pushed = edit(1.0, 1.4, liked=True, stars=5.0)
    tastes.push(pushed)
    assert tastes.undo() == pushed
    assert tastes.redo() == pushed


def test_undo_and_redo_walk_the_history_and_the_taste_goes_along(tastes):
    for before, after in ((None, 1.0), (1.0, 1.4), (1.4, 0.2)):
        tastes.push(edit(before, after))
    assert tastes.current() == taste(0.2)
    assert tastes.history() == History("quiet piano 1.4 → 0.2", "")
    tastes.undo()
    assert tastes.current() == taste(1.4)
    assert tastes.history() == History("quiet piano 1.0 → 1.4", "quiet piano 1.4 → 0.2")
    tastes.undo()
    tastes.undo()
    assert tastes.current() is None
    assert tastes.history() == History("", "quiet piano None → 1.0")
    tastes.redo()
    tastes.redo()
    assert tastes.current() == taste(1.4)


def test_an_edit_after_undo_drops_what_could_be_redone(tastes):
    tastes.push(edit(None, 1.0))
    tastes.push(edit(1.0, 1.4))
    tastes.undo()
    tastes.push(edit(1.0, 0.5))
    assert tastes.redo() is None
    assert tastes.undo().taste_after == taste(0.5)
    assert tastes.undo().taste_after == taste(1.0)
    assert tastes.undo() is None


def test_the_history_survives_a_restart_in_the_middle(tmp_path):
    with Database.open(tmp_path) as database:
        tastes = TasteStore(database)
        tastes.push(edit(None, 1.0))
        tastes.push(edit(1.0, 1.4))
        tastes.undo()
    with Database.open(tmp_path) as database:
        tastes = TasteStore(database)
        assert tastes.current() == taste(1.0)
        assert tastes.history() == History("quiet piano None → 1.0", "quiet piano 1.0 → 1.4")
        assert tastes.redo() == edit(1.0, 1.4)


def test_the_history_has_an_end_and_the_taste_outlives_it(tastes, monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 3)
    for step in range(5):
        tastes.push(edit(float(step), float(step + 1)))
    undone = [tastes.undo() for _ in range(4)]
    assert [bool(one) for one in undone] == [True, True, True, False]
    assert tastes.current() == taste(2.0)


def test_the_limit_is_five_hundred():
    assert module.LIMIT == 500


def test_an_edit_of_the_feedback_alone_leaves_the_taste(tastes):
    tastes.push(edit(None, 1.0))
    tastes.push(edit(None, None, liked=True))
    assert tastes.current() == taste(1.0)
    assert tastes.undo().feedback_after == {"1:a": Feedback(liked=True)}
    assert tastes.current() == taste(1.0)


def test_a_taste_can_be_replaced_without_a_step(tastes):
    tastes.push(edit(None, 1.0))
    tastes.set_current(taste(0.7, "calm strings"))
    assert tastes.current() == taste(0.7, "calm strings")
    assert tastes.history().undo == "quiet piano None → 1.0"
    tastes.set_current(None)
    assert tastes.current() is None


def test_advisors_come_back_and_go_along_with_undo(tastes):
    soft = Advisor("ease", "people's habits", 0.25, knows="from 4 listeners", found=0.25)
    loud = replace(soft, gain=1.5, muted=True)
    before, after = (replace(taste(1.0), advisors=(advisor,)) for advisor in (soft, loud))
    tastes.set_current(before)
    tastes.push(Edit("people's habits 0.25 → 1.50", before, after))
    assert tastes.current().advisors == (loud,)
    tastes.undo()
    assert tastes.current() == before


def test_a_taste_of_before_there_were_advisors_is_read():
    said = json.loads(dump_taste(taste(1.0)))
    del said["advisors"]
    assert load_taste(json.dumps(said)) == taste(1.0)


finite = st.floats(allow_nan=False, allow_infinity=False)
prototypes = st.builds(
    Prototype,
    id=st.text(max_size=5),
    name=st.text(max_size=9),
    slot=st.integers(0, 7),
    vector=hnp.arrays(np.float32, st.integers(0, 6), elements=st.floats(width=32, allow_nan=False)),
    exemplars=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    gain=finite,
    muted=st.booleans(),
    solo=st.booleans(),
    locked=st.booleans(),
    support=st.integers(0, 99),
)


advisors = st.builds(
    Advisor, st.text(max_size=5), st.text(max_size=5), finite, st.booleans(), st.text(max_size=9), finite
)


@given(st.lists(prototypes, max_size=3), finite, st.lists(advisors, max_size=3))
def test_any_taste_comes_back_to_the_bit(some, variety, advice):
    said = Taste(KEY, tuple(some), variety, 3, advisors=tuple(advice))
    assert load_taste(dump_taste(said)) == said
    assert all(prototype.vector.flags.writeable for prototype in load_taste(dump_taste(said)).prototypes)


def test_numbers_of_numpy_are_numbers(tastes):
    prototype = Prototype("p", "n", np.int64(2), np.ones(2, dtype=np.float32), (), np.float32(0.5), support=np.int64(3))
    tastes.set_current(Taste(KEY, (prototype,)))
    assert tastes.current().prototypes[0] == prototype


def test_what_an_older_taste_did_not_tell_is_what_was_found_then():
    said = json.loads(dump_taste(taste(0.4)))
    (whole,) = said["prototypes"]
    for field in ("origin", "word", "tracks", "pinned", "refused", "faithful", "found"):
        del whole[field]
    del said["removed"]
    asleep, negative = {**whole, "id": "p2", "support": 0}, {**whole, "id": "not"}
    said["prototypes"] = [whole, asleep, negative]
    read = load_taste(json.dumps(said))
    assert [p.found for p in read.prototypes] == [1.0, 0.0, -0.5]
    assert read.removed == ()


def test_an_edit_tells_what_is_heavy_only_once(tastes, database):
    for step in range(3):
        tastes.push(edit(float(step), float(step + 1)))
    with database.reading() as sql:
        texts = [row[0] for row in sql.execute("SELECT taste_after FROM edits")]
        assert sql.execute("SELECT count(*) FROM taste_parts").fetchone() == (1,)
    assert not any("vector" in text for text in texts)
    assert tastes.undo().taste_after == taste(3.0)


def test_parts_that_differ_in_one_thing_are_kept_apart(tastes):
    whole = taste(1.0).prototypes[0]
    turned = replace(whole, id="p2", vector=-whole.vector)
    told = replace(whole, id="p3", tracks=("1:a",))
    pushed = Edit("a", None, replace(taste(1.0), prototypes=(whole, turned, told), removed=(turned,)))
    tastes.push(pushed)
    assert tastes.undo() == pushed


def test_what_no_edit_needs_any_more_is_thrown_away(tastes, database, monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 2)
    monkeypatch.setattr(module, "SWEEP", 1)
    tracks = [replace(taste(1.0).prototypes[0], tracks=(f"1:{n}",)) for n in range(6)]
    tastes_of = [replace(taste(1.0), prototypes=(p,)) for p in tracks]
    for before, after in pairwise(tastes_of):
        tastes.push(Edit("a", before, after))
    with database.reading() as sql:
        assert sql.execute("SELECT count(*) FROM taste_parts").fetchone() == (3,)
    assert tastes.undo().taste_after == tastes_of[5]
    assert tastes.undo().taste_before == tastes_of[3]


def test_an_edit_of_before_there_were_parts_is_taken_back(tastes, database):
    tastes.push(edit(0.5, 1.0))
    with database.writing() as sql:
        sql.execute(
            "UPDATE edits SET taste_before = ?, taste_after = ?", [dump_taste(taste(0.5)), dump_taste(taste(1.0))]
        )
        sql.execute("DELETE FROM taste_parts")
    assert tastes.undo() == edit(0.5, 1.0)


def test_a_damaged_step_is_a_sentence_and_nothing_moves(tastes, database):
    tastes.push(edit(0.5, 1.0))
    with database.writing() as sql:
        sql.execute("DELETE FROM taste_parts")
    with pytest.raises(BrokenDatabase, match="damaged"):
        tastes.undo()
    assert tastes.current() == taste(1.0)
    assert tastes.history().undo == "quiet piano 0.5 → 1.0"
