"""What an analysis costs is measured on the files themselves, on every device, and beside another program."""

import sys

import odd_encoders
import pytest
import sounds

from musicdesk.encoders import devices
from musicdesk.errors import NothingYet
from musicdesk.evaluation import cost
from musicdesk.jobs import Job, Progress
from musicdesk.records import Device


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    for number in range(3):
        sounds.tone(folder / f"{number}.wav", hz=300 + 100 * number, length_s=5, rate_hz=16_000)
    sounds.text_called_mp3(folder / "bad.mp3")
    return folder


@pytest.fixture
def card(tmp_path, monkeypatch):
    """A machine with a GPU and an encoder that can use it."""
    gpu = Device(odd_encoders.GPU, "Toy GPU", 8000)
    monkeypatch.setattr(devices, "available", lambda: (devices.CPU, gpu))
    with odd_encoders.installed(tmp_path, monkeypatch):
        yield gpu


def test_every_stage_of_every_run_is_told(music, card, tmp_path):
    told: list[Progress] = []
    rows = cost.analysis(music, encoder="odd", models=tmp_path, workers=(1, 2), job=Job(told.append))
    assert [(row.device, row.workers) for row in rows] == [("CPU", 1), ("CPU", 2), ("Toy GPU", 1), ("Toy GPU", 2)]
    for row in rows:
        assert (row.encoder, row.tracks, row.skipped) == ("odd", 3, 1)
        assert min(row.stages.decode_s, row.stages.features_s, row.stages.encode_s, row.store_s, row.steady_s) > 0
        assert row.cpu_s > row.stages.total_s  # starting is counted there
        assert row.peak_mb > 10
    assert [row.speed_up for row in rows[::2]] == [1.0, 1.0]
    assert {p.detail for p in told} >= {"1 worker on the CPU", "Toy GPU, 2 workers decode"}


def test_one_device_can_be_measured_alone_on_some_of_the_files(music, card, tmp_path):
    (row,) = cost.analysis(music, encoder="odd", models=tmp_path, workers=[1], limit=2, device="cpu", job=Job())
    assert (row.device, row.tracks + row.skipped) == ("CPU", 2)


def test_another_program_stands_beside_where_it_is_installed(music, tmp_path, monkeypatch):
    (tmp_path / "bliss_audio.py").write_text(
        "import time\n\ndef Song(path):\n    if path.endswith('mp3'):\n        raise ValueError('no sound')\n"
        "    until = time.process_time() + 0.05\n    while time.process_time() < until:\n        pass\n"
    )
    info = tmp_path / "bliss_audio-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bliss-audio\nVersion: 9.9\n")
    monkeypatch.syspath_prepend(tmp_path)
    *_, row = cost.analysis(music, encoder="handcrafted", models=tmp_path, workers=[1], job=Job())
    assert (row.encoder, row.tracks, row.skipped) == ("bliss-audio 9.9", 3, 1)
    assert row.median_s >= 0.05
    sys.modules.pop("bliss_audio", None)


def test_a_folder_without_music_is_a_sentence(tmp_path):
    with pytest.raises(NothingYet, match="There is no music"):
        cost.analysis(tmp_path, encoder="handcrafted", models=tmp_path, job=Job())
