"""Columns of texts: what is found, what is equal, what comes first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.text_column import WIDTH, TextColumn

TEXTS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12), max_size=30)
FEW = st.lists(st.text("aé東b ", max_size=6), max_size=30)


@given(TEXTS)
def test_texts_come_back(texts):
    column = TextColumn.of(texts)
    assert len(column) == len(texts)
    assert column.at(np.arange(len(texts))) == texts


@given(FEW, st.text("aé東b ", max_size=3))
def test_a_word_is_found_wherever_it_stands_and_never_across_two_texts(texts, word):
    assert TextColumn.of(texts).holding(word).tolist() == [word in text for text in texts]


@given(FEW)
def test_equal_texts_have_equal_codes_in_the_order_of_their_first_row(texts):
    codes, names = TextColumn.of(texts).codes()
    known = list(dict.fromkeys(text for text in texts if text))
    assert list(names) == known
    assert codes.tolist() == [known.index(text) if text else -1 for text in texts]


@given(st.lists(st.text("ab", max_size=3).map(lambda end: "x" * (WIDTH - 1) + end) | st.text("xé", max_size=4)))
def test_the_order_is_exact_however_long_the_texts_and_empty_ones_come_last(texts):
    ranks = TextColumn.of(texts).ranks()
    order = np.argsort(ranks, kind="stable").tolist()
    filled = [row for row, text in enumerate(texts) if text]
    assert order[: len(filled)] == sorted(filled, key=lambda row: texts[row].encode())
    for a, b in zip(range(len(texts)), range(1, len(texts)), strict=False):
        assert (ranks[a] == ranks[b]) == (texts[a] == texts[b])


def test_a_column_of_another_length_is_refused():
    with pytest.raises(ValueError, match="3 texts instead of 2"):
        TextColumn(b"a\0b\0c", 2)
