"""MULE at a size that runs in milliseconds, and a made-up checkpoint of it in the published form.

Its processes import it by name; the network loads torch only when it is asked for.
"""

import json
from dataclasses import replace
from pathlib import Path

from musicdesk.encoders import mule
from musicdesk.records import EncoderKey

SIZES = {
    "embedding_dim": 24,
    "slow_stem_channels": (2, 2, 4, 8), "fast_stem_channels": (2, 2, 2, 4),
    "slow_stage_in": (16, 24, 24, 24), "slow_stage_out": (16, 16, 16, 16), "slow_group_size": 4,
    "fast_stage_in": (4, 8, 8, 8), "fast_stage_out": (8, 8, 8, 8), "fast_group_size": 2,
    "fusion_input_channels": (4, 4, 4, 4), "fusion_output_channels": (8, 8, 8, 8),
}  # fmt: skip
SPEC = replace(mule.SPEC, key=EncoderKey("tiny-mule", "1", "tiny"), dim=24, windows=3, memory_mb=0)
STUDY_SPEC = replace(
    mule.STUDY_SPEC, key=EncoderKey("tiny-mule-study", "1", "tiny"), dim=24, variant_of="tiny-mule", window_s=7.0,
    memory_mb=0,
)  # fmt: skip
PLUGIN = mule.plugin_of(SPEC, SIZES)
STUDY = mule.plugin_of(STUDY_SPEC, SIZES)
POINTS = {"tiny-mule": "encoders.tiny_mule:PLUGIN", "tiny-mule-study": "encoders.tiny_mule:STUDY"}


def publish(folder: Path, seed: int = 1) -> Path:
    """Write the checkpoint as the package ``mule_torch`` does: model.safetensors and config.json."""
    import torch
    from mule_torch import MuleConfig, MuleModel

    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    model = MuleModel(MuleConfig(**SIZES))
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            if parameter.ndim == 1:  # biases and gains, which a fresh network has at 0 or 1
                parameter.add_(torch.randn_like(parameter) * 0.6)
    model.save_pretrained(folder)
    return folder


def changed_config(folder: Path, **fields: object) -> None:
    """Another value in the checkpoint's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
