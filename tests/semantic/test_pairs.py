import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.records.meaning import Choice
from musicdesk.semantic.pairs import GAP_S, preference_pairs

HASHES = tuple("abcdefgh")


def told(pairs):
    return {(HASHES[t], HASHES[a]) for t, a in zip(pairs.triggers, pairs.accepted, strict=True)}


class TestWhereTheyAreFrom:
    def test_a_choice_goes_from_its_trigger_to_what_was_taken(self):
        pairs = preference_pairs(HASHES, choices=[Choice("a", "b", "played", 1.0)])
        assert told(pairs) == {("a", "b")}
        assert dict(pairs.counts)["chosen"] == 1

    def test_likes_of_one_session_belong_together_and_others_do_not(self):
        pairs = preference_pairs(HASHES, likes={"a": 0.0, "b": 60.0, "c": 60.0 + GAP_S + 1, "d": 120.0 + GAP_S})
        assert told(pairs) == {("a", "b"), ("c", "d")}

    def test_playlists_pair_what_stands_near(self):
        pairs = preference_pairs(HASHES, playlists=[list("abcdef")])
        assert ("a", "b") in told(pairs)
        assert ("a", "f") not in told(pairs)

    def test_logs_are_read_for_each_listener_alone(self):
        pairs = preference_pairs(HASHES, heard=[("x", "a", 0.0), ("y", "b", 1.0), ("x", "c", 2.0), ("y", "d", 3.0)])
        assert told(pairs) == {("a", "c"), ("b", "d")}

    def test_sounds_that_are_not_here_are_left_out(self):
        pairs = preference_pairs(
            HASHES, choices=[Choice("a", "z", "liked", 0.0)], likes={"z": 0.0, "b": 1.0}, playlists=[["z", "b", "z"]]
        )
        assert len(pairs) == 0

    def test_a_choice_counts_more_than_a_log_and_twice_told_counts_more(self):
        pairs = preference_pairs(
            HASHES, choices=[Choice("a", "b", "liked", 0.0)], heard=[("x", "c", 0.0), ("x", "d", 1.0)],
            playlists=[["e", "f"]], likes={"e": 0.0, "f": 1.0},
        )  # fmt: skip
        weight = {HASHES[t]: w for t, w in zip(pairs.triggers, pairs.weights, strict=True)}
        assert weight["a"] > weight["c"]
        assert weight["e"] > weight["c"]
        assert pairs.weights.mean() == pytest.approx(1.0)


class TestWhatIsFair:
    def test_a_sound_never_pairs_with_itself_in_another_file(self):
        pairs = preference_pairs(HASHES, playlists=[["a", "b", "c"]], recordings=np.array([0, 0, *range(2, 8)]))
        assert ("a", "b") not in told(pairs)
        assert ("a", "c") in told(pairs)

    def test_no_track_stands_in_more_pairs_than_allowed(self):
        choices = [Choice("a", other, "played", 0.0) for other in "bcdefgh"]
        assert len(preference_pairs(HASHES, choices=choices, most=3)) == 3

    def test_what_is_popular_counts_less(self):
        choices = [*(Choice("a", other, "played", 0.0) for other in "bcdef"), Choice("g", "h", "played", 0.0)]
        pairs = preference_pairs(HASHES, choices=choices)
        assert pairs.weights[pairs.triggers == 6].min() > pairs.weights[pairs.triggers == 0].max()

    def test_the_same_pair_is_told_once(self):
        choices = [Choice("a", "b", "played", float(at)) for at in range(5)]
        assert len(preference_pairs(HASHES, choices=choices)) == 1

    def test_nothing_told_gives_no_pairs(self):
        pairs = preference_pairs(HASHES)
        assert len(pairs) == 0
        assert len(preference_pairs(())) == 0

    def test_recordings_of_another_library_are_refused(self):
        with pytest.raises(BadRequest, match="recordings"):
            preference_pairs(HASHES, recordings=np.zeros(3, np.int64))
