from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from store.samples import KEY

from musicdesk.errors import BadRequest, NotFound
from musicdesk.records import Edit, Origin, Prototype, Taste
from musicdesk.store.named_tastes import NamedTasteStore
from musicdesk.store.tastes import TasteStore


def taste(gain=1.0, name="quiet piano"):
    vector = np.array([0.6, 0.8], dtype=np.float32)
    p = Prototype(
        "p1", name, 0, vector, ("1:a",), gain, support=5, origin=Origin.TRACKS, word="piano", tracks=("1:a", "1:b"),
        pinned=("1:a",), refused=("1:c",), faithful=0.75, found=0.5,
    )  # fmt: skip
    return Taste(KEY, (p,), 0.3, 5, removed=(replace(p, id="p2"),))


@pytest.fixture
def named(database):
    return NamedTasteStore(database)


def test_a_taste_comes_back_to_the_bit_with_its_name_and_time(named):
    named.save("work", taste(), now=12.5)
    kept = named.get("work")
    assert (kept.name, kept.taste, kept.changed) == ("work", taste(), 12.5)
    assert named.all() == (kept,)


def test_a_second_of_the_same_name_takes_its_place_in_any_case(named):
    named.save("Work", taste(), now=1)
    named.save("work", taste(0.2), now=2)
    assert [(k.name, k.taste.prototypes[0].gain) for k in named.all()] == [("Work", 0.2)]


def test_names_stand_in_their_order(named):
    for name in ("running", "Evening", "work"):
        named.save(name, taste(), now=0)
    assert [kept.name for kept in named.all()] == ["Evening", "running", "work"]


def test_a_name_can_change_its_case_but_not_take_anothers(named):
    named.save("work", taste(), now=0)
    named.save("évening", taste(), now=0)
    named.rename("WORK", "Work")
    assert [kept.name for kept in named.all()] == ["Work", "évening"]
    with pytest.raises(BadRequest, match="already"):
        named.rename("work", "évening")
    named.rename("évening", "Évening")
    assert {kept.name for kept in named.all()} == {"Work", "Évening"}


def test_what_is_not_there_is_told_with_what_is(named):
    with pytest.raises(NotFound, match="None is kept yet"):
        named.get("work")
    named.save("work", taste(), now=0)
    for ask in (lambda: named.get("x"), lambda: named.remove("x"), lambda: named.rename("x", "y")):
        with pytest.raises(NotFound, match="There are: work"):
            ask()
    named.remove("Work")
    assert named.all() == ()


def test_half_a_letter_in_a_name_is_no_reason_to_stop(named):
    named.save("w\ud800rk", taste(), now=0)
    assert named.get("w\ud800rk").name == "w\ufffdrk"


class Clock:
    def __init__(self):
        self.at = datetime(2026, 5, 1, 12).timestamp()

    def __call__(self):
        return self.at


def test_the_last_taste_of_each_day_is_kept_without_its_vectors(database):
    clock = Clock()
    tastes = TasteStore(database, now=clock)
    tastes.set_current(taste(1.0))
    tastes.push(Edit("a", taste(1.0), taste(1.5)))
    clock.at += 86_400
    tastes.push(Edit("b", taste(1.5), taste(0.2)))
    days = tastes.days()
    assert {day: t.prototypes[0].gain for day, t in days.items()} == {"2026-05-01": 1.5, "2026-05-02": 0.2}
    assert all(not t.prototypes[0].vector.size and not t.removed for t in days.values())
    assert days["2026-05-01"].prototypes[0].exemplars == ("1:a",)


def test_a_taste_from_before_days_were_kept_stood_the_day_before(database):
    tastes = TasteStore(database, now=Clock())
    tastes.set_current(taste(1.0))
    with database.writing() as sql:
        sql.execute("DELETE FROM taste_days")
    tastes.push(Edit("a", taste(1.0), taste(1.5)))
    gains = {day: t.prototypes[0].gain for day, t in tastes.days().items()}
    assert gains == {"2026-04-30": 1.0, "2026-05-01": 1.5}


def test_an_undo_counts_for_the_day_on_which_it_happens(database):
    clock = Clock()
    tastes = TasteStore(database, now=clock)
    tastes.push(Edit("a", taste(1.0), taste(1.5)))
    clock.at += 86_400
    tastes.undo()
    assert [t.prototypes[0].gain for t in tastes.days().values()] == [1.5, 1.0]


def test_an_edit_that_is_not_kept_leaves_no_day_behind(database):
    tastes = TasteStore(database, now=Clock())
    with pytest.raises(RuntimeError), database.writing():
        tastes.push(Edit("a", None, taste()))
        raise RuntimeError
    assert tastes.days() == {}
    assert tastes.current() is None
