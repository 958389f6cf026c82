"""Compute Jukebox's golden numbers anew, with transformers 4.57.6: ``python tests/encoders/regenerate_jukebox.py``.

That is the last version that can run Jukebox (``pip install transformers==4.57.6``, apart from musicdesk's own
environment, which has a later one). Its networks are given the made-up tensors of ``tiny_jukebox`` under the names that
it has for them; of the rest, which listening does not need, nothing is used. OpenAI's own code (openai/jukebox at
08efbbc, run beside, not part of this) takes the same tensors by their published names with none missing and none left
over, and gives the same codes, and hidden states within 3e-6 of ours.
"""

import re
import sys
from pathlib import Path

import numpy as np
import torch
from transformers.models.deprecated.jukebox.configuration_jukebox import JukeboxPriorConfig, JukeboxVQVAEConfig
from transformers.models.deprecated.jukebox.modeling_jukebox import JukeboxPrior, JukeboxRangeEmbedding, JukeboxVQVAE

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from encoders.golden_sounds import SOUNDS
from encoders.tiny_jukebox import TINY, checkpoints

from musicdesk.encoders.nets.jukebox_config import FULL, RATE_HZ

GOLDEN = Path(__file__).with_name("jukebox_golden.npz")
HEARD = ("chords", "beats")
PLACES = slice(0, None, 3)
"""Of the hidden states, every third position is kept."""
RENAMED = {
    r"(level_blocks\.\d)\.model\.(\d+)\.0\.": lambda m: f"{m[1]}.downsample_block.{2 * int(m[2])}.",
    r"(level_blocks\.\d)\.model\.(\d+)\.1\.model\.(\d+)\.model\.(\d)\.": lambda m: (
        f"{m[1]}.downsample_block.{2 * int(m[2]) + 1}.resnet_block.{m[3]}.conv1d_{(int(m[4]) + 1) // 2}."
    ),
    r"(encoders\.\d\.level_blocks\.\d)\.model\.\d+\.(weight|bias)": r"\1.proj_out.\2",
    r"\.k$": ".codebook",
    r"^y_emb\.(bow_genre_emb|artist_emb)\.emb": r"metadata_embedding.\1",
    r"^y_emb": "metadata_embedding",
    r"^prior\.x_emb": "prior.embed_tokens",
    r"^prior\.x_out": "prior.fc_proj_out",
    r"\.ln_": ".layer_norm_",
    r"\.w$": ".weight",
    r"\.b$": ".bias",
}


def main() -> None:
    tables = checkpoints()
    ears = filled(vqvae(), {key: tensor for key, tensor in tables["vqvae"].items() if ".2." in key})
    mind = filled(prior(), {key: tensor for key, tensor in tables["prior_level_2"].items() if "_mods.5" not in key})
    golden = {"full_time_bins": full_time_bins()}
    for name in HEARD:
        sound = np.resize(SOUNDS[name](), TINY.samples)
        with torch.no_grad():
            codes = ears.encode(torch.from_numpy(sound / np.abs(sound).max())[None, :, None])[-1]
            hidden = hidden_states(mind, codes)
        golden[f"{name}_codes"] = codes[0].numpy().astype(np.uint16)
        golden[f"{name}_hidden"] = np.stack([state[0, PLACES].numpy() for state in hidden])
        golden[f"{name}_vector"] = hidden[-1][0].mean(dim=0).numpy()
    np.savez_compressed(GOLDEN, **golden)


def vqvae() -> JukeboxVQVAE:
    return JukeboxVQVAE(
        JukeboxVQVAEConfig(
            nb_discrete_codes=TINY.codes, embed_dim=TINY.code_dim, res_conv_depth=TINY.depth,
            res_conv_width=TINY.channels, sample_length=TINY.samples,
        )
    ).eval()  # fmt: skip


def prior() -> JukeboxPrior:
    return JukeboxPrior(
        JukeboxPriorConfig(
            attention_pattern="raw_column_previous_row_attention", blocks=TINY.rows, num_layers=TINY.layers,
            hidden_size=TINY.width, is_encoder_decoder=False, mask=True, max_duration=TINY.longest_s,
            min_duration=TINY.shortest_s, max_nb_genres=5, metadata_dims=[TINY.genres, TINY.artists],
            music_vocab_size=TINY.codes, n_ctx=TINY.context, n_heads=TINY.heads, nb_relevant_lyric_tokens=0,
            timing_dims=TINY.times,
        )
    ).eval()  # fmt: skip


def filled(network: torch.nn.Module, tensors: dict[str, torch.Tensor]) -> torch.nn.Module:
    """The network with all of these tensors, by its own names."""
    table = {renamed(key): tensor for key, tensor in tensors.items()}
    odd = network.load_state_dict(table, strict=False)
    used = [
        key for key in odd.missing_keys if not re.match(r"encoders\.[01]|decoders|bottleneck\.level_blocks\.[01]", key)
    ]
    assert not odd.unexpected_keys, odd.unexpected_keys
    assert not used, used
    return network


def renamed(name: str) -> str:
    for pattern, replacement in RENAMED.items():
        name = re.sub(pattern, replacement, name)
    return name


def hidden_states(mind: JukeboxPrior, codes: torch.Tensor) -> list[torch.Tensor]:
    """What enters the first layer and what leaves each, with artist and genre unknown."""
    labels = torch.tensor([[TINY.song_samples, 0, TINY.samples, 0, 0, -1, -1, -1, -1]])
    times, first, _ = mind.get_cond(None, labels)
    reader = mind.prior
    embedded = reader.embed_tokens(codes).roll(1, dims=1)
    embedded[:, 0] = first[:, 0]
    states = [embedded + reader.pos_emb() + times]
    for layer in reader.transformer._attn_mods:
        states.append(layer(states[-1], last_encoder_hidden_states=None, sample=False))
    assert torch.equal(states[-1], reader(codes, times, first, get_acts=True)[1])
    return states


def full_time_bins() -> np.ndarray:
    """Where the steps of the three embeddings of time lie at full size.  # [3, context]"""
    longest = 600.0 * RATE_HZ
    ranges = [(60.0 * RATE_HZ, longest), (0.0, longest), (0.0, 1.0)]
    total, start, end = (torch.tensor([[float(value)]]) for value in (FULL.song_samples, 0, FULL.samples))
    given = [(total,), (start, end), (start / total, end / total)]
    rows = []
    for span, low_high in zip(ranges, given, strict=True):
        table = JukeboxRangeEmbedding(FULL.context if len(low_high) == 2 else 1, 128, span, 1, clamp=span[1] == 1.0)
        table.emb = torch.nn.Identity()
        rows.append(np.resize(table(*low_high).numpy().ravel(), FULL.context))
    return np.array(rows, dtype=np.uint8)


if __name__ == "__main__":
    main()
