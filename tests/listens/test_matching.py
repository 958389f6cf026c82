"""Which track a foreign line means: spelling does not count, another recording does, and nothing is guessed."""

import pytest

from musicdesk.listens.matching import Matcher, people, words_of
from musicdesk.records import Listen, PlaylistEntry, Tags, Track

MBID = "0fbd6a97-05ec-4dbc-a9e5-6b2a1dcb4e22"


def track(number: int, artist: str, title: str, *, length_s: float = 200.0, path: str = "", **tags: object) -> Track:
    artists = tuple(filter(None, artist.split("; ")))
    return Track(
        number, path or f"/music/{artist}/{number:02} {title}.flac", f"1:{number}", length_s,
        tags=Tags(title=title, artists=artists, **tags),  # type: ignore[arg-type]
    )  # fmt: skip


def found(library: list[Track], artist: str = "", title: str = "", **more: object) -> int | None:
    return Matcher(library).track(Listen(artist, title, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("artist", "title", "told_artist", "told_title"),
    [
        ("Björk", "Jóga", "BJORK", "joga"),
        ("The Beatles", "Help!", "Beatles", "Help"),
        ("The Beatles", "Help!", "Beatles, The", "Help!"),
        ("Simon & Garfunkel", "The Boxer", "Simon and Garfunkel", "The Boxer"),
        ("AC/DC", "T.N.T.", "AC/DC", "T.N.T"),
        ("Sigur Rós", "Sæglópur", "Sigur Ros", "Saeglopur"),
        ("Beyoncé", "Déjà Vu (feat. JAY-Z)", "Beyoncé", "Deja Vu"),
        ("Beyoncé", "Déjà Vu", "Beyoncé feat. JAY-Z", "Déjà Vu"),
        ("Beyoncé; JAY-Z", "Déjà Vu", "Beyoncé", "Déjà Vu (Feat. JAY-Z)"),
        ("Beyoncé; JAY-Z", "Déjà Vu", "Beyoncé ft. Jay-Z", "Déjà Vu"),
        ("Beyoncé; JAY-Z", "Déjà Vu", "Beyoncé & JAY-Z", "Déjà Vu"),
        ("Queen", "Bohemian Rhapsody", "Queen", "Bohemian Rhapsody - Remastered 2011"),
        ("Queen", "Bohemian Rhapsody (2011 Remaster)", "Queen", "Bohemian Rhapsody"),
        ("Pink Floyd", "Echoes [2016 Remastered Version]", "Pink Floyd", "Echoes"),
        ("Nina Simone", "Sinnerman (Live)", "Nina Simone", "Sinnerman - Live"),
        ("The Rolling Stones", "(I Can't Get No) Satisfaction", "Rolling Stones", "I Can’t Get No Satisfaction"),
        ("坂本龍一", "戦場のメリークリスマス", "坂本龍一", "戦場のメリークリスマス"),
        ("!!!", "?", "!!!", "?"),
        ("The The", "This Is the Day", "The The", "This Is The Day"),
        ("Jay-Z", "99 Problems", "JAY Z", "99 Problems"),
        ("Ólafur Arnalds", "Near Light", "Ólafur  Arnalds ", " Near\u00a0Light"),
    ],
)  # fmt: skip
def test_spelling_guests_and_remasters_do_not_count(artist, title, told_artist, told_title):
    library = [track(1, artist, title), track(2, artist, "Another"), track(3, "Somebody Else", title)]
    assert found(library, told_artist, told_title) == 1


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Sinnerman", "Sinnerman (Live)"),
        ("Sinnerman (Live at Montreux)", "Sinnerman"),
        ("Sinnerman (Live at Montreux)", "Sinnerman (Live at Newport)"),
        ("Sinnerman", "Sinnerman (Felix da Housecat Remix)"),
        ("Sinnerman", "Sinnerman - Acoustic Version"),
        ("Sinnerman", "Sinnerman (Instrumental)"),
        ("Sinnerman, Pt. 1", "Sinnerman, Pt. 2"),
        ("Sinnerman", "Sinner"),
    ],
)
def test_another_recording_is_another_recording(title, told):
    assert found([track(1, "Nina Simone", title)], "Nina Simone", told) is None


