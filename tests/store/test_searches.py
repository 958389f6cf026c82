"""Choices, saved searches and what models made of texts come back as they were written."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NotFound
from musicdesk.records.meaning import Choice
from musicdesk.records.searching import SavedSearch
from musicdesk.store.choices import ChoiceStore
from musicdesk.store.database import Database
from musicdesk.store.saved_searches import SavedSearchStore
from musicdesk.store.sentences import SentenceStore, as_kept

FIRST, SECOND = Choice("1:a", "1:b", "played", 5.0), Choice("1:a", "1:c", "liked", 2.5)


def test_choices_come_back_in_the_order_that_they_were_made(tmp_path):
    with Database.open(tmp_path) as database:
        ChoiceStore(database).add([FIRST, SECOND])
        ChoiceStore(database).add([FIRST])
    with Database.open(tmp_path) as database:
        choices = ChoiceStore(database)
        assert choices.all() == (SECOND, FIRST, FIRST)
        assert choices.count() == 3
        assert choices.forget() == 3
        assert choices.all() == ()
        assert choices.count() == choices.forget() == 0


@pytest.fixture
def searches(database):
    return SavedSearchStore(database)


def test_a_search_comes_back_under_its_name_and_the_last_word_counts(searches):
    saved = searches.save("  Slow   evenings ", ' "blue moon" -live ', now=5.0)
    assert saved == SavedSearch("Slow evenings", '"blue moon" -live', 5.0)
    searches.save("Ambient 夜", "ambient", now=6.0)
    assert [one.name for one in searches.all()] == ["Ambient 夜", "Slow evenings"]
    assert searches.save("slow evenings", "sad piano", now=7.0) == searches.named("SLOW evenings")
    assert len(searches.all()) == 2


def test_a_search_is_renamed_and_deleted(searches):
    searches.save("one", "1", now=1.0)
    searches.save("two", "2", now=2.0)
    searches.rename("ONE", "One")
    searches.rename("two", "three")
    assert [(one.name, one.query) for one in searches.all()] == [("One", "1"), ("three", "2")]
    with pytest.raises(BadRequest, match="There is a search called “One” already"):
        searches.rename("three", "one")
    searches.delete("one")
    assert searches.all() == (SavedSearch("three", "2", 2.0),)


@pytest.mark.parametrize("name", ["", "  \n"])
def test_a_search_needs_a_name_and_a_query(searches, name):
    with pytest.raises(BadRequest, match="needs a name"):
        searches.save(name, "x", now=1.0)
    with pytest.raises(BadRequest, match="nothing to keep"):
        searches.save("x", name, now=1.0)
    assert searches.all() == ()


def test_a_search_that_is_not_there_is_a_sentence(searches):
    for ask in (searches.named, searches.delete, lambda name: searches.rename(name, "x")):
        with pytest.raises(NotFound, match="There is no saved search called “gone”"):
            ask(" gone ")


def test_half_a_letter_is_no_reason_to_stop(searches):
    assert searches.save("w\ud800", "q\ud800", now=1.0) == searches.named("w\ufffd")


def test_texts_that_were_read_are_not_read_again_by_the_same_model(database):
    sentences = SentenceStore(database)
    vectors = {text: np.random.default_rng(n).standard_normal(5).astype(np.float32) for n, text in enumerate("ab夜")}
    sentences.put("minilm", vectors)
    known = sentences.some("minilm", ["夜", "a", "c", "a"])
    assert set(known) == {"a", "夜"}
    assert known["夜"].dtype == np.float32
    assert np.allclose(known["夜"], vectors["夜"], atol=2e-3)
    assert sentences.some("other", ["a"]) == sentences.some("minilm", []) == {}


def test_what_a_model_made_is_replaced_and_thrown_away(database):
    sentences, one = SentenceStore(database), np.ones(3, np.float32)
    sentences.put("minilm", {"a": one, "b": one})
    sentences.put("minilm", {"a": one * 2, "odd \ud800": one})
    sentences.put("other", {"a": one * 3})
    assert sentences.some("minilm", ["a"])["a"].tolist() == [2, 2, 2]
    assert set(sentences.some("minilm", ["odd \ud800"])) == {"odd \ud800"}
    assert sentences.keep_only("minilm", ["b", "never read"]) == 2
    assert set(sentences.some("minilm", ["a", "b", "odd \ud800"])) == {"b"}
    assert sentences.some("other", ["a"])["a"].tolist() == [3, 3, 3]
    assert sentences.keep_only("minilm", ["b"]) == 0
    assert sentences.keep_only("minilm", []) == 1


def test_a_vector_comes_back_as_it_is_told_beforehand(database):
    sentences, vector = SentenceStore(database), np.random.default_rng(3).standard_normal(384).astype(np.float32)
    sentences.put("minilm", {"a": vector})
    np.testing.assert_array_equal(sentences.some("minilm", ["a"])["a"], as_kept(vector))
    sentences.put("minilm", {"a": as_kept(vector)})
    np.testing.assert_array_equal(sentences.some("minilm", ["a"])["a"], as_kept(vector))


def test_thousands_of_texts_are_read_at_once(database):
    sentences = SentenceStore(database)
    sentences.put("m", {f"text {n}": np.full(2, n, np.float32) for n in range(2000)})
    assert len(sentences.some("m", [f"text {n}" for n in range(3000)])) == 2000
