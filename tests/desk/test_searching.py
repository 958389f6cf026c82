"""The search box: names first, then meaning; whatever is typed has an answer, and what lacks is told in a sentence."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from made_up_searches import EACH, LIVELY, NAMES, RESTFUL, ids_of, kinds, title_of, titles, write_library
from three_kinds import open_desk

from musicdesk.encoders.handcrafted import SPEC
from musicdesk.errors import BadRequest, NotFound
from musicdesk.jobs import Job
from musicdesk.records import Origin
from musicdesk.semantic.search import MOOD, TAGS, TEXT, WITHOUT


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("searches")
    write_library(place)
    return place


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory):
    """A desk that is only asked."""
    place = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(made, place)
    with open_desk(place) as opened:
        yield opened


@pytest.fixture
def desk(made, tmp_path):
    shutil.copytree(made, tmp_path / "data")
    with open_desk(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def searching(shared):
    return shared.searching


# ------------------------------------------------------------------------------------------------------- by name


def test_what_holds_every_word_comes_first_and_then_what_is_meant(searching):
    found = searching.find("stomper", limit=50)
    assert found.exact == EACH
    exact, meant = found.hits[:EACH], found.hits[EACH:]
    assert all(hit.exact and hit.match == 1 for hit in exact)
    assert kinds(exact) == {LIVELY}
    assert not any(hit.exact for hit in meant)
    assert found.hits[0].reasons[0].part == TEXT


def test_a_mistyped_name_is_found_and_told(searching):
    found = searching.find("noctrune 7", limit=3)
    assert titles(found)[0] == "Nocturne 7"
    assert found.understood.corrected == (("noctrune", "nocturne"),)
    assert "“noctrune” was taken for “nocturne”" in found.sentence


def test_a_name_that_is_nearer_than_a_word_of_music_is_what_was_meant(searching, monkeypatch):
    library = {"danile": "daniel", "pinao": "pianos"}
    monkeypatch.setattr(searching._exact._full_text, "corrected", lambda word: library.get(word, ""))
    assert searching._exact._near("danile") == "daniel"  # "dance" is two mistakes away
    assert searching._exact._near("pinao") == "piano"


@pytest.mark.parametrize("title", NAMES)
def test_names_in_any_script_are_found_by_their_words(searching, title):
    assert titles(searching.find(title, limit=5))[0] == title
    assert titles(searching.quick(title, limit=5))[0] == title


def test_every_keystroke_is_answered_by_names_alone(searching):
    for typed in ("n", "no", "noct", "nocturne", "nocturne 1", "nocturne 12"):
        found = searching.quick(typed, limit=10)
        assert found.hits
        assert all(hit.exact for hit in found.hits)
        assert found.parts == (TEXT,)
    assert titles(found) == ["Nocturne 12"]


def test_fields_and_phrases_narrow_names_and_meaning_alike(searching):
    assert set(titles(searching.find("artist:“Player 3” nocturne"))) == {f"Nocturne {n}" for n in (3, 13, 23)}
    assert titles(searching.find("year:1963")) == ["Nocturne 3"]
    assert len(searching.find("year:1960s").hits) == 10
    slow = searching.find("slow year:1955-1962")
    assert set(titles(slow)) == {"Nocturne 0", "Nocturne 1", "Nocturne 2"}
    assert set(titles(searching.find('slow "taped by the sea"'))) == {"Nocturne 3"}
    assert searching.find('slow album:"no such album"').hits == ()


def test_only_some_tracks_are_searched_where_that_is_asked(shared):
    some = ids_of(shared, "Nocturne 4", "Stomper 5")
    found = shared.searching.find("slow", ids=some)
    assert titles(found) == ["Nocturne 4"]
    assert titles(shared.searching.find("stomper", ids=some)) == ["Stomper 5"]
    assert shared.searching.find("stomper", ids=some).exact == 1
    assert shared.searching.find("stomper", ids=()).hits == ()


# -------------------------------------------------------------------------------------------------------- by meaning


def test_words_that_the_encoder_hears_find_those_sounds_and_say_so(searching):
    found = searching.find("slow quiet music", limit=EACH)
    assert kinds(found.hits) == {RESTFUL}
    assert found.parts == (TEXT, TAGS)
    for hit in found.hits:
        assert not hit.exact
        assert 0.5 < hit.match <= 1
        assert sum(reason.amount for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-4)
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert {"slow", "quiet"} <= {word for reason in found.hits[0].reasons for word in reason.words}


def test_what_is_not_wanted_is_last_or_not_there(searching):
    found = searching.find("not loud", limit=EACH)
    assert kinds(found.hits) == {RESTFUL}
    assert found.hits[0].reasons[0].part == WITHOUT
    named = searching.find("player not loud", limit=60)
    first = kinds(hit for hit in named.hits if hit.exact)
    assert RESTFUL in first
    assert LIVELY not in first


def test_a_mood_by_its_field_narrows_names_and_brings_meaning(desk):
    calm = desk.indexing.find("Stomper 1"), desk.indexing.find("Nocturne 1")
    desk.moods.correct(list(calm), mood="calm")
    desk.moods.correct([desk.indexing.find("Stomper 2")], mood="energetic")
    found = desk.searching.find("stomper mood:calm", limit=60)
    named = [hit.track.title for hit in found.hits if hit.exact]
    assert "Stomper 1" in named
    assert "Stomper 2" not in named
    assert MOOD in {reason.part for hit in desk.searching.find("mood:calm").hits for reason in hit.reasons}


def test_it_finds_what_is_never_suggested_and_by_name_what_is_kept_out(desk):
    never, out = desk.indexing.find("Nocturne 1"), desk.indexing.find("Nocturne 2")
    desk.listening.never([never])
    desk.indexing.exclude([out])
    by_meaning = titles(desk.searching.find("slow", limit=60))
    assert "Nocturne 1" in by_meaning
    assert "Nocturne 2" not in by_meaning
    assert titles(desk.searching.find("nocturne 2"))[0] == "Nocturne 2"


def test_copies_of_a_sound_are_shown_once(desk):
    copies = [replace(desk_file(desk, "Nocturne 1"), path=f"/copies/{n}.flac") for n in range(3)]
    save(desk, copies)
    found = desk.searching.find("nocturne 1", limit=20)
    assert titles(found).count("Nocturne 1") == 1
    assert titles(desk.searching.find("slow", limit=60)).count("Nocturne 1") == 1


def test_a_tag_of_ones_own_is_found_at_once(desk):
    assert not any(hit.exact for hit in desk.searching.find("rainy").hits)
    desk.tagging.add([desk.indexing.find("Stomper 9")], "rainy sunday")
    assert titles(desk.searching.find("rainy"))[0] == "Stomper 9"


def desk_file(desk, title):
    return desk.indexing.find(title)


def save(desk, tracks):
    from musicdesk.records import FoundFile, ScannedFile

    files = [ScannedFile(FoundFile(t.path, 77, 7), t.audio_hash, t.tags, t.length_s, t.codec) for t in tracks]
    desk._stores.tracks.save(files, now=2.0)
    desk.events.library_changed.emit(None)


# ------------------------------------------------------------------------------------------- what cannot be asked yet


def test_before_anything_is_analysed_names_are_found_and_the_sentence_says_why(tmp_path):
    write_library(tmp_path, analysed=False)
    with open_desk(tmp_path) as desk:
        found = desk.searching.find("nocturne 7")
        assert titles(found)[0] == "Nocturne 7"
        assert found.parts == (TEXT,)
        assert "musicdesk analyze" in found.sentence
        assert desk.searching.find("slow").hits == ()
        assert desk.searching.status().parts == (TEXT,)
        desk.searching.warm(Job())


def test_an_index_of_another_version_of_the_encoder_is_told_and_names_are_found(tmp_path):
    write_library(tmp_path, spec=replace(SPEC, key=replace(SPEC.key, version="0")))
    with open_desk(tmp_path) as desk:
        found = desk.searching.find("nocturne 7")
        assert titles(found)[0] == "Nocturne 7"
        assert "musicdesk analyze" in found.sentence


def test_without_the_words_of_sqlite_titles_are_found_all_the_same(desk, monkeypatch):
    monkeypatch.setattr("musicdesk.store.full_text.has_fts5", lambda sql: False)
    monkeypatch.setattr("musicdesk.store.full_text.are_made", lambda sql: False)
    found = desk.searching.find("nocturne 7")
    assert titles(found)[0] == "Nocturne 7"
    assert "FTS5" in found.sentence
    assert kinds(desk.searching.find("slow", limit=10).hits) == {RESTFUL}


def test_without_a_model_of_sentences_words_are_taken_as_they_are_and_the_sentence_says_what_to_install(searching):
    found = searching.find("slow")
    assert kinds(found.hits) == {RESTFUL}
    assert "musicdesk models install minilm" in found.sentence
    status = searching.status()
    assert (status.reader, status.space) == ("", "")
    assert "musicdesk models install minilm" in status.sentence


def test_an_empty_library_answers(tmp_path):
    with open_desk(tmp_path) as desk:
        assert desk.searching.find("slow").hits == ()
        assert desk.searching.quick("slow").hits == ()
        assert desk.searching.status().sentence


# ------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize("query", ["", "   ", "\0", '""', "\u2028\n", "- – —"])
def test_nothing_asked_is_answered_with_what_can_be_asked(searching, query):
    for found in (searching.find(query), searching.quick(query)):
        assert found.hits == ()
        assert found.sentence.startswith("Type what to search for")


@pytest.mark.parametrize(
    "query",
    [
        "no vocals", "-loud -fast", "?!", '"unclosed', "a" * 5000, "'; DROP TABLE tracks; --", 'NEAR("a" "b", 3)',
        "slow AND OR NOT", "title:*", "^slow", "col:{x}", "slow*", "((((", "\ud800slow", "slow\0quiet", "🎉🎉🎉",
        "حزين", "悲しい", "медленно", "mood:blorple", "year:abc", "year:9999-0", "artist:", "%_%", "-", "not",
    ],
)  # fmt: skip
def test_whatever_is_typed_has_an_answer(searching, query):
    for found in (searching.find(query), searching.quick(query), searching.find(query, ids=[1, 2])):
        assert isinstance(found.sentence, str)
        assert all(np.isfinite(hit.score) for hit in found.hits)


def test_of_a_thousand_words_the_first_hundred_are_read(searching):
    found = searching.find("slow " + "word " * 999)
    assert found.understood.left_out == 900
    assert "900 more were left out" in found.sentence


def test_a_mood_or_a_year_that_is_none_is_told(searching):
    assert "There is no mood “blorple”" in searching.find("slow mood:blorple").sentence
    assert "is no year" in searching.find("slow year:abc").sentence
    assert "is no year" not in searching.find("slow year:1999").sentence


@pytest.mark.parametrize("query", ["%_", "--", "*", "!!!"])
def test_marks_alone_mean_nothing(searching, query):
    assert searching.find(query).hits == ()
    assert searching.find(query).sentence.startswith("Nothing fits")


def test_what_fits_nothing_says_so(searching):
    assert "Nothing fits “xylophonequartett”" in searching.find("xylophonequartett").sentence


# --------------------------------------------------------------------------------------------------------- keeping


def test_a_search_is_kept_found_anew_renamed_and_deleted(desk):
    told = []
    desk.events.searches_changed.listen(told.append)
    saved = desk.searching.save("evenings", "slow")
    assert desk.searching.all() == (saved,)
    before = desk.searching.tracks_of("Evenings", limit=EACH)
    assert {track.title.split()[0] for track in before} == {RESTFUL}
    desk.searching.rename("evenings", "nights")
    gone = desk.searching.delete("nights")
    assert (gone.name, gone.query) == ("nights", "slow")
    assert desk.searching.save(gone.name, gone.query).query == "slow"
    assert len(told) == 4
    with pytest.raises(NotFound):
        desk.searching.tracks_of("evenings")
    for name, query in (("", "slow"), ("empty", "  "), ("marks", '""')):
        with pytest.raises(BadRequest):
            desk.searching.save(name, query)


# ------------------------------------------------------------------------------------------------------- the taste


def test_what_a_search_means_becomes_a_prototype_that_undo_takes_back(desk):
    before = desk.recommending.taste()
    taste = desk.searching.prototype("not loud")
    (new,) = [p for p in taste.prototypes if p.id not in {q.id for q in before.prototypes}]
    assert new.origin is Origin.TEXT
    assert new.word == "not loud"
    shown = desk.recommending.by_hash(new.exemplars).values()
    assert {track.title.split()[0] for track in shown} == {RESTFUL}
    desk.recommending.undo()
    assert desk.recommending.taste().prototypes == before.prototypes
    with pytest.raises(BadRequest):
        desk.searching.prototype("  ")
    with pytest.raises(NotFound, match="Nothing is known"):
        desk.searching.prototype("xylophonequartett")


def test_titles_of_the_made_up_library_are_all_different():
    assert len({title_of(number) for number in range(2 * EACH + len(NAMES))}) == 2 * EACH + len(NAMES)
