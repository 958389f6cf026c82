"""Networks of the paper's kind that learn in a second, and pictures that are easily told apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from musicdesk.encoders.convnet.config import Augmentation, CnnConfig, ImageSpec
from musicdesk.encoders.convnet.lesson import Lesson
from musicdesk.encoders.convnet.pictures import Pictures

IMAGE = ImageSpec(rate_hz=16_000, bands=16, frames=16, segment_s=1.0, n_fft=256)
CONFIG = CnnConfig(
    image=IMAGE, filters=(4, 8, 8, 8), note_filters=(2, 2, 4, 4), dense=32, batch=8, epochs=4, segments=2,
    learning_rate=3e-3, augment=Augmentation(gain_db=2.0, mask_bands=3, mask_frames=3, mixup=0.2),
)  # fmt: skip


def lesson(folder: Path, *, tracks: int = 24, classes: int = 2, seed: int = 0) -> Lesson:
    """Tracks whose class shows in which bands are bright; every third is for validation."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    codes = np.arange(tracks) % classes
    files = []
    for row, code in enumerate(codes):
        picture = rng.random((IMAGE.rows, 40))
        picture[code * 5 : code * 5 + 5] += 1.5
        files.append(folder / f"{row}.npy")
        np.save(files[-1], picture.astype(np.float16))
    pictures = Pictures(IMAGE, tuple(str(file) for file in files), tuple(files))
    rows = np.arange(tracks)
    held = (rows // classes) % 3 == 0
    return Lesson(pictures, codes.astype(np.int64), classes, rows[~held], rows[held])


def with_notes(notes: str) -> CnnConfig:
    """The tiny network with a second branch."""
    return replace(CONFIG, image=replace(IMAGE, notes=notes))
