"""What a prototype can be made of: words, chosen tracks, phrases."""

import numpy as np
import pytest
from made_up_libraries import VOCABULARY, grouped

from musicdesk.errors import BadRequest, NotFound
from musicdesk.prototypes import bank
from musicdesk.prototypes.providers import FEWEST, Ground, from_rows, from_tag, from_tags, from_text, words
from musicdesk.records import Origin, Vectors


@pytest.fixture(scope="module")
def library():
    return grouped((60, 60, 60))


@pytest.fixture(scope="module")
def ground(library):
    rows = {group: np.flatnonzero(library.group == group) for group in range(3)}
    genres = {"game music": rows[1][:40], "rare": rows[0][:2], "metal": rows[1]}
    return Ground(library.vectors, library.space, genres, {"sunday": rows[2][::2]})


def group_of(library, vector):
    return int(library.group[np.argmax(library.space @ vector)])


def test_a_word_leads_to_the_tracks_that_bear_it(library, ground):
    for word, group in (("piano", 0), ("metal", 1), ("female voice", 2)):
        found = from_tag(ground, word)
        assert (found.word, found.origin) == (word, Origin.TAG)
        assert set(library.group[found.rows]) == {group}
        assert group_of(library, found.vector) == group
        assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-5)


def test_a_word_is_found_by_any_of_its_names(ground):
    assert from_tag(ground, "  Woman ").word == "female voice"
    assert from_tag(ground, "Piano").word == "piano"


def test_the_exemplars_of_a_word_are_its_most_faithful_tracks(ground):
    found = from_tag(ground, "piano")
    assert set(found.exemplars) <= set(found.rows[:5])
    assert len(set(found.exemplars)) == bank.EXEMPLARS


def test_a_few_wrong_tags_do_not_bend_a_word(library):
    tags = library.vectors.tags.copy()
    tags[np.flatnonzero(library.group == 1)[:6], VOCABULARY.index("piano")] = 0.99
    vectors = Vectors(
        library.vectors.key, library.vectors.hashes, library.space, tags, VOCABULARY, library.vectors.typical_s
    )
    found = from_tag(Ground(vectors, library.space), "piano")
    clean = from_tag(Ground(library.vectors, library.space), "piano")
    assert found.vector @ clean.vector > 0.95


def test_the_files_genres_and_the_listeners_tags_are_words_too(library, ground):
    kinds = {told.word: (told.kind, told.tracks) for told in words(ground)}
    assert kinds["game music"] == ("genre", 40)
    assert kinds["sunday"] == ("own", 30)
    assert kinds["metal"][0] == "sound"  # what the encoder hears is not named twice
    assert group_of(library, from_tag(ground, "game music").vector) == 1
    assert group_of(library, from_tag(ground, "Sunday").vector) == 2


def test_words_that_too_few_tracks_bear_are_not_on_offer(ground):
    assert "rare" not in {told.word for told in words(ground)}
    assert all(len(candidate.rows) >= FEWEST for candidate in from_tags(ground))
    assert "" not in {candidate.word for candidate in from_tags(ground)}  # what is not heard ("no vocals") is no word


def test_faithful_words_agree_with_what_they_lead_to_and_scattered_ones_do_not(library):
    scattered = np.arange(0, 180, 9)
    ground = Ground(library.vectors, library.space, {"scattered": scattered, "metal core": np.arange(60, 90)})
    assert from_tag(ground, "piano").faithful > 0.8
    assert from_tag(ground, "metal core").faithful > 0.7
    assert from_tag(ground, "scattered").faithful < 0.7


def test_an_unknown_word_is_told_with_those_that_are_known(ground):
    with pytest.raises(NotFound, match=r"bagpipes.*piano"):
        from_tag(ground, "bagpipes")
    with pytest.raises(NotFound, match="knows no words"):
        from_tag(Ground(Vectors(*_wordless(ground)), ground.space), "piano")


def test_chosen_tracks_are_one_direction_and_stand_for_themselves(library):
    rows = np.flatnonzero(library.group == 2)[:4]
    found = from_rows(library.space, rows, refused=[int(rows[0])])
    assert (found.origin, found.support, found.faithful) == (Origin.TRACKS, 4, None)
    assert group_of(library, found.vector) == 2
    assert set(found.exemplars) <= set(rows[1:])
    with pytest.raises(BadRequest, match="analysed"):
        from_rows(library.space, [])


def test_a_phrase_is_the_mean_of_the_words_that_are_known_in_it(library, ground):
    found = from_text(ground, "quiet pianos at night")
    assert (found.word, found.origin) == ("quiet pianos at night", Origin.TEXT)
    assert group_of(library, found.vector) == 0
    between = from_text(ground, "female vocals with metal")
    mean = bank.direction(np.stack([from_tag(ground, "female voice").vector, from_tag(ground, "metal").vector]))
    assert between.vector @ mean > 0.99
    assert 0 < between.faithful <= 1


def test_a_phrase_of_unknown_words_and_an_empty_one_are_sentences(ground):
    with pytest.raises(NotFound, match="rainy evenings"):
        from_text(ground, "rainy evenings")
    with pytest.raises(BadRequest, match="word"):
        from_text(ground, "  ")


def test_where_an_encoder_hears_phrases_its_ear_decides(library, ground):
    near = library.space @ library.space[library.group == 1].mean(axis=0)
    near[:10] = np.nan
    found = from_text(ground, "rainy evenings", nearness=near.astype(np.float32))
    assert set(library.group[found.rows]) == {1}
    assert found.word == "rainy evenings"
    assert found.faithful is None


def _wordless(ground):
    v = ground.vectors
    return v.key, v.hashes, v.matrix, np.zeros((len(v), 0), np.float32), (), v.typical_s
