"""A search by meaning: what is asked for comes first, what is not wanted last, and the reasons add up to the score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musicdesk.errors import BadRequest
from musicdesk.records import AXES, MOODS, Axis, Mood, Moods
from musicdesk.semantic.query import parse
from musicdesk.semantic.search import MOOD, PARTS, SOUND, TAGS, TEXT, WITHOUT, Meanings, Meant, top
from musicdesk.semantic.wording import Reading, asked_for, denied, is_guess, known_words, spread, uses

WORDS = ("piano", "slow", "sad", "loud", "vocals", "no vocals", "female vocalists", "rock", "electronic")
N = 400
RNG = np.random.default_rng(0)


def heard(**columns):
    """Probabilities of WORDS: those of the columns named as given, noise elsewhere.  # [N, 9]"""
    tags = np.random.default_rng(1).uniform(0.1, 0.2, (N, len(WORDS))).astype(np.float32)
    for word, values in columns.items():
        tags[:, WORDS.index(word.replace("_", " "))] = values
    return tags


def half(first):
    """Probable at every second sound, from ``first`` on.  # [N]"""
    return np.where(np.arange(N) % 2 == first, 0.8, 0.05)


def feeling(**columns):
    """Moods whose columns of those names are as given, and even elsewhere."""
    shares, axes = np.full((N, 4), 0.25, np.float32), np.full((N, 6), 0.5, np.float32)
    for name, values in columns.items():
        if name in MOODS:
            shares[:, MOODS.index(Mood(name))] = values
        else:
            axes[:, AXES.index(Axis(name))] = values
    hashes = tuple(map(str, range(N)))
    return Moods(hashes, shares, np.zeros(N, np.int64), np.ones(N, np.float32), axes, np.ones((N, 6), np.float32))


def made_reading(texts, **near):
    """Vectors of texts of which each stands alone, but for those ``near``: text → another one that it is like."""
    vectors = np.eye(len(texts), dtype=np.float32)
    for text, other in near.items():
        mixed = vectors[texts.index(text)] + 2 * vectors[texts.index(other)]
        vectors[texts.index(text)] = mixed / np.linalg.norm(mixed)
    return Reading(texts, vectors)