def test_a_length_that_differs_is_another_recording_and_a_rounded_one_is_not():
    library = [track(1, "Can", "Halleluhwah", length_s=1112.4)]
    assert found(library, "Can", "Halleluhwah", length_s=1112.0) == 1
    assert found(library, "Can", "Halleluhwah", length_s=219.0) is None
    assert found(library, "Can", "Halleluhwah", length_s=None) == 1


def test_of_several_the_length_or_the_album_chooses_and_else_nobody():
    library = [
        track(1, "Can", "Vitamin C", length_s=214.0, album="Ege Bamyasi"),
        track(2, "Can", "Vitamin C", length_s=340.0, album="Live in Stuttgart"),
    ]
    assert found(library, "Can", "Vitamin C") is None
    assert found(library, "Can", "Vitamin C", length_s=339.0) == 2
    assert found(library, "Can", "Vitamin C", album="EGE BAMYASI") == 1
    assert found(library, "Can", "Vitamin C", album="Unknown") is None


def test_copies_of_one_recording_are_no_ambiguity():
    flac, mp3 = track(1, "Can", "Vitamin C", length_s=214.0), track(2, "Can", "Vitamin C", length_s=214.3)
    assert found([flac, mp3], "Can", "Vitamin C") == 1
    named = [track(n, "Can", "Vitamin C", length_s=200.0 + 5 * n, recording_mbid=MBID) for n in (1, 2)]
    assert found(named, "Can", "Vitamin C") == 1


def test_a_guest_tells_two_songs_of_one_name_apart():
    library = [track(1, "A", "Song (feat. B)", length_s=200.0), track(2, "A", "Song", length_s=250.0)]
    assert found(library, "A feat. B", "Song") == 1
    assert found(library, "A", "Song") == 2
    assert found(library, "A feat. C", "Song") == 2


def test_the_musicbrainz_recording_goes_before_the_words():
    library = [track(1, "A", "Song"), track(2, "B", "Lied", recording_mbid=MBID)]
    assert found(library, "A", "Song", recording_mbid=MBID.upper()) == 2
    assert found(library, "A", "Song", recording_mbid="f" * 8 + MBID[8:]) == 1


def test_a_file_of_this_library_is_that_file_unless_its_length_says_otherwise():
    library = [track(1, "A", "Song", path="/m/a.flac"), track(2, "A", "Other", path="/m/b.flac", length_s=90.0)]
    assert found(library, "A", "Other", path="/m/a.flac") == 1
    assert found(library, "A", "Other", path="/m/a.flac", length_s=90.0) == 2


def test_paths_of_another_machine_need_enough_in_common():
    library = [
        track(1, "A", "Song", path="/music/A/Album/01.flac"),
        track(2, "B", "Lied", path="/music/B/Greatest Hits/01.flac"),
        track(3, "C", "Chanson", path="/music/C/Chanson unique.flac"),
    ]
    assert found(library, path=r"D:\Musik\A\Album\01.flac") == 1
    assert found(library, path="A/Album/01.flac") == 1
    assert found(library, path="/elsewhere/01.flac") is None
    assert found(library, path="/elsewhere/Chanson unique.flac") == 3
    assert found(library, "D", "Canción", path="/elsewhere/Greatest Hits/01.flac") is None
    assert found(library, "Wrongly", "Tagged", path="/elsewhere/B/Greatest Hits/01.flac") == 2


def test_an_artist_alone_means_all_their_sounds_once():
    library = [
        track(1, "Can", "A"),
        track(2, "Can; Brian Eno", "B"),
        track(3, "Cannibal", "C"),
        track(4, "Brian Eno", "D"),
    ]
    matcher = Matcher(library)
    assert matcher.sounds(Listen("CAN")) == ("1:1", "1:2")
    assert matcher.sounds(Listen("Eno")) == ()
    assert matcher.sounds(Listen("Can", "A")) == ("1:1",)


def test_a_file_without_identity_has_no_sound_yet():
    nameless = Track(1, "/m/a.flac", tags=Tags(title="A", artists=("Can",)))
    assert Matcher([nameless]).sounds(Listen("Can", "A")) == ()
    assert Matcher([nameless]).track(PlaylistEntry("/m/a.flac")) == 1


def test_titles_are_taken_apart():
    assert words_of("Song (feat. B) [Live at Home] - Remastered 2009")[:3] == ("song", "live at home", "b")
    assert words_of("(Untitled)").core == "untitled"
    assert words_of("Spring - Summer").core == "spring summer"
    assert people("The Mamas & the Papas") == people("Mamas and Papas")
