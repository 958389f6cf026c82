import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.semantic.heard import words_of

WORDS = ("rock", "piano", "sad", "female vocalists", "woman")


def shares(*rows):
    return np.array(rows, np.float32)


class TestWordsThatStandOut:
    def test_a_word_that_all_tracks_have_is_not_said_however_likely(self):
        tags = shares([0.9, 0.02, 0.01, 0, 0], [0.9, 0.3, 0.01, 0, 0], [0.9, 0.02, 0.02, 0, 0], [0.9, 0.01, 0.3, 0, 0])
        heard = words_of([(tags, WORDS)], most=1)
        assert heard[1] == ("piano",)
        assert heard[3] == ("sad",)

    def test_synonyms_are_said_once_in_plain_words(self):
        tags = shares([0.1, 0.1, 0.1, 0.9, 0.9], [0.1, 0.1, 0.1, 0.1, 0.1], [0.2, 0.1, 0.1, 0.1, 0.1])
        assert words_of([(tags, WORDS)])[0].count("female voice") == 1
        assert not {"woman", "female vocalists"} & set(words_of([(tags, WORDS)])[0])

    def test_several_vocabularies_are_heard_together(self):
        rock = (shares([0.9, 0], [0.1, 0], [0.2, 0]), ("rock", "pop"))
        slow = (shares([0.9], [0.1], [0.1]), ("slow",))
        assert set(words_of([rock, slow])[0]) >= {"rock", "slow"}

    def test_at_most_so_many_and_the_strongest_first(self):
        tags = np.random.default_rng(0).uniform(0.1, 0.4, (50, 5)).astype(np.float32)
        tags[0] = (0.1, 0.95, 0.6, 0.1, 0.1)
        assert words_of([(tags, WORDS)], most=2)[0] == ("piano", "sad")


class TestWhatIsNotThere:
    def test_a_track_that_nobody_heard_has_no_words(self):
        tags = shares([0.9, 0.1, 0.1, 0, 0], [np.nan] * 5, [0.1, 0.1, 0.4, 0, 0])
        heard = words_of([(tags, WORDS)])
        assert heard[1] == ()
        assert heard[0]

    def test_no_vocabulary_and_no_tracks_give_nothing(self):
        assert words_of([]) == ()
        assert words_of([(np.zeros((0, 5), np.float32), WORDS)]) == ()
        assert words_of([(np.zeros((2, 0), np.float32), ())]) == ((), ())

    def test_tables_that_do_not_belong_together_are_refused(self):
        with pytest.raises(BadRequest, match="not of the same tracks"):
            words_of([(np.ones((2, 5), np.float32), WORDS), (np.ones((3, 5), np.float32), WORDS)])
        with pytest.raises(BadRequest):
            words_of([(np.ones((2, 4), np.float32), WORDS)])
