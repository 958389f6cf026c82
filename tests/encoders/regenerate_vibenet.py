"""Compute the golden numbers of VibeNet anew: ``python tests/encoders/regenerate_vibenet.py``.

Wanted, and not needed for anything else: vibenet 0.1.0 with what it asks for (onnxruntime, librosa). The package runs
unchanged; its 256 inner numbers are asked for by making them an output of its graph.
"""

import sys
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from vibenet import labels
from vibenet.core import InferenceResult, extract_mel

sys.path.insert(0, str(Path(__file__).parents[1]))

from encoders.golden_sounds import SOUNDS
from encoders.made_onnx import outputs

GOLDEN = Path(__file__).with_name("vibenet_golden.npz")


def main() -> None:
    model = (resources.files("vibenet") / "artifacts" / "efficientnet_model.onnx").read_bytes()
    network = onnxruntime.InferenceSession(model + outputs(["gelu"]), providers=["CPUExecutionProvider"])
    golden: dict[str, np.ndarray] = {}
    for name, make in SOUNDS.items():
        mel = extract_mel(make(), 16_000)
        told, trunk = network.run(["out", "gelu"], {"x": mel[None]})
        attributes = InferenceResult.from_logits(told[0]).to_dict()
        golden[f"{name}_mel"] = mel[::8, ::5]
        golden[f"{name}_attributes"] = np.array([attributes[label] for label in labels], dtype=np.float32)
        golden[f"{name}_trunk"] = trunk[0]
    np.savez_compressed(GOLDEN, **golden)


if __name__ == "__main__":
    main()
