"""The engine: every file gets exactly one result, whatever files and devices do."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import odd_encoders
import pytest
import sounds

from musicdesk.encoders import analysing, devices, registry
from musicdesk.encoders.analysing import QUICK_WINDOWS, Engine, Plan, Request
from musicdesk.encoders.base import HEAVY_MB
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import Analysis, Device, Skipped, State

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
COUNT = 12
WAYS = ("cpu", "cpu:split", "auto")
"""Whole files in every worker; a process of its own for the network; the same with a GPU."""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for number in range(COUNT):
        sounds.tone(folder / f"{number:02}.wav", hz=200 + 100 * number, length_s=4 + number / 4, rate_hz=16_000)
    return folder


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    """A plan for the odd encoder, on a machine with a GPU."""
    card = Device(odd_encoders.GPU, "Toy GPU", 8000, half=True)
    monkeypatch.setattr(devices, "available", lambda: (devices.CPU, card))
    monkeypatch.setenv("ODD_PASSES", str(tmp_path / "passes"))
    monkeypatch.setenv("ODD_HELD_BY", str(tmp_path / "held_by"))
    with odd_encoders.installed(tmp_path, monkeypatch):
        yield Plan("odd", tmp_path, 2, nice=0)


def requests(folder: Path) -> list[Request]:
    return [Request(str(path), path.stem) for path in sorted(folder.iterdir())]


def results(plan: Plan, todo: list[Request], device: str) -> tuple[dict[str, Analysis | Skipped], list[str]]:
    """What became of every sound, each of which must come exactly once; and what was said."""
    said: list[str] = []
    with Engine(replace(plan, device=device), say=said.append) as engine:
        done = [(request, outcome) for request, outcome in engine.run(todo)]
    assert Counter(request.path for request, _ in done) == Counter(request.path for request in todo)
    assert all(outcome.audio_hash == request.audio_hash for request, outcome in done)
    return {request.audio_hash: outcome for request, outcome in done}, said


def pitches(outcomes: dict[str, Analysis | Skipped]) -> list[float]:
    """What the encoder heard in Hz, in the order of the names."""
    found = [outcomes[name] for name in sorted(outcomes)]
    return [float(o.vector[2]) * odd_encoders.RATE_HZ / 2 for o in found if isinstance(o, Analysis)]


def right_pitches(count: int = COUNT) -> object:
    return pytest.approx([200 + 100 * number for number in range(count)], rel=0.02)


def passes(folder: Path) -> list[tuple[str, int]]:
    lines = (folder / "passes").read_text().splitlines()
    return [(line.split()[0], int(line.split()[1])) for line in lines]


@pytest.mark.parametrize("device", WAYS)
def test_every_arrangement_hears_the_same(plan, music, device):
    outcomes, said = results(plan, requests(music), device)
    assert pitches(outcomes) == right_pitches()
    assert all(o.windows == 4 and o.peak_mb > 10 for o in outcomes.values())
    assert all(o.timings.decode_s > 0 and o.timings.encode_s > 0 for o in outcomes.values())
    assert not said


@pytest.fixture
def heavy(plan, monkeypatch) -> Plan:
    """The same encoder, if its network were too large for every worker to hold it."""
    large = replace(odd_encoders.PLUGIN, spec=replace(odd_encoders.SPEC, memory_mb=HEAVY_MB + 1))
    monkeypatch.setattr(registry, "_foreign", cache(lambda: {"odd": large}))
    return replace(plan, device="cpu")


def test_a_heavy_network_is_held_by_one_process_alone(heavy, music, tmp_path):
    outcomes, said = results(heavy, requests(music), "cpu")
    assert pitches(outcomes) == right_pitches()
    assert len(set((tmp_path / "held_by").read_text().split())) == 1
    assert not said


@pytest.mark.parametrize("wrong", ["die", "fail"])
def test_a_heavy_network_that_fails_on_the_cpu_costs_the_track_alone(heavy, music, monkeypatch, wrong):
    monkeypatch.setenv("ODD_ANYWHERE", f"{wrong} at 700")
    outcomes, said = results(heavy, requests(music)[:7], "cpu")
    failed = [name for name, outcome in outcomes.items() if isinstance(outcome, Skipped)]
    assert failed == ["05"]
    assert outcomes["05"].passing
    assert not said


def test_a_heavy_network_that_cannot_load_is_a_sentence(heavy, music, monkeypatch):
    monkeypatch.setenv("ODD_ANYWHERE", "no start")
    with Engine(heavy) as engine, pytest.raises(ModelUnavailable, match="Update it"):
        list(engine.run(requests(music)))


def test_a_network_that_needs_more_memory_than_there_is_does_not_begin(heavy, monkeypatch):
    giant = replace(odd_encoders.PLUGIN, spec=replace(odd_encoders.SPEC, memory_mb=2**30))
    monkeypatch.setattr(registry, "_foreign", cache(lambda: {"odd": giant}))
    with pytest.raises(ModelUnavailable, match="memory"):
        Engine(heavy)


def test_a_gpu_encodes_windows_of_several_tracks_at_once(plan, music, tmp_path):
    results(plan, requests(music), "auto")
    sizes = [size for _, size in passes(tmp_path)]
    assert sum(sizes) == 4 * COUNT
    assert max(sizes) > 4
    assert max(sizes) <= odd_encoders.SPEC.batch
    assert {device for device, _ in passes(tmp_path)} == {odd_encoders.GPU}


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_bad_files_are_results_with_a_sentence(plan, tmp_path, device):
    folder = tmp_path / "music"
    folder.mkdir()
    sounds.tone(folder / "good.flac", length_s=5)
    sounds.truncated(folder / "half.flac", length_s=20)
    sounds.silence(folder / "silent.wav", length_s=5)
    sounds.text_called_mp3(folder / "text.mp3")
    outcomes, _ = results(plan, requests(folder), device)
    states = {name: outcome.state for name, outcome in outcomes.items()}
    assert states == {"good": State.OK, "half": State.PARTIAL, "silent": State.SILENT, "text": State.FAILED}
    assert all(outcomes[name].reason for name in ("half", "silent", "text"))
    assert not outcomes["text"].passing  # it will be no sound tomorrow either


@pytest.mark.parametrize("device", WAYS[:2])
def test_a_file_that_kills_starves_or_hangs_its_process_costs_itself_alone(plan, music, tmp_path, device, monkeypatch):
    monkeypatch.setattr(analysing, "FILE_LIMIT_S", 2.0)
    folder = tmp_path / "music"
    folder.mkdir()
    poison = {odd_encoders.CRASHES_HZ: "SIGSEGV", odd_encoders.STARVES_HZ: "memory", odd_encoders.HANGS_HZ: "longer"}
    for hz in poison:
        sounds.tone(folder / f"{hz}.wav", hz=hz, length_s=5, rate_hz=16_000)
    good = requests(music)
    outcomes, said = results(plan, good[:6] + requests(folder) + good[6:], device)
    for hz, word in poison.items():
        bad = outcomes.pop(str(hz))
        assert (bad.state, bad.passing) == (State.FAILED, True)
        assert word in bad.reason
    assert all(isinstance(outcome, Analysis) for outcome in outcomes.values())
    assert not said


def test_a_gpu_short_of_memory_takes_fewer_windows(plan, music, monkeypatch, tmp_path):
    monkeypatch.setenv("ODD_GPU", "most 3")
    outcomes, said = results(plan, requests(music), "auto")
    assert pitches(outcomes) == right_pitches()
    assert said[-1] == "The memory of the GPU is short; it takes 2 windows at once from now on."
    assert {device for device, _ in passes(tmp_path)} == {odd_encoders.GPU}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("fail", "device-side assert"),
        ("die", "SIGKILL"),
        ("hang", "longer than 3 seconds"),
        ("no start", "driver is too old"),
    ],
)
def test_a_gpu_that_fails_costs_a_sentence_and_nothing_else(plan, music, monkeypatch, wrong, told):
    monkeypatch.setenv("ODD_GPU", wrong)
    monkeypatch.setattr(analysing, "FILE_LIMIT_S", 3.0 if wrong == "hang" else 60.0)
    outcomes, said = results(replace(plan, workers=1), requests(music)[:5], "auto")
    assert pitches(outcomes) == right_pitches(5)
    assert len(said) == 1
    assert said[0].startswith("Toy GPU failed")
    assert told in said[0]
    assert said[0].endswith("the CPU goes on with the analysis.")


def test_an_encoder_that_cannot_load_says_so_itself(plan, music, monkeypatch):
    monkeypatch.setenv("ODD_ANYWHERE", "no start")
    with pytest.raises(ModelUnavailable, match="driver"):
        results(replace(plan, workers=1), requests(music), "auto")


def test_it_is_told_what_it_runs_on(plan, music, monkeypatch):
    with Engine(replace(plan, device="cpu")) as engine:
        assert engine.detail == "2 workers on the CPU"
    monkeypatch.setenv("ODD_GPU", "fail")
    with Engine(replace(plan, workers=1)) as engine:
        assert engine.detail == "Toy GPU, 1 worker decodes"
        list(engine.run(requests(music)[:1]))
        assert engine.detail == "1 worker on the CPU"


def test_half_precision_is_told_where_it_is_used(plan, music, monkeypatch):
    monkeypatch.setenv("ODD_GPU", "fp16")
    with Engine(plan) as engine:
        list(engine.run(requests(music)[:1]))
        assert engine.detail == "Toy GPU (fp16), 2 workers decode"


def test_a_quick_listen_takes_few_windows_and_leaves_the_rest_to_the_full_one(plan, music):
    plan = replace(plan, workers=1)
    quick, _ = results(replace(plan, windows=QUICK_WINDOWS), requests(music)[:3], "cpu")
    assert [(o.windows, o.quick, o.fingerprint) for o in quick.values()] == [(QUICK_WINDOWS, True, b"")] * 3
    full, _ = results(plan, requests(music)[:3], "cpu")
    assert all(not o.quick and o.fingerprint and 0 <= o.speech <= 1 for o in full.values())


def test_how_much_of_a_track_is_silent_is_told(plan, tmp_path):
    sound = np.concatenate([sounds.sine(length_s=10, rate_hz=16_000), sounds.hush(length_s=30, rate_hz=16_000)])
    path = sounds.write(tmp_path / "gap.wav", sound, 16_000)
    outcomes, _ = results(replace(plan, workers=1), [Request(str(path), "gap")], "cpu")
    assert outcomes["gap"].silence == pytest.approx(0.75)


def test_no_file_is_begun_while_a_check_waits_and_what_it_raises_ends_the_run(plan, music):
    begun: list[Request] = []
    go_on, waited = threading.Event(), threading.Event()

    def asked() -> Iterator[Request]:
        for request in requests(music):
            begun.append(request)
            yield request

    def check() -> None:
        if len(begun) >= 2 and not go_on.is_set():
            waited.set()
            go_on.wait(30)
        if len(begun) >= 6:
            raise KeyboardInterrupt

    with Engine(replace(plan, device="cpu")) as engine:
        listener = threading.Thread(target=lambda: (waited.wait(30), counts.append(len(begun)), go_on.set()))
        counts: list[int] = []
        listener.start()
        with pytest.raises(KeyboardInterrupt):
            list(engine.run(asked(), check))
        listener.join()
    assert counts == [2]
    assert len(begun) == 6


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_a_run_that_is_left_leaves_no_process(plan, music, device, monkeypatch):
    monkeypatch.setenv("ODD_ANYWHERE", "slow")
    before = children()
    with Engine(replace(plan, device=device)) as engine:
        run = engine.run(requests(music))
        next(run)
        assert children() - before
        run.close()  # type: ignore[attr-defined]
    assert children() == before


def test_nobody_listens_far_ahead_of_a_slow_network(plan, music, monkeypatch):
    monkeypatch.setenv("ODD_GPU", "slow")
    begun = done = 0
    ahead = []

    def asked() -> Iterator[Request]:
        nonlocal begun
        for number in range(40):
            begun += 1
            yield Request(requests(music)[number % COUNT].path, str(number))

    with Engine(plan) as engine:
        for _ in engine.run(asked()):
            done += 1
            ahead.append(begun - done)
    assert done == 40
    # two batches of 2 tracks wait (and one that made it full), one is encoded, two are being listened to
    assert max(ahead) <= 2 * 3 + 1 + 3 + 2


def test_a_plan_that_cannot_be_is_refused(plan):
    for wrong in ({"workers": 0}, {"windows": 0}, {"device": "tpu"}):
        with pytest.raises(BadRequest):
            Engine(replace(plan, **wrong))


def test_listening_needs_no_torch(tmp_path):
    path = sounds.tone(tmp_path / "a.wav", length_s=8)
    script = f"""
import sys
from musicdesk.encoders.analysing import Engine
from musicdesk.encoders.steps import Heard, Order, Request, get_ready, listen
order = Order("musicnn", "", 2)
get_ready(order)
assert isinstance(listen(order, Request({str(path)!r}, "")), Heard)
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def children() -> set[str]:
    """The child processes of this one that are alive."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z":
            found.add(stat.parent.name)
    return found