def best(meant, count=N // 2):
    return set(top(meant, count).tolist())


EVEN, ODD = set(range(0, N, 2)), set(range(1, N, 2))


# ------------------------------------------------------------------------------------------------------------ tags


def test_a_word_that_the_encoder_hears_brings_those_sounds_first():
    meanings = Meanings(N, tags=heard(piano=half(1)), vocabulary=WORDS)
    meant = meanings.ask(parse("piano"))
    assert best(meant) == ODD
    assert set(meant.parts) == {TAGS}
    (reason,) = meant.reasons(1)
    assert (reason.part, reason.words) == (TAGS, ("piano",))


@pytest.mark.parametrize("text", ["sad", "melancholic", "Traurig", "triste", "sad music", "a gloomy song"])
def test_a_word_means_the_same_by_other_names_and_in_other_tongues(text):
    meanings = Meanings(N, tags=heard(sad=half(0)), vocabulary=WORDS)
    assert best(meanings.ask(parse(text))) == EVEN


def test_what_goes_against_a_word_counts_against_it():
    meanings = Meanings(N, tags=heard(loud=half(1)), vocabulary=WORDS)
    meant = meanings.ask(parse("calm"))
    assert best(meant) == EVEN
    assert meant.reasons(0)[0].words == ("not loud",)


def test_no_vocals_is_told_by_the_columns_of_vocals_and_not_by_nearness():
    tags = heard(vocals=half(0), no_vocals=half(1))
    texts = Meanings(N, tags=tags, vocabulary=WORDS).texts
    meanings = Meanings(N, tags=tags, vocabulary=WORDS, reading=made_reading(texts))
    loves_vocals = made_reading(texts).vectors[texts.index("vocals")]
    meant = meanings.ask(parse("no vocals"), vector=None, without=[loves_vocals])
    assert best(meant) == ODD
    assert set(meant.parts) == {WITHOUT}
    assert meant.reasons(0)[0].amount < 0 < meant.reasons(1)[0].amount
    assert meant.reasons(0)[0].words == ("vocals",)


def test_the_lack_of_what_is_not_wanted_does_not_outdo_what_is_wanted():
    rare = np.where(np.arange(N) < N // 20, 0.9, 0.02)
    meanings = Meanings(N, tags=heard(piano=rare, electronic=np.linspace(0.0001, 0.9, N)), vocabulary=WORDS)
    meant = meanings.ask(parse("piano without electronic"))
    assert best(meant, N // 20) == set(range(N // 20))
    assert meant.parts[WITHOUT].max() <= 1.6
    assert meant.parts[WITHOUT].min() < -1.7


def test_two_words_of_one_meaning_count_as_one():
    vocabulary = ("female", "female vocalists", "piano")
    tags = np.full((N, 3), 0.1, np.float32)
    tags[:, 0] = tags[:, 1] = tags[:, 2] = np.linspace(0.01, 0.9, N)
    meanings = Meanings(N, tags=tags, vocabulary=vocabulary)
    pulls = meanings.ask(parse("female voice piano")).pulls[TAGS]
    weights = {word: sum(pull.weight for pull in pulls if pull.word == word) for word in ("female voice", "piano")}
    assert weights["female voice"] == pytest.approx(weights["piano"])


def test_a_sound_that_was_not_heard_is_neither_for_nor_against():
    tags = heard(piano=half(1))
    tags[7] = np.nan
    meant = Meanings(N, tags=tags, vocabulary=WORDS).ask(parse("piano no vocals"))
    assert meant.scores[7] == 0
    assert meant.reasons(7) == ()
    assert np.isfinite(meant.scores).all()


def test_a_word_that_says_the_same_of_all_says_nothing():
    meant = Meanings(N, tags=heard(piano=0.5), vocabulary=WORDS).ask(parse("piano"))
    assert not meant.scores.any()
    assert len(top(meant, 10)) == 0


# ------------------------------------------------------------------------------------------------- by what is meant


def test_a_text_of_unknown_words_is_taken_for_the_nearest_words_that_were_read():
    tags = heard(electronic=half(0))
    texts = Meanings(N, tags=tags, vocabulary=WORDS).texts
    reading = made_reading(texts)
    meanings = Meanings(N, tags=tags, vocabulary=WORDS).with_reading(reading)
    vector = 0.9 * reading.vectors[texts.index("electronic")] + 0.1 * reading.vectors[texts.index("rock")]
    assert best(meanings.ask(parse("blorple zing"), vector=vector)) == EVEN
    assert not Meanings(N, tags=tags, vocabulary=WORDS).ask(parse("blorple zing")).scores.any()


def test_a_use_of_music_is_known_by_its_words_without_a_model_and_by_nearness_with_one():
    without = asked_for(["drive", "at", "night"])
    assert without["synth"] > 0 > without["opera"]
    texts = (*known_words(), *uses())
    reading = made_reading(texts)
    told = asked_for(["zz"], vector=reading.vectors[texts.index("for falling asleep")], reading=reading)
    assert told["quiet"] > 0 > told["loud"]


def test_what_lies_far_from_everything_asks_for_nothing():
    texts = known_words()
    vector = np.full(len(texts), 1 / np.sqrt(len(texts)), np.float32)
    assert asked_for(["zz"], vector=vector, reading=made_reading(texts)) == {}


def test_what_is_denied_is_not_guessed_at():
    texts = (*known_words(), *uses())
    reading = made_reading(texts)
    near = reading.vectors[texts.index("piano")] if "piano" in texts else reading.vectors[0]
    far = np.full(len(texts), 1 / np.sqrt(len(texts)), np.float32)
    assert denied("blorple", vector=near, reading=reading)
    assert denied("blorple", vector=far, reading=reading) == denied("blorple") == {}
    assert denied("vocals") == {"vocals": 1.0}


def test_what_is_known_or_lies_near_is_no_guess():
    reading = made_reading(("piano", "slow", "for dancing"))
    near, far = reading.vectors[0], np.full(3, 1 / np.sqrt(3), np.float32) * 0.9
    assert is_guess(["xqzzy"], vector=far, reading=reading)
    assert not is_guess(["xqzzy"], vector=near, reading=reading)
    assert not is_guess(["xqzzy"], vector=None, reading=reading)
    assert not is_guess(["piano", "xqzzy"], vector=far, reading=reading)
    assert not is_guess(["chiptune"], ["chiptune"], vector=far, reading=reading)
    assert not is_guess(["the"], vector=far, reading=reading)
    meanings = Meanings(3).with_reading(reading)
    assert meanings.is_guess(parse("xqzzy"), far)
    assert not meanings.is_guess(parse('"xqzzy"'), far)
    assert not meanings.is_guess(parse("xqzzy year:1990"), far)
    assert not Meanings(3).is_guess(parse("xqzzy"), far)


def test_german_words_that_end_in_music_are_what_stands_before():
    assert asked_for(["Klaviermusik"]) == {"piano": 1.0}
    assert asked_for(["Gitarrenmusik"]) == {"guitar": 1.0}
    assert asked_for(["Tanzmusik"]) == {"dance": 1.0}


def test_marks_alone_have_no_meaning_and_pictures_have_one():
    assert parse("%_ -- * !!!").meaning == ""
    assert parse("sad * 🎹 夜 1812").meaning == "sad 🎹 夜 1812"


def test_what_goes_with_a_word_is_spread_and_the_word_stays():
    told = spread({"vocals": 1.0})
    assert told["vocals"] == 1
    assert told["no vocals"] < 0 < told["female voice"] < 1
    assert spread({"vocals": -1.0}) == {word: -weight for word, weight in told.items()}


# ------------------------------------------------------------------------------------------------ text, sound, mood


def test_words_of_files_count_the_rare_ones_more():
    meanings = Meanings(N)
    held = {"love": np.arange(0, N, 2), "xylophone": np.array([1]), "song": np.arange(N)}
    meant = meanings.ask(parse("love xylophone song"), held=held)
    assert top(meant, 1).tolist() == [1]
    assert meant.reasons(1)[0].words == ("xylophone", "song")
    assert meanings.ask(parse("love"), held={"love": np.arange(0, N, 2)}).scores[0] == pytest.approx(1.5, abs=1e-3)


def test_a_word_that_no_file_holds_keeps_the_others_from_counting_all():
    held = {"love": np.array([3]), "blorple": np.array([], dtype=np.int64)}
    meant = Meanings(N).ask(parse("love blorple"), held=held)
    assert 0 < meant.scores[3] < 1
    assert top(meant, 5).tolist() == [3]


def test_genres_and_own_tags_that_mean_what_is_asked_count_once():
    said = {"sea shanty": np.array([1, 2]), "sailor song": np.array([2, 3]), "techno": np.array([4])}
    texts = Meanings(N, said=said).texts
    reading = made_reading(texts, **{"sailor song": "sea shanty"})
    meanings = Meanings(N, said=said, reading=reading)
    meant = meanings.ask(parse("blorple"), vector=reading.vectors[texts.index("sea shanty")])
    assert best(meant) == {1, 2, 3}
    assert meant.scores[1] == meant.scores[2] > meant.scores[3]
    assert meant.reasons(2)[0].words == ("sea shanty",)


def test_nearness_by_sound_is_a_part_without_words():
    nearness = RNG.standard_normal(N).astype(np.float32) * 0.01 + 0.3
    meant = Meanings(N).ask(parse("dusty road"), sound=nearness)
    assert set(meant.parts) == {SOUND}
    assert top(meant, 3).tolist() == np.argsort(-nearness)[:3].tolist()
    assert meant.reasons(int(nearness.argmax()))[0].words == ()
    assert Meanings(N).ask(parse("-live"), sound=nearness).parts == {}


@pytest.mark.parametrize(
    ("text", "moods", "first"),
    [("sad", {"sad": "up"}, N - 1), ("slow", {"tempo": "up"}, 0), ("mood:calm", {"calm": "up"}, N - 1),
     ("no vocals", {"vocalness": "up"}, 0), ("mood:melancholic", {"sad": "up"}, N - 1), ("not sad", {"sad": "up"}, 0)],
)  # fmt: skip
def test_moods_and_axes_speak_where_words_name_them(text, moods, first):
    columns = {name: np.linspace(0, 1, N) for name in moods}
    meant = Meanings(N, moods=feeling(**columns)).ask(parse(text))
    assert meant.scores[first] > 0 > meant.scores[N - 1 - first]
    assert set(meant.parts) <= {MOOD, WITHOUT}


def test_a_mood_that_was_asked_for_by_its_field_counts_more():
    meanings = Meanings(N, moods=feeling(calm=np.linspace(0, 1, N)))
    assert meanings.ask(parse("mood:calm")).scores[-1] > 2 * meanings.ask(parse("calm")).scores[-1]


def test_a_word_of_a_file_that_is_not_wanted_counts_against_it():
    meant = Meanings(N).ask(parse("love -live"), held={"love": np.array([1, 2]), "live": np.array([2])})
    assert top(meant, 5).tolist() == [1]
    assert {reason.part: reason.words for reason in meant.reasons(2)} == {TEXT: ("love",), WITHOUT: ("live",)}


# ----------------------------------------------------------------------------------------------------- exact, whole


QUERIES = (
    "slow sad piano",
    "piano no vocals",
    "mood:calm rock -live",
    "drive at night",
    "",
    "blorple",
    "not loud",
    '"x y" sad',
)


@settings(deadline=None, max_examples=30)
@given(text=st.sampled_from(QUERIES), row=st.integers(0, N - 1), seed=st.integers(0, 9))
def test_the_reasons_of_every_hit_add_up_to_its_score(text, row, seed):
    rng = np.random.default_rng(seed)
    tags = rng.uniform(0, 1, (N, len(WORDS))).astype(np.float32)
    texts = Meanings(N, vocabulary=WORDS, tags=tags).texts
    reading = Reading(texts, np.linalg.qr(rng.standard_normal((len(texts), len(texts))))[0].astype(np.float32))
    meanings = Meanings(N, tags=tags, vocabulary=WORDS, moods=feeling(calm=rng.random(N)), reading=reading)
    understood = parse(text)
    vector = reading.vectors[:3].sum(axis=0) / np.float32(3**0.5)
    meant = meanings.ask(
        understood, vector=vector, without=[vector] * len(understood.without), sound=rng.random(N).astype(np.float32),
        held={word: rng.choice(N, 9, replace=False) for word in (*understood.words, *understood.without)},
    )  # fmt: skip
    assert sum(reason.amount for reason in meant.reasons(row)) == pytest.approx(float(meant.scores[row]), abs=1e-4)
    assert list(meant.parts) == [part for part in PARTS if part in meant.parts]
    for part, pulls in meant.pulls.items():
        if part in meant.parts:
            assert sum(pull.at(row) for pull in pulls) == pytest.approx(float(meant.parts[part][row]), abs=5e-3)


def test_nothing_asked_finds_nothing():
    meanings = Meanings(N, tags=heard(), vocabulary=WORDS, moods=feeling())
    for text in ("", "the music", "year:1990"):
        meant = meanings.ask(parse(text))
        assert not meant.scores.any()
        assert top(meant, 10).tolist() == []


def test_an_empty_library_is_no_error():
    meanings = Meanings(0, tags=np.empty((0, 9), np.float32), vocabulary=WORDS)
    meant = meanings.ask(parse("slow piano no vocals"), sound=np.empty(0, np.float32))
    assert top(meant, 5).tolist() == meant.matches(np.empty(0, np.int64)).tolist() == []


def test_tables_that_do_not_fit_are_a_sentence():
    with pytest.raises(BadRequest, match="one number each"):
        Meanings(N, tags=heard()[1:], vocabulary=WORDS)
    with pytest.raises(BadRequest, match="moods of 400 sounds"):
        Meanings(N + 1, moods=feeling())


def test_the_best_come_in_order_ties_as_they_stand_and_only_those_allowed():
    scores = np.array([1, 3, 0, 3, -1, 2], np.float32)
    meant = Meant(scores, {TEXT: scores})
    assert top(meant, 3).tolist() == [1, 3, 5]
    assert top(meant, 1).tolist() == [1]
    assert top(meant, 10).tolist() == [1, 3, 5, 0]
    assert top(meant, 0).tolist() == []
    assert top(meant, 10, allowed=np.array([True, False, True, True, True, False])).tolist() == [3, 0]


def test_a_match_is_the_share_of_the_library_that_fits_less_well():
    scores = np.array([1, 3, 0, 3, -1], np.float32)
    matches = Meant(scores, {TEXT: scores}).matches(np.array([1, 3, 0, 4]))
    assert matches.tolist() == [0.75, 0.75, 0.5, 0.0]


def test_what_a_model_must_read_is_words_uses_genres_and_own_tags_once():
    texts = Meanings(
        N, tags=heard(), vocabulary=WORDS, said={"Sea Shanty": np.array([1]), "piano": np.array([2])}
    ).texts
    assert len(texts) == len(set(texts))
    assert {"piano", "Sea Shanty", "for falling asleep", "female voice", "calm"} <= set(texts)
