"""What can run a network: asked for by name, found by a child process, and told when it is not there."""

import subprocess
import sys
from dataclasses import replace

import odd_encoders
import pytest

from musicdesk.encoders import devices
from musicdesk.encoders.devices import CPU, available, choose
from musicdesk.encoders.handcrafted import SPEC as HANDCRAFTED
from musicdesk.errors import BadRequest
from musicdesk.records import Device

SPEC = odd_encoders.SPEC  # it can use the CPU and CUDA
CARDS = (Device("cuda:0", "NVIDIA A"), Device("cuda:1", "NVIDIA B"))
APPLE = Device("mps", "Apple GPU")


@pytest.mark.parametrize(
    ("wanted", "there", "chosen"),
    [
        ("auto", (CPU,), CPU),
        ("auto", (CPU, *CARDS), CARDS[0]),
        ("cuda", (CPU, *CARDS), CARDS[0]),
        ("cuda:1", (CPU, *CARDS), CARDS[1]),
        ("cpu", (CPU, *CARDS), CPU),
        ("auto", (CPU, APPLE), CPU),
    ],
)
def test_the_device_that_is_asked_for_is_taken(wanted, there, chosen):
    said: list[str] = []
    assert choose(wanted, SPEC, say=said.append, found=lambda: there) == chosen
    assert not said


@pytest.mark.parametrize("wanted", ["cuda", "cuda:7", "mps"])
def test_a_device_that_is_not_there_costs_a_sentence(wanted):
    said: list[str] = []
    assert choose(wanted, SPEC, say=said.append, found=lambda: (CPU, APPLE)) == CPU
    assert said == [f"There is no {wanted} device that Odd can use here; the CPU does the work."]


def test_a_card_with_too_little_memory_costs_a_sentence():
    said: list[str] = []
    small, large = Device("cuda:0", "NVIDIA A", memory_mb=4096), Device("cuda:1", "NVIDIA B", memory_mb=16_384)
    hungry = replace(SPEC, memory_mb=13_000)
    assert choose("auto", hungry, say=said.append, found=lambda: (CPU, small, large)) == large
    assert choose("auto", hungry, say=said.append, found=lambda: (CPU, small)) == CPU
    assert said == ["Odd needs 13 GB, more than NVIDIA A has; the CPU does the work."]


def test_an_encoder_takes_only_what_it_can_use():
    everywhere = replace(SPEC, devices=("cpu", "cuda", "mps"))
    assert choose("auto", everywhere, found=lambda: (CPU, APPLE)) == APPLE


def test_nobody_looks_for_a_gpu_that_would_not_be_used():
    def look():
        raise AssertionError

    assert choose("cpu", SPEC, found=look) == CPU
    assert choose("auto", HANDCRAFTED, found=look) == CPU


def test_a_word_that_is_no_device_is_refused():
    with pytest.raises(BadRequest, match="auto, cpu, cuda, mps"):
        choose("tpu", SPEC)


def test_looking_leaves_torch_in_a_child_process(monkeypatch):
    script = (
        "import sys; from musicdesk.encoders import devices; devices._signs_of_a_gpu = lambda: True;"
        "found = devices.available(); assert found[0] == devices.CPU; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_look_that_crashes_finds_the_cpu(monkeypatch):
    monkeypatch.setattr(devices, "_signs_of_a_gpu", lambda: True)
    monkeypatch.setattr(devices, "look", odd_encoders.front_end)  # raises: it is given no windows
    available.cache_clear()
    try:
        assert available() == (CPU,)
    finally:
        available.cache_clear()
