import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_libraries import VOCABULARY, grouped

from musicdesk.prototypes.naming import FALLBACK, is_given, name, standing_out
from musicdesk.prototypes.words import NEVER_TOGETHER, WORDS, Kind


@pytest.fixture(scope="module")
def library():
    return grouped((60, 60, 60))


def named(library, group, *, taken=()):
    rows = np.flatnonzero(library.group == group)
    return name(library.vectors.tags, library.vectors.vocabulary, rows, taken=taken)


def test_a_name_says_mood_instrument_and_genre(library):
    assert named(library, 0) == "quiet piano · classical"
    assert named(library, 1) == "loud guitar · metal"


def test_synonyms_are_one_word_and_a_decade_stands_in_for_a_genre(library):
    assert named(library, 2) == "female voice · 80s"


def test_what_is_not_heard_is_no_name(library):
    assert "no vocals" not in standing_out(library.vectors.tags, VOCABULARY, np.arange(60), count=10)
    assert "no" not in named(library, 0).split()


def test_names_are_never_taken_twice(library):
    taken: list[str] = []
    for _ in range(40):
        taken.append(named(library, 0, taken=taken))
    assert len({text.casefold() for text in taken}) == 40
    assert taken[0] == "quiet piano · classical"


def test_the_words_of_one_track_are_words_of_the_vocabulary(library):
    words = standing_out(library.vectors.tags, VOCABULARY, np.array([0]), count=3)
    assert set(words) <= set(VOCABULARY)
    assert "piano" in words
    assert len(words) == 3


def test_without_words_the_sides_of_a_record_give_the_names():
    tags = np.zeros((5, 0), np.float32)
    assert name(tags, (), np.array([1])) == FALLBACK[0]
    assert name(tags, (), np.array([1]), taken=["SIDE A"]) == FALLBACK[1]
    assert name(tags, (), np.array([1]), taken=FALLBACK) == "side A 2"
    assert standing_out(tags, (), np.array([1])) == ()


def test_a_library_all_alike_gets_a_name_too():
    tags = np.full((6, len(VOCABULARY)), 0.2, np.float32)
    assert name(tags, VOCABULARY, np.arange(3)) == FALLBACK[0]


def test_a_persons_name_is_told_from_a_composed_one(library):
    assert is_given("Sunday morning", VOCABULARY)
    assert is_given("my piano", VOCABULARY)
    assert not is_given(named(library, 0), VOCABULARY)
    assert not is_given("female voice · 80s 2", VOCABULARY)
    assert not is_given("side A", ())
    assert not is_given("zydeco", ("zydeco",))


def test_every_known_word_has_one_kind():
    assert len(WORDS) >= 95
    assert all(word.form for word in WORDS.values() if word.kind is not Kind.SILENT)
    forms = {word.form for word in WORDS.values()}
    assert all(pair <= forms for pair in NEVER_TOGETHER)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10_000), st.lists(st.sampled_from(sorted(WORDS)), min_size=1, unique=True))
def test_any_tags_give_a_short_name_without_doublets(n, seed, vocabulary):
    rng = np.random.default_rng(seed)
    tags = rng.beta(0.3, 3, (n, len(vocabulary))).astype(np.float32)
    text = name(tags, vocabulary, rng.choice(n, max(1, n // 3), replace=False))
    assert 0 < len(text) <= 50
    assert not is_given(text, vocabulary)
    assert not any(text.count(form) > 1 for form in ("voice", "piano", "metal"))
