import numpy as np
import pytest
from made_up_meanings import library

from musicdesk.records.meaning import Probe
from musicdesk.semantic.guard import GENRE, HEARD, MOOD, TEXTS, cost, fell, in_part, probes, questions_of, undone
from musicdesk.semantic.retrieval import own_above
from musicdesk.semantic.texts import Facts

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def made_up():
    return library(300)


class TestProbes:
    def test_what_lies_in_the_vectors_is_read_off_them_and_noise_is_not(self, made_up):
        material = made_up.material
        noise = RNG.standard_normal(material.sounds.shape).astype(np.float32)
        (found,) = probes(material.sounds, noise, questions_of(material.facts, material.artists), material.artists)
        assert found.name == GENRE
        assert found.before > 0.95
        assert found.after < found.chance + 0.15
        assert fell([found])

    def test_a_rotation_costs_nothing(self, made_up):
        material = made_up.material
        turned = material.sounds @ np.linalg.qr(RNG.standard_normal((24, 24)))[0].astype(np.float32)
        found = probes(material.sounds, turned, questions_of(material.facts, material.artists), material.artists)
        assert not fell(found)
        assert found[0].after == pytest.approx(found[0].before, abs=0.02)

    def test_artists_are_never_asked_and_learned_from_at_once(self):
        # Each artist has a direction and a genre by lot: who saw the artist knows the genre, others cannot.
        artists = np.repeat(np.arange(40), 8)
        kinds = RNG.integers(2, size=40)[artists]
        vectors = np.eye(40, dtype=np.float32)[artists] + 0.01 * RNG.standard_normal((320, 40)).astype(np.float32)
        (found,) = probes(vectors, vectors, {GENRE: kinds}, artists)
        assert found.before < 0.65
        alone = probes(vectors, vectors, {GENRE: kinds}, np.arange(320))[0]
        assert alone.before > 0.95

    def test_values_are_judged_by_correlation(self, made_up):
        material, feeling = made_up.material, made_up.feeling
        moods = np.eye(4, dtype=np.float32)[feeling]
        moods[:20] = np.nan
        (found,) = probes(material.sounds, material.sounds, {MOOD: moods}, material.artists)
        assert found.before > 0.8
        assert found.chance == 0


class TestFalling:
    def test_two_points_are_allowed_and_more_are_not(self):
        assert not fell([Probe(GENRE, 0.80, 0.785)])
        assert fell([Probe(GENRE, 0.80, 0.82), Probe(MOOD, 0.5, 0.47)])
        assert not fell([])

    def test_what_texts_find_may_fall_by_five_since_few_tracks_are_asked(self):
        assert not fell([Probe(TEXTS, 0.80, 0.76)])
        assert fell([Probe(TEXTS, 0.80, 0.74)])

    def test_the_sentences_name_what_fell_most(self):
        lost = cost([Probe(GENRE, 0.80, 0.79), Probe(MOOD, 0.5, 0.3)])
        assert lost == f"({MOOD} 0.50 before, 0.30 after)"
        assert "undone again" in undone(lost)
        assert "learned to 50 %" in in_part(lost, 0.5)
        assert all(lost in sentence for sentence in (undone(lost), in_part(lost, 0.5)))


class TestWhatIsAsked:
    def test_genres_of_too_few_tracks_or_artists_are_not_asked(self):
        facts = [Facts(genres=("rock",))] * 20 + [Facts(genres=("jazz",))] * 20 + [Facts(genres=("polka",))] * 3
        artists = np.concatenate([np.arange(20), np.arange(20), np.arange(3)])
        asked = questions_of(facts, artists)[GENRE]
        assert set(asked[:40].tolist()) == {0, 1}
        assert set(asked[40:].tolist()) == {-1}
        assert GENRE not in questions_of(facts, np.zeros(43, np.int64))

    def test_without_genres_and_moods_the_words_of_the_sound_are_asked(self):
        facts = [Facts(heard=("sad", "piano") if row % 2 else ("happy", "guitar")) for row in range(60)]
        asked = questions_of(facts, np.arange(60))
        assert list(asked) == [HEARD]
        assert asked[HEARD].shape == (60, 4)

    def test_moods_are_asked_where_they_are_known(self):
        moods = RNG.standard_normal((60, 4)).astype(np.float32)
        assert list(questions_of([Facts()] * 60, np.arange(60), moods=moods)) == [MOOD]
        assert questions_of([Facts()] * 60, np.arange(60), moods=np.full_like(moods, np.nan)) == {}

    def test_nothing_known_asks_nothing(self):
        assert questions_of([], np.zeros(0, np.int64)) == {}
        assert probes(np.zeros((5, 3), np.float32), np.zeros((5, 3), np.float32), {}, np.arange(5)) == ()


def test_the_own_item_above_all_others_is_one_and_below_all_is_nothing():
    items = np.eye(3, dtype=np.float32)
    assert own_above(items, items, np.arange(3)) == 1
    assert own_above(-items, items, np.arange(3)) == 0
    assert own_above(items[:1], items[:1], np.arange(1)) == 0
    assert own_above(items[[1, 0, 2]], items, np.array([0, 0, 1])) == 1  # a copy of the recording is it too
