"""Compute the golden numbers of MusiCNN anew: ``python tests/encoders/regenerate.py musicnn-0.1.0-py3-none-any.whl``.

They come from the slow numpy pass over the checkpoint in the wheel (``pip download --no-deps musicnn==0.1.0``), with
librosa's mel spectrogram, in double precision; no line of musicdesk takes part.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from encoders import slow_musicnn
from encoders.golden_sounds import SOUNDS

GOLDEN = Path(__file__).with_name("musicnn_golden.npz")


def main(wheel: Path) -> None:
    golden = {}
    for network in ("MSD", "MTT"):
        tensors = slow_musicnn.checkpoint(wheel, network)
        for name, make in SOUNDS.items():
            rows = [slow_musicnn.tags_and_embedding(tensors, patch) for patch in slow_musicnn.patches(make())]
            golden[f"{network.lower()}_{name}_tags"] = np.array([tags for tags, _ in rows])
            golden[f"{network.lower()}_{name}_embedding"] = np.array([embedding for _, embedding in rows])
    np.savez_compressed(GOLDEN, **{name: values.astype(np.float32) for name, values in golden.items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
