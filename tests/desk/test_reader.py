"""Texts are read once and kept, for a search as for a learning, and one text has one vector."""

import numpy as np
import pytest
from made_up_meanings import HashedWords

from musicdesk.desk.reader import AT_ONCE, NOTHING, SEARCHED, KeptTexts, Reader
from musicdesk.errors import DiskFull, ModelUnavailable
from musicdesk.jobs import Cancelled, Job
from musicdesk.store.database import Database
from musicdesk.store.sentences import SentenceStore

TEXTS = [f"a tune for {word}" for word in ("night", "noon", "rain", "夜", "the sea")]


@pytest.fixture
def database(tmp_path):
    with Database.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def store(database):
    return SentenceStore(database)


@pytest.fixture
def words():
    """A model of sentences that counts what it is asked, and refuses what is empty."""
    return HashedWords()


def test_a_text_has_one_vector_whether_it_is_read_now_or_was_kept(store, words):
    now = KeptTexts(words, store)
    first, alone = now.encode(TEXTS), np.stack([now.unwritten(text) for text in TEXTS])
    kept = KeptTexts(words, store)
    asked = words.asked
    for again in (
        kept.encode(TEXTS),
        kept.reading(TEXTS).vectors,
        alone,
        np.concatenate([kept.encode([t]) for t in TEXTS]),
    ):
        np.testing.assert_array_equal(again, first)
    assert words.asked == asked
    assert first.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(first, words.encode(TEXTS), atol=1e-3)


def test_a_text_is_read_once_however_often_it_comes(store, words):
    texts = KeptTexts(words, store)
    assert texts.encode(["a", "b", "a"]).shape == (3, words.dim)
    texts.encode(["b", "a"])
    assert words.asked == 2


def test_no_texts_give_no_rows(store, words):
    texts = KeptTexts(words, store)
    assert texts.encode([]).shape == texts.reading([]).vectors.shape == (0, words.dim)


def test_what_cannot_be_read_has_a_row_for_a_learning_and_none_for_a_search(store, words):
    texts = KeptTexts(words, store)
    rows = texts.encode(["a", " ", "b"])
    np.testing.assert_array_equal(rows[1], texts.unwritten(NOTHING))
    np.testing.assert_array_equal(rows[[0, 2]], texts.encode(["a", "b"]))
    assert texts.reading(["a", " ", "b"]).texts == ("a", "b")
    assert texts.reading([" "]).vectors.shape == (0, words.dim)
    assert texts.unwritten(" ") is None
    assert not store.some(words.name, [" "]), "nothing is kept of it"


def test_one_text_that_cannot_be_read_costs_the_others_little(store, words):
    class Counted(HashedWords):
        times = 0

        def encode(self, texts):
            self.times += 1
            return super().encode(texts)

    counted = Counted()
    found = KeptTexts(counted, store).reading([*(f"text {number}" for number in range(63)), " "]).texts
    assert len(found) == 63
    assert counted.times <= 13, "each time one half is whole"


def test_where_nothing_can_be_written_it_reads_all_the_same(database, store, words, tmp_path):
    first = KeptTexts(words, store).encode(TEXTS[:2])
    with Database.open(tmp_path / "data", read_only=True) as closed:
        texts = KeptTexts(words, SentenceStore(closed))
        assert words.asked == 2
        np.testing.assert_array_equal(texts.encode(TEXTS)[:2], first)
        assert texts.forget_unused() == 0
    assert words.asked == len(TEXTS), "what was kept is found all the same"

    def full():
        raise DiskFull("There is no room left.")

    database.before_writing = full
    texts = KeptTexts(words, store)
    assert texts.reading(TEXTS).texts == tuple(TEXTS)
    assert texts.forget_unused() == 0
    database.before_writing = lambda: None
    assert set(store.some(words.name, TEXTS)) == set(TEXTS[:2])


def test_what_another_model_of_the_same_name_made_is_read_anew(store, words):
    KeptTexts(HashedWords(dim=8), store).encode(TEXTS)
    assert KeptTexts(words, store).encode(TEXTS).shape == (len(TEXTS), words.dim)
    assert words.asked == len(TEXTS)


def test_stopped_it_has_kept_what_it_read(store):
    class Stopping(HashedWords):
        def encode(self, texts):
            job.cancel()
            return super().encode(texts)

    job, texts = Job(), [f"text {number}" for number in range(3 * AT_ONCE)]
    with pytest.raises(Cancelled):
        KeptTexts(Stopping(), store).reading(texts, job=job)
    assert set(store.some("hashed", texts)) == set(texts[:AT_ONCE])


def test_what_is_not_used_any_more_is_forgotten_but_not_what_a_search_has_read(store, words):
    KeptTexts(words, store, purpose=SEARCHED).reading(TEXTS)
    KeptTexts(words, store).encode(TEXTS)
    now = KeptTexts(words, store)
    now.encode([*TEXTS[1:], "a new one"])
    assert now.forget_unused() == 1
    assert now.forget_unused() == 0
    asked = words.asked
    KeptTexts(words, store).encode([*TEXTS[1:], "a new one"])
    KeptTexts(words, store, purpose=SEARCHED).reading(TEXTS)
    assert words.asked == asked


def test_it_is_opened_when_the_first_text_is_to_be_read_and_a_query_is_not_written_down(store, words, tmp_path):
    opened = []

    def open_one(name, models):
        opened.append((name, models))
        return words

    reader = Reader(
        store=store, models=tmp_path, name=lambda: "hashed", open_one=open_one, problem_of=lambda name, models: "",
    )  # fmt: skip
    assert reader.problem == ""
    assert opened == []
    query = reader.vector("a secret wish")
    np.testing.assert_allclose(query, words.encode(["a secret wish"])[0], atol=1e-3)
    assert reader.vector(" ") is None
    assert not store.some("hashed searched", ["a secret wish"])
    assert reader.reading(TEXTS).texts == tuple(TEXTS)
    assert set(store.some("hashed searched", TEXTS)) == set(TEXTS)
    assert opened == [("hashed", tmp_path)]


def test_one_that_cannot_be_opened_says_why_and_reads_nothing(store, tmp_path):
    def torn(name, models):
        raise ModelUnavailable(f"{name} is torn.")

    reader = Reader(
        store=store, models=tmp_path, name=lambda: "hashed", open_one=torn, problem_of=lambda name, models: "",
    )  # fmt: skip
    assert reader.vector("slow") is reader.reading(TEXTS) is None
    assert reader.problem == "hashed is torn."
