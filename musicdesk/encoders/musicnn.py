"""MusiCNN: 400 numbers and some seventy words for three seconds of music.

Pons & Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging" (ISMIR 2019, late-breaking).
Two networks listen: one trained on the Million Song Dataset, which knows genres and decades, and its sister trained on
MagnaTagATune, which knows instruments and manners ("quiet", "piano", "slow"). The first 200 numbers are the penultimate
layer of the first, the other 200 that of the second; together they find the same album clearly better than either
alone. The weights are fetched inside the package ``musicnn`` 0.1.0, of which no code is run. The sound is expected at a
common level (RMS of -20 dB over a track's windows): the vectors move with the level.

``STUDY`` is the setting of Tamm & Aljanaki (arXiv 2604.23077): the first network alone, one window of 30 s as decoded,
the mean of the penultimate layer over ten patches of 3 s without overlap. The package that they ran gives the first
patch's row for every later one (its issues 2 and 20, mended in the repository); which of the two they had is unknown,
and the true rows are taken here.
"""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import safetensors
import safetensors.numpy

from musicdesk.encoders.base import Encoded, EncoderPlugin, EncoderSpec, Loudness, WeightsSpec, as_window
from musicdesk.encoders.nets.musicnn_net import MusicnnNet
from musicdesk.encoders.nets.musicnn_weights import Network, fold
from musicdesk.encoders.zoo.tf_checkpoint import read_tensors
from musicdesk.errors import ModelUnavailable
from musicdesk.features.mel import MelSpec, mel_spectrogram
from musicdesk.records import EncoderKey, FloatArray

if TYPE_CHECKING:
    from musicdesk.encoders.nets.musicnn_batch import MusicnnBatch

MEL = MelSpec(rate_hz=16_000, n_fft=512, hop=256, n_mels=96)
PATCH_FRAMES = 187
NETWORKS = ("msd", "mtt")
WINDOW_S = 3.0
"""One patch. Of all ways to spend the same time, short windows at more places find the same album best."""
STUDY_PATCHES = 10
"""In 30 s."""

MSD_TAGS = (
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s", "alternative rock", "jazz",
    "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul", "indie rock", "mellow", "electronica",
    "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic",
    "experimental", "female vocalist", "guitar", "hip-hop", "70s", "party", "country", "easy listening", "sexy",
    "catchy", "funk", "electro", "heavy metal", "progressive rock", "60s", "rnb", "indie pop", "sad", "house", "happy",
)  # fmt: skip
"""What the network of the Million Song Dataset gives, in its order."""

MTT_TAGS = (
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast", "piano", "ambient",
    "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male", "singing", "vocals", "no vocals",
    "harpsichord", "loud", "quiet", "flute", "woman", "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man",
    "classic", "choir", "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello", "no voice",
    "weird", "country", "metal", "female voice", "choral",
)  # fmt: skip
"""What the network of MagnaTagATune gives, in its order."""

_NO_NEWS = (
    "no vocals", "no vocal", "no voice", "vocal", "voice", "singing", "classic", "beats", "choral",
    "female", "woman", "female vocal", "female voice", "male", "man", "male vocal", "male voice",
)  # fmt: skip
"""Words of MagnaTagATune that negate, or say again what another word says."""
ADDED_TAGS = tuple(tag for tag in MTT_TAGS if tag not in MSD_TAGS and tag not in _NO_NEWS)
SHARED_TAGS = tuple(tag for tag in MSD_TAGS if tag in MTT_TAGS)
VOCABULARY = MSD_TAGS + ADDED_TAGS


class Musicnn:
    """The encoder; ``folder`` holds both networks as safetensors.

    On the CPU it takes patch by patch, in numpy; on a GPU, or where ``batched`` says so, whole batches in torch.
    """

    def __init__(self, folder: Path, device: str = "cpu", *, batched: bool | None = None) -> None:
        self.device = device
        networks = [open_network(folder, name) for name in NETWORKS]
        self._networks = _on(networks, device, batched=device != "cpu" if batched is None else batched)

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return SPEC

    def encode(self, features: FloatArray) -> Encoded:
        """Encode every patch of log-mel by itself.  # features: [n, 187, 96]"""
        embeddings, logits = self._networks(features)
        tags = np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
        return Encoded(embeddings.reshape(len(features), SPEC.dim), merge_tags(tags[:, 0], tags[:, 1]))


class StudyMusicnn:
    """The network of the Million Song Dataset alone, averaged over the patches of a long window."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self.device = device
        self._network = _on([open_network(folder, NETWORKS[0])], device, batched=device != "cpu")

    @property
    def spec(self) -> EncoderSpec:
        """What it is."""
        return STUDY_SPEC

    def encode(self, features: FloatArray) -> Encoded:
        """Encode rows of patches; vectors and probabilities are means over a row's patches.  # [n, 10, 187, 96]"""
        patches = features.reshape(-1, *features.shape[2:])
        embeddings, logits = self._network(patches)
        tags = np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
        vectors = embeddings.reshape(len(features), STUDY_PATCHES, STUDY_SPEC.dim).mean(axis=1)
        return Encoded(vectors, tags.reshape(len(features), STUDY_PATCHES, len(MSD_TAGS)).mean(axis=1))


