"""Without sound the door still opens, and says in a sentence what to do. Each case in a process of its own."""

import subprocess
import sys

import pytest

PLAY = """
from musicdesk.playback.player import open_player
player = open_player({arguments})
failed = []
player.failed.listen(failed.append)
player.play("song.flac")
player.close()
print(type(player).__name__, player.problem, failed, sep="|")
"""


def opened(*, before="", arguments=""):
    """(class, problem, failures) of a player that was opened after some preparation."""
    script = before + PLAY.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1].split("|")


def test_without_portaudio_the_sentence_names_the_debian_package():
    without = "import ctypes.util\nctypes.util.find_library = lambda name: None\nimport sys; sys.platform = 'linux'\n"
    kind, problem, failed = opened(before=without)
    assert kind == "SilentPlayer"
    assert "libportaudio2" in problem
    assert "libportaudio2" in failed


def test_without_the_python_package_the_sentence_names_it():
    kind, problem, _ = opened(before="import sys\nsys.modules['sounddevice'] = None\n")
    assert kind == "SilentPlayer"
    assert "pip install sounddevice" in problem


@pytest.fixture
def sounddevice():
    return pytest.importorskip("sounddevice", reason="PortAudio is missing here", exc_type=OSError)


@pytest.mark.usefixtures("sounddevice")
def test_an_unknown_device_is_named():
    _, problem, _ = opened(arguments="device='Grandmother’s gramophone'")
    assert "Grandmother’s gramophone" in problem


def test_without_a_device_the_sentence_says_to_plug_one_in(sounddevice):
    if any(device["max_output_channels"] for device in sounddevice.query_devices()):
        pytest.skip("there is a sound device here")
    _, problem, _ = opened()
    assert problem == "No sound device was found. Plug one in or switch it on, then press play again."
