"""Who advises, and how loudly, as the listening grows."""

from types import SimpleNamespace

import pytest

from musicdesk.desk import blend
from musicdesk.errors import NotFound
from musicdesk.recommend import registry


def heard(own=0, others=0, sounds=0):
    names = ("",) * (own > 0) + tuple(f"u{n}" for n in range(others))
    return SimpleNamespace(
        own=own, others=others, listeners=names, sounds=("1:a",) * max(own, sounds), listens=own + 5 * others
    )


def gains(own=0, others=0, choice="blend"):
    return {counsel.method: counsel.found for counsel in blend.plan(choice, heard(own, others, 100))}


def test_from_nothing_to_much_there_is_always_a_little_more():
    assert gains() == {} == gains(own=2)
    assert gains(others=1) == {}
    steps = [(3, 0), (10, 0), (11, 0), (40, 0), (40, 2), (40, 50), (500, 500)]
    assert [tuple(gains(*step)) for step in steps] == [
        ("content-mean",),
        ("content-mean",),
        ("content-last", "content-mean"),
        ("content-last", "content-mean"),
        ("ease", "content-last", "content-mean"),
        ("ease", "content-last", "content-mean"),
        ("ease", "content-last", "content-mean"),
    ]
    totals = [sum(gains(*step).values()) for step in steps]
    assert totals == sorted(totals)


@pytest.mark.parametrize("own", [3, 10, 11, 100, 10_000])
def test_what_goes_by_the_sound_never_outweighs_the_prototypes(own):
    assert sum(gains(own).values()) <= blend.SOUND_MOST


def test_many_listeners_to_many_sounds_are_served_by_neighbours():
    crowd = heard(own=20, others=5_000, sounds=9_000)
    assert blend.blended(crowd)[0] == "item-knn"
    assert blend.blended(heard(own=20, others=50, sounds=9_000))[0] == "ease"


def test_what_a_person_chose_is_heard_even_where_little_is_known():
    assert gains(own=1, choice="content-mean") == {"content-mean": blend.STRANGER}
    assert gains(own=30, choice="content-mean") == {"content-mean": 0.75}
    assert gains(own=30, others=20, choice="none") == {}
    assert gains(own=30, choice="ease") == {}
    with pytest.raises(NotFound):
        gains(choice="oracle")


@pytest.mark.parametrize("name", registry.names())
def test_every_recommender_says_what_it_lacks_or_what_it_knows(name):
    spec = registry.spec(name)
    assert blend.problem(spec, heard()).endswith(("first.", "NAME"))
    assert blend.problem(spec, heard(own=5, others=3, sounds=9)) == ""
    assert blend.knows(spec, heard(own=5, others=3, sounds=9)).startswith("from ")


@pytest.mark.parametrize(
    ("own", "words"), [(1, "1 track that"), (5, "a first hint"), (20, "fair"), (90, "well founded")]
)
def test_it_says_how_far_it_carries(own, words):
    assert words in blend.knows(registry.spec("content-mean"), heard(own))