def front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of one patch's length as log-mel.  # [n, 187, 96]"""
    patches = [log_mel_patches(as_window(window, SPEC)) for window in windows]
    return np.concatenate(patches) if patches else np.zeros((0, PATCH_FRAMES, MEL.n_mels), dtype=np.float32)


def study_front_end(windows: Sequence[FloatArray]) -> FloatArray:
    """Windows of 30 s as patches of one continuous log-mel.  # [n, 10, 187, 96]"""
    rows = [log_mel_patches(as_window(window, STUDY_SPEC)) for window in windows]
    return np.stack(rows) if rows else np.zeros((0, STUDY_PATCHES, PATCH_FRAMES, MEL.n_mels), dtype=np.float32)


def log_mel_patches(samples: FloatArray) -> FloatArray:
    """Mono sound at 16 kHz as the network's input; a rest shorter than a patch is left out.  # [n, 187, 96]

    In float32 throughout: in float16, as the published code has it, loud bins overflow.
    """
    mel = np.log(10_000 * mel_spectrogram(samples, MEL) + 1) / np.float32(
        np.log(10)
    )  # log10 itself is six times slower
    count = len(mel) // PATCH_FRAMES
    patches = mel[: count * PATCH_FRAMES].reshape(count, PATCH_FRAMES, MEL.n_mels)
    return np.asarray(patches, dtype=np.float32)


def merge_tags(msd: FloatArray, mtt: FloatArray) -> FloatArray:
    """Probabilities of both networks [n, 50] as those of the vocabulary; the mean for a word that both know."""
    tags = np.concatenate([msd, mtt[:, [MTT_TAGS.index(tag) for tag in ADDED_TAGS]]], axis=1)
    shared = [MSD_TAGS.index(tag) for tag in SHARED_TAGS]
    tags[:, shared] = (msd[:, shared] + mtt[:, [MTT_TAGS.index(tag) for tag in SHARED_TAGS]]) / 2
    return tags


def open_network(folder: Path, name: str) -> Network:
    """The network ``name`` of NETWORKS with the weights in ``folder``."""
    return fold(_read(folder / f"{name}.safetensors"))


def _on(networks: Sequence[Network], device: str, *, batched: bool) -> "MusicnnNet | MusicnnBatch":
    """The networks made ready for a device."""
    if not batched:
        return MusicnnNet(networks)
    from musicdesk.encoders.nets.musicnn_batch import MusicnnBatch  # torch takes a second to import

    return MusicnnBatch(networks, device)


def convert(wheel: Path, folder: Path) -> None:
    """Copy both networks out of the wheel into safetensors, tensors under their own names, and the licence."""
    try:
        with zipfile.ZipFile(wheel) as package:
            for name in NETWORKS:
                (folder / f"{name}.safetensors").write_bytes(safetensors.numpy.save(_network(package, name)))
            (folder / "LICENSE").write_bytes(package.read("musicnn-0.1.0.dist-info/LICENSE.md"))
    except (KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelUnavailable(f"The package {wheel.name} is damaged ({error}). Fetch it again.") from error


def _network(package: zipfile.ZipFile, name: str) -> dict[str, FloatArray]:
    """The tensors that make the network, without those that only its training needed."""
    folder = f"musicnn/{name.upper()}_musicnn/"
    tensors = read_tensors(package.read(folder + ".index"), package.read(folder + ".data-00000-of-00001"))
    return {key: values for key, values in tensors.items() if "Adam" not in key and not key.endswith("_power")}


def _read(path: Path) -> dict[str, FloatArray]:
    try:
        tensors: dict[str, FloatArray] = safetensors.numpy.load_file(path)
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelUnavailable(
            f"The weights {path} cannot be read ({error}). Run: musicdesk models install musicnn"
        ) from error
    return tensors


SPEC = EncoderSpec(
    key=EncoderKey("musicnn", "1", "16k-3s-rms20"),
    title="MusiCNN",
    dim=400,
    rate_hz=MEL.rate_hz,
    window_s=WINDOW_S,
    windows=6,  # on real albums 2 to 4 find measurably less, 8 and 12 no more
    licence="ISC",
    source="https://github.com/jordipons/musicnn",
    vocabulary=VOCABULARY,
    devices=("cpu", "cuda", "mps"),
    weights=WeightsSpec(
        package="musicnn==0.1.0",
        wheel_sha256="f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
        size_bytes=6_347_864,
        files=(
            ("msd.safetensors", "38a42f047ae2cae3fd11ce375dd80570e767763fb0f84ef3cad869f1a5b5223e"),
            ("mtt.safetensors", "6437d106d25f800cfda04b679120575ceafff7a26827bcedc1281df95a620c71"),
        ),
    ),
)
PLUGIN = EncoderPlugin(SPEC, Musicnn, front_end, convert)

STUDY_SPEC = replace(
    SPEC,
    key=EncoderKey("musicnn-study", "1", "16k-30s-raw"),
    title="MusiCNN, as in the study",
    dim=200,
    window_s=30.0,
    windows=1,
    vocabulary=MSD_TAGS,
    setting="penultimate layer of the MSD network; mean of 10 patches of 3 s in one window of 30 s, level as decoded",
    variant_of=SPEC.key.name,
    loudness=Loudness.RAW,
)
STUDY = EncoderPlugin(STUDY_SPEC, StudyMusicnn, study_front_end, convert)
