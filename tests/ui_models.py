"""Encoders and trainings to show: every state that an encoder can be in, and a network that takes rock for pop."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from musicdesk.records import (
    ClassCount,
    ClassReport,
    EncoderCost,
    Epoch,
    Measure,
    ModelStatus,
    Strength,
    TrainedModel,
)

COST = EncoderCost("cpu", tracks=412, cpu_s=0.21, wall_s=0.12, peak_mb=310.0, measured=1_700_000_000.0)


def strengths(hot: int, cold: int, mood: int = 0, genre: int = 0) -> tuple[Strength, ...]:
    """Places in the study; 0 leaves a task out."""
    places = {"hot": hot, "cold": cold, "mood": mood, "genre": genre}
    metrics = {"hot": "recall@50", "cold": "recall@50", "mood": "accuracy", "genre": "accuracy"}
    return tuple(
        Strength(task, metrics[task], 0.4 / place, place, 10, by="study") for task, place in places.items() if place
    )


def model(name: str, title: str, **changes: object) -> ModelStatus:
    known: dict[str, object] = {
        "dim": 768, "rate_hz": 24_000, "licence": "MIT", "source": f"https://example.org/{name} (Someone 2024)",
        "size_bytes": 380_000_000, "installed": False, "window_s": 5.0, "windows": 6, "memory_mb": 500,
        "problem": f"The weights of {name} are not installed. Run: musicdesk models install {name}",
        "setting": "Layer 7 of 12, averaged over time at 75 frames a second.", "devices": ("cpu", "cuda"),
        "download_bytes": 390_000_000,
    }  # fmt: skip
    return ModelStatus(name=name, title=title, **{**known, **changes})  # type: ignore[arg-type]


def installed(name: str, title: str, **changes: object) -> ModelStatus:
    here: dict[str, object] = {"installed": True, "problem": "", "path": Path("/data/models") / name}
    return model(name, title, **{**here, **changes})


def models() -> tuple[ModelStatus, ...]:
    """As the desk gives them: variants anywhere after their encoder."""
    musicnn = installed(
        "musicnn", "MusiCNN", dim=200, rate_hz=16_000, size_bytes=3_200_000, licence="ISC", memory_mb=60, cost=COST,
        strengths=strengths(1, 3, 9, 8), setting="Penultimate layer, mean over windows.", window_s=3.0, windows=16,
        download_bytes=0,
    )  # fmt: skip
    mert = model(
        "mert-330m", "MERT 330M", dim=1024, size_bytes=1_260_000_000, licence="CC BY-NC 4.0", accept=True,
        memory_mb=1_600, strengths=strengths(5, 4, 2, 3), download_bytes=1_265_000_000,
    )  # fmt: skip
    return (
        musicnn,
        installed("cnn", "CNN", shipped=True, dim=128, size_bytes=1_900_000, memory_mb=20, licence="GPL-3.0-or-later",
                  download_bytes=0),
        installed("handcrafted", "Descriptors", shipped=True, dim=64, size_bytes=0, path=None, memory_mb=0,
                  source="musicdesk", windows=0, licence="GPL-3.0-or-later", setting="", download_bytes=0),
        replace(musicnn, name="musicnn-study", title="MusiCNN, as in the study", variant_of="musicnn", cost=None),
        model("mert-95m", "MERT 95M", licence="CC BY-NC 4.0", accept=True, fetched_bytes=120_000_000),
        mert,
        replace(mert, name="mert-330m-study", title="MERT 330M, as in the study", variant_of="mert-330m"),
        installed("music2vec", "Music2Vec", extra="transformers", strengths=strengths(7, 6, 5, 4),
                  problem="Music2Vec needs the Python package transformers."),
        model("musicfm", "MusicFM", strengths=strengths(3, 1, 1, 1), dim=1024, size_bytes=1_300_000_000,
              memory_mb=1_500),
        model("jukebox", "Jukebox", strengths=strengths(10, 10, 10, 10), dim=4800, size_bytes=9_800_000_000,
              memory_mb=11_000, licence="not stated", accept=True, download_bytes=9_900_000_000),
        installed("cnn-own", "own (trained here)", trained=True, dim=1024, size_bytes=21_000_000, memory_mb=90,
                  licence="yours", source="Trained on this computer", setting="Mean over segments of 3 s.",
                  download_bytes=0),
    )  # fmt: skip


CLASSES = ("classical", "electronic", "jazz", "pop", "rock")


def classes() -> tuple[ClassCount, ...]:
    """How much there is of each class."""
    return tuple(ClassCount(name, 120 - 11 * n, 40 - 5 * n) for n, name in enumerate(CLASSES))


def epochs(count: int = 24) -> tuple[Epoch, ...]:
    """Curves as they often are: on what it learns from ever better, on what is held out until it learns by heart."""
    made = []
    for n in range(count):
        falling = float(np.exp(-n / 7))
        held = 0.55 + 1.05 * falling + 0.004 * max(0, n - 14)
        made.append(
            Epoch(n + 1, 0.1 + 1.5 * falling, 0.97 - 0.72 * falling, held, 0.79 - 0.5 * falling, 1e-3, seconds=31.0)
        )
    return tuple(made)


def trained(path: Path = Path("/data/models/cnn-own"), *, names: tuple[str, ...] = CLASSES) -> TrainedModel:
    """A network that takes its neighbours for one another."""
    rng = np.random.default_rng(1)
    confusion = np.diag(np.arange(20, 20 + 4 * len(names), 4)) + rng.integers(0, 5, (len(names), len(names)))
    whole, right = confusion.sum(axis=1), np.diag(confusion)
    said = confusion.sum(axis=0)
    reports = tuple(
        ClassReport(name, right[n] / said[n], right[n] / whole[n], 2 * right[n] / (said[n] + whole[n]), int(whole[n]))
        for n, name in enumerate(names)
    )
    share = float(right.sum() / whole.sum())
    return TrainedModel(
        name="cnn-own", path=path, classes=names, accuracy=Measure(share, share - 0.05, share + 0.05, n=38),
        chance=float(whole.max() / whole.sum()), confusion=confusion, reports=reports, epochs=epochs(),
        tracks=490, artists=150,
    )  # fmt: skip
