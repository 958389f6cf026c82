"""Compute the golden numbers of EncodecMAE anew: ``python tests/encoders/regenerate_encodecmae.py V1 V2 KALDI``.

V1 and V2 are checkouts of https://github.com/habla-liaa/encodecmae: the tag v.1.0.0 (commit 4a3be20) and the commit
2dd6759 of the main branch. KALDI is ``torchaudio/compliance/kaldi.py`` of torchaudio 2.11.0. Wanted besides, and not
needed for anything else: encodec 0.1.1, einops, gin-config 0.5.0, ginpipe 0.0.1, loguru, torchinfo (``pip install
--no-deps --target FOLDER``, FOLDER on PYTHONPATH). torchaudio itself and pytorch_lightning are stood in for: nothing of
the one runs, and of the other only that its module is a torch module.

The upstream code runs unchanged, at the sizes of ``tiny_encodecmae``, with the numbers from there.
"""

import importlib
import importlib.machinery
import importlib.util
import sys
import types
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from encoders.golden_sounds import beats, chords
from encoders.tiny_encodecmae import CONFIG, MEL_CONFIG, numbers

GOLDEN = Path(__file__).with_name("encodecmae_golden.npz")
RATE_HZ = 24_000


def main(v1: Path, v2: Path, kaldi: Path) -> None:
    golden: dict[str, np.ndarray] = {}
    sounds = np.stack([chords(), beats()])  # 6 s at 16 kHz, taken for 4 s at 24 kHz
    long = np.concatenate(sounds)  # 8 s: two chunks; cut to 6 s: a whole one and a half
    stand_ins()

    first = filled(upstream(v1, first_version, 4, 24, 3, 4, 48))
    golden["v1_names"], golden["v1_shapes"] = named(first)
    golden["v1_frames"] = first.extract_features_from_array(long[: 6 * RATE_HZ])[0]
    whole = upstream(v1, first_version, 32, 768, 10, 12, 4096)
    golden["base_names"], golden["base_shapes"] = named(whole)

    second = filled(upstream(v2, second_version, MEL_CONFIG.bands, 24, 3, 4, 48))
    golden["v2_names"], golden["v2_shapes"] = named(second)
    mel = (fbank(kaldi, sounds, MEL_CONFIG.bands) + 6.12) / 4.82
    golden["mel"] = mel[:, ::30]
    golden["mel256"] = ((fbank(kaldi, sounds, 256) + 6.12) / 4.82)[:, ::60]
    golden["v2_frames"] = seen(second, mel)[0]
    whole = upstream(v2, second_version, 256, 768, 10, 12, 4096)
    golden["mel256_names"], golden["mel256_shapes"] = named(whole)

    kept = {name: values[::9] if name.endswith("frames") else values for name, values in golden.items()}
    means = {f"{name}_mean": values.mean(axis=0) for name, values in golden.items() if name.endswith("frames")}
    np.savez_compressed(GOLDEN, **kept, **means)


def stand_ins() -> None:
    """Modules that the upstream code imports and does not use here."""

    class LightningModule(torch.nn.Module):
        device = torch.device("cpu")

    for name, content in {"torchaudio": {}, "pytorch_lightning": {"LightningModule": LightningModule}}.items():
        module = types.ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__dict__.update(content)
        sys.modules[name] = module


def upstream(checkout: Path, build: Any, *sizes: int) -> Any:
    """A network of the upstream package in ``checkout``, with its pretrained parts made small and not downloaded."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "encodecmae"]:
        del sys.modules[name]
    sys.path.insert(0, str(checkout))
    try:
        import gin

        with gin.unlock_config():
            gin.config._REGISTRY.clear()
        return build(*sizes).eval()
    finally:
        sys.path.remove(str(checkout))


def codec(filters: int) -> Any:
    """EnCodec's model for 24 kHz, of fewer channels and codes, untrained."""
    from encodec.modules import SEANetEncoder
    from encodec.quantization import ResidualVectorQuantizer

    small = types.SimpleNamespace(
        encoder=SEANetEncoder(n_filters=filters, causal=True, norm="weight_norm"),
        quantizer=ResidualVectorQuantizer(dimension=128, n_q=2, bins=16),
    )
    return lambda pretrained=True: small


