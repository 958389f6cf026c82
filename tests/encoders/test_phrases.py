"""Phrases by ear, where an encoder puts texts beside sounds, and a quiet step back where it does not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import odd_encoders
import pytest

from musicdesk.encoders import phrases, registry
from musicdesk.errors import ModelUnavailable


class Ear:
    """Hears "up" as the second axis and everything else as the first."""

    def encode_text(self, texts):
        return np.array([[0, 1, 0] if text == "up" else [1, 0, 0] for text in texts], np.float32)


@pytest.fixture
def hearing(monkeypatch):
    def of(open_text):
        plugin = replace(odd_encoders.PLUGIN, open_text=open_text)
        monkeypatch.setattr(registry, "plugin", lambda name, models: plugin)
        phrases._opened.cache_clear()

    yield of
    phrases._opened.cache_clear()


MATRIX = np.array([[2, 0, 0], [0, 3, 0], [1, 1, 0]], np.float32)


def test_nearness_is_the_cosine_whatever_the_length_of_a_vector(hearing, tmp_path):
    hearing(lambda folder: Ear())
    np.testing.assert_allclose(phrases.nearness("odd", tmp_path, "up", MATRIX), [0, 1, 0.5**0.5], atol=1e-6)


def test_an_encoder_without_texts_hears_none(tmp_path):
    assert phrases.nearness("musicnn", tmp_path, "up", MATRIX) is None
    assert phrases.nearness("nobody", tmp_path, "up", MATRIX) is None


def test_where_the_texts_half_is_missing_the_words_are_taken_one_by_one(hearing, tmp_path):
    def missing(folder: Path):
        raise ModelUnavailable("The words need a package.")

    hearing(missing)
    assert phrases.nearness("odd", tmp_path, "up", MATRIX) is None


def test_our_encoder_of_texts_offers_them():
    assert registry.plugin("muq-mulan").open_text is not None
