"""The sounding player on a virtual sound device: a private server, real time, and a recorder at its end."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = [
    "on_virtual_sink.py::TestSound",
    "on_lost_device.py",
    pytest.param("on_virtual_sink.py::TestContract", marks=pytest.mark.slow),
]
PROGRAMS = ("bash", "pulseaudio", "pactl", "parec")


def missing() -> str:
    """What is not installed here, "" if everything is."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    library = subprocess.run([sys.executable, "-c", "import sounddevice"], capture_output=True, check=False)
    absent += ["PortAudio (libportaudio2)"] if library.returncode else []
    plugins = [
        *Path("/usr/lib").glob("**/alsa-lib/libasound_module_pcm_pulse.so"),
        *Path("/usr/lib64").glob("alsa-lib/*pulse.so"),
    ]
    absent += [] if plugins else ["the ALSA plugin for PulseAudio (libasound2-plugins)"]
    return ", ".join(absent)


@pytest.mark.parametrize("tests", CASES)
def test_on_a_virtual_sound_device(tests, tmp_path):
    if reason := missing():
        pytest.skip(f"no virtual sound device without {reason}")
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(HERE / tests),
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    done = subprocess.run(
        ["bash", str(HERE / "virtual_audio.sh"), str(tmp_path), *command],
        cwd=HERE.parent.parent, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    if done.returncode == 97:
        pytest.skip(f"the sound server does not start here: {done.stderr[-300:]}")
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout
