"""The steps of one file's way, in this process: what they make of a file and of a device that does not do its part."""

import numpy as np
import odd_encoders
import pytest
import sounds

from musicdesk.encoders.steps import Heard, Order, Request, analyse, encode, finished, listen
from musicdesk.records import Analysis, State


@pytest.fixture
def order(tmp_path, monkeypatch):
    """How the odd encoder is used on a GPU; every test has a folder, and so a network, of its own."""
    with odd_encoders.installed(tmp_path, monkeypatch):
        yield Order("odd", str(tmp_path), 4, device=odd_encoders.GPU)


@pytest.fixture
def heard(order, tmp_path):
    """Three files, listened to."""
    files = [sounds.tone(tmp_path / f"{hz}.wav", hz=hz, length_s=6, rate_hz=16_000) for hz in (300, 400, 500)]
    return [listen(order, Request(str(path), path.stem)) for path in files]


def test_listening_gives_features_and_all_that_needs_no_network(heard):
    assert all(isinstance(h, Heard) and h.features.shape == (4, 8000) for h in heard)
    assert heard[0].starts_s == pytest.approx((0.25, 1.75, 3.25, 4.75))
    known = heard[0].analysis
    assert (known.audio_hash, known.windows, known.state, known.quick) == ("300", 4, State.OK, False)
    assert known.fingerprint
    assert known.timings.decode_s > 0
    assert known.timings.encode_s == 0


def test_several_tracks_encoded_together_come_out_as_each_alone(order, heard):
    together = encode(order, heard)
    for one, pooled in zip(heard, together.pooled, strict=True):
        alone = encode(order, [one]).pooled[0]
        assert np.array_equal(pooled.vector, alone.vector)
        assert pooled.typical_s == alone.typical_s


def test_the_whole_way_in_one_process_gives_the_same(order, heard, tmp_path):
    whole = analyse(order, Request(str(tmp_path / "400.wav"), "400"))
    apart = finished(heard[1], encode(order, heard).pooled[1], encode_s=0.5, peak_mb=7.0)
    assert isinstance(whole, Analysis)
    assert np.array_equal(whole.vector, apart.vector)
    assert (whole.audio_hash, whole.fingerprint, whole.typical_s) == ("400", apart.fingerprint, apart.typical_s)
    assert (apart.timings.encode_s, apart.timings.decode_s > 0) == (0.5, True)


def test_a_pass_that_does_not_fit_is_halved_until_it_does(order, heard, monkeypatch, tmp_path):
    expected = encode(order, heard).pooled
    monkeypatch.setenv("ODD_GPU", "most 3")
    other = Order("odd", str(tmp_path / "other"), 4, device=odd_encoders.GPU)
    encodings = encode(other, heard)
    assert encodings.batch == 2  # 10, 5, 2
    for got, wanted in zip(encodings.pooled, expected, strict=True):
        assert np.array_equal(got.vector, wanted.vector)


def test_a_device_without_room_for_a_window_is_out_of_memory(order, heard, monkeypatch):
    monkeypatch.setenv("ODD_GPU", "most 0")
    with pytest.raises(MemoryError):
        encode(order, heard)


def test_a_device_that_gives_no_numbers_has_failed(order, heard, monkeypatch):
    monkeypatch.setenv("ODD_GPU", "nan")
    with pytest.raises(ArithmeticError, match="not finite"):
        encode(order, heard)


def test_what_is_no_lack_of_memory_is_not_tried_again(order, heard, monkeypatch):
    monkeypatch.setenv("ODD_GPU", "fail")
    with pytest.raises(RuntimeError, match="device-side assert"):
        encode(order, heard)
