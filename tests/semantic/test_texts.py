import numpy as np

from musicdesk.records import Tags, Track
from musicdesk.semantic.captions import captions, sayings
from musicdesk.semantic.plain_words import FOR, LIKE, SAID, kind_of, said, uses
from musicdesk.semantic.texts import Facts, facts_of, metadata_sentence, sound_sentence, text_of

QUIET = Facts(
    "Gnossienne", "Satie", "Piano", ("Classical",), 1994, own_tags=("evening",), heard=("slow", "quiet", "piano", "sad")
)


def drawn(facts, count=200, seed=0):
    return captions(facts, count=count, rng=np.random.default_rng(seed))


class TestSentences:
    def test_a_file_tells_title_artist_album_year_kinds_and_comment(self):
        told = metadata_sentence(Facts("A", "B", "C", ("rock", "Rock"), 1970, "live at home", ("mine",)))
        assert told == "A by B, from the album C, 1970. rock, mine. live at home"

    def test_the_sound_is_a_list_of_words(self):
        assert sound_sentence(QUIET) == "slow, quiet, piano, sad"
        assert sound_sentence(QUIET, most=2) == "slow, quiet"

    def test_what_is_not_known_is_not_said(self):
        assert metadata_sentence(Facts()) == sound_sentence(Facts()) == text_of(Facts()) == ""
        assert Facts().silent
        assert metadata_sentence(Facts(artist="B")) == "B"
        assert not Facts(heard=("calm",)).silent

    def test_a_long_comment_is_cut_between_words(self):
        told = metadata_sentence(Facts("A", comment="word " * 1000))
        assert len(told) < 140
        assert told.endswith("word")

    def test_a_track_tells_its_facts(self):
        track = Track(1, "/m/x.ogg", tags=Tags("T", ("A", "B"), "L", genres=("jazz",), year=1960))
        facts = facts_of(track, own_tags=("evening",), heard=("calm",))
        assert (facts.title, facts.artist, facts.album, facts.genres, facts.year) == ("T", "A; B", "L", ("jazz",), 1960)
        assert (facts.own_tags, facts.heard) == (("evening",), ("calm",))

    def test_any_script_is_told_as_it_is(self):
        assert metadata_sentence(Facts("夜に駆ける", "YOASOBI", genres=("🎹",))) == "夜に駆ける by YOASOBI. 🎹"


class TestCaptions:
    def test_they_say_only_what_is_known_or_means_the_same(self):
        allowed = {word for known in sayings(QUIET).all for word in (known, *LIKE.get(known, ()))}
        allowed |= {phrase for use in uses(frozenset(sayings(QUIET).all)) for phrase in use.phrases}
        fillers = "a an with and from the for music song track piece something 90s"
        said_ = f"{' '.join(allowed)} {fillers}".split()
        for caption in drawn(QUIET):
            assert set(caption.replace(",", "").split()) <= set(said_), caption

    def test_they_differ_and_never_name_the_file(self):
        told = drawn(QUIET, 40)
        assert len(set(told)) == len(told) == 40
        assert not any("Satie" in caption or "Gnossienne" in caption for caption in told)

    def test_words_and_uses_and_synonyms_all_come_up(self):
        told = " | ".join(drawn(QUIET))
        assert "piano" in told
        assert any(phrase in told for phrase in ("for reading", "for falling asleep", "for studying"))
        assert any(word in told for word in LIKE["sad"])

    def test_the_same_luck_gives_the_same_captions(self):
        assert drawn(QUIET, 5, seed=3) == drawn(QUIET, 5, seed=3) != drawn(QUIET, 5, seed=4)

    def test_none_of_them_is_empty_of_meaning(self):
        assert not set(drawn(QUIET)) & {"music", "a song", "a track", "a piece", "something", ""}
        assert set(drawn(Facts(genres=("jazz",)), 5)) <= {
            *(f"{article}{word}{noun}" for article in ("", "a ", "something ") for word in ("jazz", *LIKE["jazz"])
              for noun in ("", " music", " song", " track", " piece")),
        }  # fmt: skip

    def test_a_track_with_names_alone_has_none(self):
        assert captions(Facts("A", "B", "C"), count=3, rng=np.random.default_rng(0)) == ()

    def test_a_genre_that_the_tables_do_not_have_is_a_genre_all_the_same(self):
        assert sayings(Facts(genres=("Schlager",))).genres == ("schlager",)


class TestTables:
    def test_synonyms_are_said_by_words_that_are_said(self):
        assert all(said(to) in ("", to) for to in SAID.values())
        assert all(kind_of(word) for word in LIKE), "a word of LIKE has no kind"

    def test_no_use_speaks_for_and_against_the_same_word(self):
        assert not [use.phrases for use in FOR if use.fits & use.unfit]

    def test_night_drives_are_no_string_quartets(self):
        def phrases(*words):
            return [phrase for use in uses(frozenset(words)) for phrase in use.phrases]

        assert "for a drive at night" in phrases("electronic", "synth", "chill")
        assert "for a drive at night" not in phrases("electronic", "synth", "chill", "classical")
        assert "for falling asleep" not in phrases("loud", "slow", "quiet", "calm")