def first_version(filters: int, dim: int, layers: int, heads: int, inner: int) -> Any:
    package = importlib.import_module("encodecmae.tasks.models.encodecmae")
    transformers = importlib.import_module("encodecmae.tasks.models.transformers")
    parts = {name: importlib.import_module(f"{package.__name__}.{name}") for name in
             ("encoders", "targets", "masking", "heads", "mae")}  # fmt: skip
    parts["encoders"].EncodecModel.encodec_model_24khz = codec(filters)
    stack = transformer(transformers, dim, heads, inner)
    return parts["mae"].EncodecMAE(
        wav_encoder=parts["encoders"].EncodecEncoder,
        target_encoder=partial(parts["targets"].EncodecQuantizer, n=2),
        visible_encoder=partial(stack, num_layers=layers),
        decoder=partial(stack, num_layers=2),
        positional_encoder=partial(transformers.SinusoidalPositionalEmbeddings, embedding_dim=dim),
        masker=parts["masking"].TimeGapMask,
        head=partial(parts["heads"].FrameLevelClassificationHead, model_dim=dim, num_tokens=16, num_streams=2),
        optimizer=None,
    )


def second_version(bands: int, dim: int, layers: int, heads: int, inner: int) -> Any:
    parts = {name: importlib.import_module(f"encodecmae.models.{name}") for name in
             ("encoders", "targets", "masks", "heads", "mae", "transformers")}  # fmt: skip
    stack = transformer(parts["transformers"], dim, heads, inner)
    position = partial(parts["transformers"].SinusoidalPositionalEmbeddings, embedding_dim=dim)
    return parts["mae"].EncodecMAE(
        wav_encoder=partial(
            parts["encoders"].WavEncoder, encoder=torch.nn.Identity, post_net=partial(torch.nn.Linear, bands, dim),
            hop_length=320, fs=RATE_HZ, key_in="wav_features", key_out="wav_features",
        ),
        target_encoder=parts["targets"].IdentityTarget,
        visible_encoder=partial(
            stack, num_layers=layers, key_in="visible_tokens", key_padding_mask="visible_padding_mask",
            key_out="decoder_in", key_transformer_out="visible_embeddings", post_net=partial(torch.nn.Linear, dim, dim),
        ),
        decoder=partial(stack, num_layers=2, key_in="decoder_in", key_padding_mask="feature_padding_mask",
                        key_out="decoder_out", positional_encoder=lambda _: position()),
        masker=partial(
            parts["masks"].PatchoutMask, positional_encoder=position,
            masker=partial(parts["masks"].TimeGapMask, p_mask=0.5, gap_size=15),
        ),
        head=partial(parts["heads"].FrameLevelClassificationHead, model_dim=dim, num_tokens=16, num_streams=1),
    )  # fmt: skip


def transformer(module: Any, dim: int, heads: int, inner: int) -> Any:
    attention = partial(module.MultiHeadAttention, model_dim=dim, num_heads=heads)
    return partial(module.TransformerEncoder, model_dim=dim, attention_layer=attention, ff_dim=inner, compile=False)


def seen(network: Any, mel: np.ndarray) -> np.ndarray:
    """The last layer of the visible encoder, as ``extract_features_from_array`` asks for it.  # [n, frames, dim]"""
    x = {"wav_features": torch.from_numpy(mel.astype(np.float32)), "wav_lens": torch.tensor([4 * RATE_HZ] * len(mel))}
    acts = network.extract_activations(x)["visible_embeddings_activations"]
    return np.asarray(acts[-1])


def fbank(kaldi: Path, sounds: np.ndarray, bands: int) -> np.ndarray:
    """The log-mel of torchaudio with the settings of upstream's configs/features/mel.gin.  # [n, frames, bands]"""
    spec = importlib.util.spec_from_file_location("kaldi", kaldi)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = [
        module.fbank(
            torch.from_numpy(sound)[None], frame_length=26.56, frame_shift=13.28, high_freq=0, htk_compat=True,
            low_freq=20, num_mel_bins=bands, sample_frequency=RATE_HZ, window_type="hanning", use_energy=False,
        ).numpy()
        for sound in sounds
    ]  # fmt: skip
    return np.stack(rows)


def filled(network: Any) -> Any:
    tensors = {name: torch.from_numpy(np.array(numbers(name, tuple(tensor.shape)))).to(tensor.dtype)
               for name, tensor in network.state_dict().items()}  # fmt: skip
    network.load_state_dict(tensors)
    return network


def named(network: Any) -> tuple[np.ndarray, np.ndarray]:
    """Names of a network's tensors, and their shapes as words."""
    tensors = network.state_dict()
    return np.array(list(tensors)), np.array(["x".join(map(str, tensor.shape)) for tensor in tensors.values()])


if __name__ == "__main__":
    assert CONFIG.dim == MEL_CONFIG.dim == 24
    main(*(Path(argument) for argument in sys.argv[1:4]))
