"""Whatever is typed is a query: words, phrases, what shall not be there, and fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.records.searching import Understood
from musicdesk.semantic.query import LONGEST, LONGEST_WORD, literal, parse


def asks(*words, **more):
    return Understood(words=words, **more)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("slow sad piano", asks("slow", "sad", "piano")),
        ("slow, sad piano!", asks("slow", "sad", "piano")),
        ("Daft Punk – Da Funk", asks("Daft", "Punk", "Da", "Funk")),
        ("hip-hop", asks("hip-hop")),
        ("!!!", asks("!!!")),
        ("R.E.M.", asks("R.E.M")),
        ("", asks()),
        ("  \n\t ", asks()),
        ("- , ;", asks()),
        ("東京 夜", asks("東京", "夜")),
        ("песня ночь", asks("песня", "ночь")),
        ("🔥 ♥", asks("🔥", "♥")),
        ("a\0b \x07c", asks("a", "b", "c")),
        ("w\ud800rk", asks("w\ufffdrk")),
    ],
)  # fmt: skip
def test_plain_words_in_any_script(text, understood):
    assert parse(text) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ('"live at leeds" who', asks("who", phrases=("live at leeds",))),
        ("“blue  moon” «à la»", asks(phrases=("blue moon", "à la"))),
        ('"slow sa', asks("slow", "sa")),
        ('sad "', asks("sad")),
        ('"" ""', asks()),
        ('12" mix', asks('12"', "mix")),
        ('a "b" "c', asks("a", "c", phrases=("b",))),
    ],
)
def test_what_stands_in_quotation_marks_is_a_phrase_and_one_alone_is_passed_over(text, understood):
    assert parse(text) == understood


@pytest.mark.parametrize(
    ("text", "words", "without"),
    [
        ("piano -live", ("piano",), ("live",)),
        ("piano no vocals", ("piano",), ("vocals",)),
        ("No Vocals", (), ("Vocals",)),
        ("rock without drums", ("rock",), ("drums",)),
        ("without any drums", (), ("drums",)),
        ("not sad", (), ("sad",)),
        ("not too loud piano", ("piano",), ("loud",)),
        ("no drums or vocals", (), ("drums", "vocals")),
        ("no drums, no vocals", (), ("drums", "vocals")),
        ("no female vocals", (), ("female vocals",)),
        ("no heavy metal rock", ("rock",), ("heavy metal",)),
        ("no hip hop", (), ("hip hop",)),
        ("no drum solo", ("solo",), ("drum",)),
        ('piano -"live at"', ("piano",), ("live at",)),
        ('piano no "live at"', ("piano",), ("live at",)),
        ("queen -album:live", ("queen",), ("live",)),
        ("klavier ohne Gesang", ("klavier",), ("Gesang",)),
        ("kein Schlagzeug", (), ("Schlagzeug",)),
        ("nicht zu laut", (), ("laut",)),
        ("piano sans la voix", ("piano",), ("voix",)),
        ("pas de batterie", (), ("batterie",)),
        ("guitarra sin voces", ("guitarra",), ("voces",)),
        ("no no vocals", ("vocals",), ("no",)),
        ("no", ("no",), ()),
        ("piano no", ("piano", "no"), ()),
        ("without", ("without",), ()),
        ("no the", (), ("the",)),
        ("no -live", ("no",), ("live",)),
        ("--live -", ("--live",), ()),
        ("live -live -LIVE", ("live",), ("live",)),
    ],
)
def test_what_shall_not_be_there(text, words, without):
    assert (parse(text).words, parse(text).without) == (words, without)


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("artist:queen live", (("artist", "queen"),), ("live",)),
        ('ARTIST:"daft punk" mood:calm', (("artist", "daft punk"), ("mood", "calm")), ()),
        ("artist: queen", (("artist", "queen"),), ()),
        ("album:Ænima title:x genre:jazz tag:rainy comment:gift",
         (("album", "Ænima"), ("title", "x"), ("genre", "jazz"), ("tag", "rainy"), ("comment", "gift")), ()),
        ("artist:metal*", (("artist", "metal*"),), ()),
        ("year:1990", (("year", "1990"),), ()),
        ("year:1990-1999", (("year", "1990-1999"),), ()),
        ("year:1999..1990", (("year", "1990-1999"),), ()),
        ("year:90s", (("year", "1990-1999"),), ()),
        ("year:1960s", (("year", "1960-1969"),), ()),
        ("year:00s", (("year", "2000-2009"),), ()),
        ("year:1990-", (("year", "1990-2999"),), ()),
        ("year:-1990", (("year", "1000-1990"),), ()),
        ("year:soon", (), ("soon",)),
        ("artist:", (), ("artist:",)),
        ('artist:""', (), ()),
        ("http://x:y", (), ("http://x:y",)),
        ("artist:a:b", (("artist", "a:b"),), ()),
        ("no artist:queen", (("artist", "queen"),), ("no",)),
    ],
)  # fmt: skip
def test_fields(text, fields, words):
    assert (parse(text).fields, parse(text).words) == (fields, words)


def test_of_a_thousand_words_a_hundred_are_read_and_the_rest_is_told():
    understood = parse(" ".join(f"w{n}" for n in range(1000)))
    assert understood.words == tuple(f"w{n}" for n in range(LONGEST))
    assert understood.left_out == 900
    assert parse("x" * 100_000).words == ("x" * LONGEST_WORD,)


def test_the_meaning_is_the_plain_words_alone():
    assert parse('slow piano no vocals year:1990 "x y"').meaning == "slow piano"


@pytest.mark.parametrize(
    ("text", "words"),
    [("No Woman No Cry", ("No", "Woman", "No", "Cry")), ("sin city", ("sin", "city")), ("slow piano", ()),
     ("no vocals year:1990", ()), ('no "x"', ()), ("", ())],
)  # fmt: skip
def test_a_title_with_a_no_in_it_can_be_looked_for_as_it_stands(text, words):
    assert literal(text) == words


@given(st.text(max_size=60))
def test_any_text_is_a_query_and_no_word_of_it_is_made_up(text):
    understood = parse(text)
    said = (*understood.words, *understood.phrases, *understood.without)
    assert all(word.strip() == word and word for word in said)
    assert all(name and value for name, value in understood.fields)
    assert understood == parse(f" {text} ")


PIECES = (
    "no",
    "without",
    "not",
    "the",
    "-",
    '"',
    "artist:",
    "year:90s",
    "drums",
    "or",
    "female",
    "vocals",
    "-live",
    '"a b"',
)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_pieces_in_any_order_are_a_query(pieces):
    understood = parse(" ".join(pieces))
    assert understood.left_out == 0
    assert len(understood.words) <= len(pieces)
