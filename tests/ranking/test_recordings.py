import numpy as np
import pytest
from made_up_shelves import unit

from musicdesk.errors import BadRequest
from musicdesk.features import fingerprint as prints
from musicdesk.ranking.recordings import SURE, same_recordings


def printed(words):
    """A print of six windows with these words [120]."""
    parts = [prints._WINDOW.pack(100 * k, 20) + words[20 * k : 20 * k + 20].tobytes() for k in range(6)]
    return prints._HEAD.pack(prints._VERSION, 6) + b"".join(parts)


def flipped(words, share, rng):
    bits = rng.random((len(words), 16)) < share
    return words ^ (bits << np.arange(16)).sum(axis=1).astype(np.uint16)


class Library:
    """Sounds that have nothing to do with each other, and copies of some."""

    def __init__(self, count, *, seed=0, dim=24):
        self.rng = np.random.default_rng(seed)
        self.space = unit(self.rng.standard_normal((count, dim)))
        self.length_s = self.rng.uniform(60, 60 + count / 4, count)
        self.words = self.rng.integers(1, 2**16, (count, 120), dtype=np.uint16)

    def copy(self, row, *, wrong=0.1, cosine=0.7, longer_s=0.03):
        """One more sound, a copy of a row; its row."""
        away = self.rng.standard_normal(self.space.shape[1])
        away -= away @ self.space[row] * self.space[row]
        vector = cosine * self.space[row] + np.sqrt(1 - cosine**2) * away / np.linalg.norm(away)
        self.space = np.vstack([self.space, vector]).astype(np.float32)
        self.length_s = np.append(self.length_s, self.length_s[row] + longer_s)
        self.words = np.vstack([self.words, flipped(self.words[row], wrong, self.rng)])
        return len(self.space) - 1

    @property
    def prints(self):
        return [printed(words) for words in self.words]

    def groups(self, **more):
        return same_recordings(self.space, self.length_s.astype(np.float32), self.prints, **more)


def test_a_copy_joins_its_original_and_all_others_stand_alone():
    library = Library(300)
    copies = {library.copy(row): row for row in range(0, 60, 3)}
    groups = library.groups()
    assert {row: groups[row] for row in copies} == copies
    assert np.array_equal(groups[:300], np.arange(300))


def test_all_copies_of_a_recording_are_one_group():
    library = Library(50)
    copies = [library.copy(7, wrong=wrong) for wrong in (0.02, 0.05, 0.1, 0.14)]
    assert set(library.groups()[copies].tolist()) == {7}


@pytest.mark.parametrize(
    "other",
    [
        {"wrong": 0.5},  # another piece that sounds alike and lasts as long
        {"wrong": 0.3},
        {"longer_s": 2.5},
        {"cosine": 0.8, "longer_s": 1.0},  # neither as long nor as near
    ],
)
def test_in_doubt_two_sounds_stay_two(other):
    library = Library(40)
    copy = library.copy(5, **{"wrong": 0.05, "cosine": 0.97} | other)
    assert library.groups()[copy] == copy


def test_where_many_last_equally_long_the_space_chooses_who_is_compared():
    library = Library(1100)
    library.length_s[:] = 60.0
    near, far = library.copy(5, cosine=0.6), library.copy(6, cosine=0.3)
    assert (library.groups()[near], library.groups()[far]) == (5, far)


def test_where_few_last_equally_long_all_of_them_are_compared():
    library = Library(40)
    far = library.copy(6, cosine=-0.5)
    assert library.groups()[far] == 6


def test_a_rip_with_other_silence_at_its_ends_is_found_if_it_lies_near():
    library = Library(40)
    copy = library.copy(5, wrong=0.05, cosine=0.97, longer_s=1.2)
    assert library.groups()[copy] == 5


def test_without_a_fingerprint_only_the_nearest_are_the_same():
    library = Library(40)
    near, far = library.copy(5, cosine=SURE + 0.005), library.copy(6, cosine=0.9)
    given = [b"" if row in (near, far) else blob for row, blob in enumerate(library.prints)]
    groups = same_recordings(library.space, library.length_s, given)
    assert (groups[near], groups[far]) == (5, far)


def test_an_unknown_length_stands_alone():
    library = Library(20)
    copy = library.copy(3)
    library.length_s[[3, copy]] = 0
    assert np.array_equal(library.groups(), np.arange(21))


def test_a_chain_of_ever_longer_recordings_is_cut():
    library = Library(20)
    row = 4
    for _ in range(5):
        row = library.copy(row, wrong=0.02, cosine=0.99, longer_s=0.9)
    groups = library.groups()
    spans = [np.ptp(library.length_s[groups == group]) for group in set(groups.tolist())]
    assert max(spans) <= 2.0
    assert groups[20] == 4


def test_new_rows_are_told_apart_as_if_all_were_new():
    library = Library(300)
    copies = [library.copy(row) for row in (2, 90, 90, 41)]
    whole = library.groups()
    known = whole.copy()
    known[[2, 17, *copies[1:3]]] = -1
    assert np.array_equal(library.groups(known=known), whole)


def test_what_is_known_stays_whatever_its_numbers_are():
    library = Library(30)
    known = np.arange(30) + 1000
    known[[4, 9]] = 5000
    groups = library.groups(known=known)
    assert groups[9] == groups[4] == 4
    assert np.array_equal(np.delete(groups, 9), np.delete(np.arange(30), 9))


def test_only_prints_that_are_needed_are_asked_for():
    library = Library(200)
    copy = library.copy(11)
    known = np.append(np.arange(200), -1)
    asked = []

    def give(rows):
        asked.extend(rows)
        return [library.prints[row] for row in rows]

    groups = same_recordings(library.space, library.length_s, give, known=known)
    assert groups[copy] == 11
    assert {11, copy} <= set(asked)
    assert len(asked) == len(set(asked)) < 30


def test_an_empty_library_has_no_groups():
    assert len(same_recordings(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), [])) == 0


def test_numbers_of_rows_that_differ_are_a_mistake():
    library = Library(5)
    with pytest.raises(BadRequest):
        same_recordings(library.space, library.length_s[:4], library.prints)
    with pytest.raises(BadRequest):
        library.groups(known=np.zeros(3, np.int64))
