import numpy as np
import pytest
import sounds
from features.pieces import music, windows

from musicdesk.audio import decode
from musicdesk.errors import BadRequest
from musicdesk.features.fingerprint import CHANCE, LONGEST, LOOK, SAME, agreement, fingerprint, first_look, likely

RATE_HZ = 16_000


def printed(samples, **kind):
    return fingerprint(*windows(samples, **kind), rate_hz=kind.get("rate_hz", RATE_HZ))


@pytest.fixture(scope="module")
def pieces():
    return [music(seed) for seed in range(12)]


@pytest.fixture(scope="module")
def prints(pieces):
    return [printed(piece) for piece in pieces]


@pytest.mark.parametrize("ending", ["mp3", "ogg", "opus", "m4a", "wma", "flac"])
def test_a_copy_in_another_encoding_is_the_same(tmp_path, pieces, prints, ending):
    copy = decode.read(str(sounds.write(tmp_path / f"a.{ending}", pieces[0], RATE_HZ)), rate_hz=RATE_HZ).samples
    assert agreement(prints[0], printed(copy)) > SAME + 0.05


def test_a_quieter_copy_is_the_same(pieces, prints):
    assert agreement(prints[0], printed(pieces[0] * np.float32(0.1))) > 0.98


@pytest.mark.parametrize("late_s", [0.025, 0.05, 0.13, 0.6, 1.9])
def test_a_copy_that_begins_later_is_the_same(pieces, prints, late_s):
    late = printed(pieces[0][round(late_s * RATE_HZ) :])
    assert agreement(prints[0], late) > SAME
    assert agreement(late, prints[0]) == pytest.approx(agreement(prints[0], late), abs=0.02)


def test_other_music_is_not_the_same(prints):
    others = [agreement(a, b) for i, a in enumerate(prints) for b in prints[:i]]
    assert max(others) < SAME - 0.08
    assert min(others) >= CHANCE


def test_a_faster_version_is_not_the_same(pieces, prints):
    faster = np.interp(np.arange(0, len(pieces[0]) - 1, 1.04), np.arange(len(pieces[0])), pieces[0]).astype(np.float32)
    assert agreement(prints[0], printed(faster)) < SAME - 0.08


def test_the_same_accompaniment_under_another_voice_is_not_the_same(pieces):
    band, voices = pieces[0], pieces[1:3]
    one, other = (printed(band * np.float32(0.3) + voice) for voice in voices)
    assert agreement(one, other) < SAME


def test_long_and_many_windows_stay_within_the_bytes(pieces):
    for kind in ({"count": 8, "window_s": 5.0}, {"count": 40, "window_s": 3.0}, {"count": 1, "window_s": 30.0}):
        assert 0 < len(printed(music(1, length_s=130), **kind)) <= LONGEST


def test_windows_at_another_rate_do_as_well():
    piece = music(3, rate_hz=22_050)
    quiet = printed(piece * np.float32(0.2), count=8, window_s=5.0, rate_hz=22_050)
    assert agreement(printed(piece, count=8, window_s=5.0, rate_hz=22_050), quiet) > 0.97


def test_silence_and_scraps_are_the_same_as_nothing(prints):
    silent = printed(sounds.hush(length_s=30, rate_hz=RATE_HZ))
    scrap = fingerprint([music(1)[:4800]], [0.0], rate_hz=RATE_HZ)
    assert scrap == fingerprint([], [], rate_hz=RATE_HZ) == b""
    for nothing in (silent, scrap):
        assert agreement(nothing, nothing) == agreement(nothing, prints[0]) == CHANCE


def test_two_pieces_that_share_their_rests_are_not_the_same(pieces):
    holed = [piece.copy() for piece in pieces[:2]]
    for piece in holed:
        piece.reshape(-1, RATE_HZ)[::2] = 0
    one, other = (printed(piece) for piece in holed)
    assert agreement(one, other) < SAME - 0.05


def test_a_damaged_print_is_never_the_same_and_never_an_error(prints):
    whole = prints[0]
    for broken in (whole[:1], whole[:4], b"\x00" * 40, b"\xff" * 40, b"\x09" + whole[1:], whole[:60]):
        assert agreement(broken, prints[1]) < SAME
        assert first_look(broken).shape == (LOOK,)


def test_as_many_windows_as_starts(pieces):
    with pytest.raises(BadRequest):
        fingerprint([pieces[0]], [], rate_hz=RATE_HZ)


def test_a_first_look_lets_copies_through_and_keeps_others_back(pieces, prints):
    copies = [printed(piece[800:]) for piece in pieces]
    looks, other = (np.stack([first_look(one) for one in some]) for some in (prints, copies))
    assert likely(looks, other, shift_s=0.3).all()
    assert not likely(looks, np.roll(other, 1, axis=0), shift_s=2.0).any()
    assert not likely(looks, np.zeros_like(looks), shift_s=0.3).any()
