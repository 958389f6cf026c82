"""Keep what the shipped network says of the golden sounds with new weights: python tests/encoders/regenerate_cnn.py"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from encoders.golden_sounds import SOUNDS

from musicdesk.encoders.cnn import PLUGIN
from musicdesk.encoders.zoo.shipped import shipped_folder


def main() -> None:
    """Write ``cnn_golden.npz``."""
    encoder = PLUGIN.load(shipped_folder("cnn"), "cpu")
    numbers = {}
    for name, make in SOUNDS.items():
        encoded = encoder.encode(PLUGIN.front_end([make()]))
        numbers |= {f"{name}_vector": encoded.vectors[0], f"{name}_tags": encoded.tags[0]}
    np.savez_compressed(Path(__file__).with_name("cnn_golden.npz"), **numbers)


if __name__ == "__main__":
    main()
