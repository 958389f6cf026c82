"""The mind of Jukebox: a transformer that was trained to foretell the next code of 1.2 million songs.

Dhariwal et al., "Jukebox: a generative model for music" (2020), section 4 and appendix A, the prior of the top level of
the model "5b". The 8,192 codes are folded into 128 rows of 64, and the layers take turns: attention within a row,
within a column, to the whole row before. Every position knows when in the song it lies, and the first one who plays
what. Names are those of the published checkpoint. Layers above the one that is listened to are not here, nor is the
projection onto codes (``prior.x_out``).
"""

import torch
from torch import nn
from torch.nn import functional

from musicdesk.encoders.nets.jukebox_config import RATE_HZ, JukeboxConfig

ROW, COLUMN, PREVIOUS_ROW = 0, 1, 2
"""The patterns of attention, in the order in which layers take turns."""
UNKNOWN = 0
"""The artist, and the genre, of whom nothing is known."""


class Projection(nn.Module):
    """A matrix kept in 16 bits, as published, and a bias; computes in the precision of what comes in."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(inputs, outputs, dtype=torch.float16))
        self.b = nn.Parameter(torch.zeros(outputs))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Values [n, …, inputs] to [n, …, outputs]."""
        flat = values.flatten(0, -2)
        projected = torch.addmm(self.b.to(flat.dtype), flat, self.w.to(flat.dtype))
        return projected.view(*values.shape[:-1], -1)


class Attention(nn.Module):
    """Attention over a grid of codes in one of three patterns (Child et al. 2019, sparse transformers)."""

    def __init__(self, config: JukeboxConfig, pattern: int) -> None:
        super().__init__()
        self._rows, self._columns, self._heads = config.rows, config.columns, config.heads
        self._pattern = pattern
        self.c_attn = Projection(config.width, 3 * config.state)
        self.c_proj = Projection(config.state, config.width)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """What each position hears.  # [n, context, width]"""
        grid = (len(values), self._rows, self._columns, -1)
        query, key, value = (part.reshape(grid) for part in self.c_attn(values).chunk(3, dim=2))
        if self._pattern == COLUMN:
            query, key, value = (part.transpose(1, 2) for part in (query, key, value))
            heard = self._attend(query, key, value, causal=True).transpose(1, 2)
        elif self._pattern == PREVIOUS_ROW:
            heard = self._attend(query, _row_before(key), _row_before(value), causal=False)
        else:
            heard = self._attend(query, key, value, causal=True)
        projected: torch.Tensor = self.c_proj(heard.flatten(1, 2))
        return projected

    def _attend(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *, causal: bool) -> torch.Tensor:
        """Attention within each line, with as many heads as there are.  # each [n, lines, places, state]"""
        heads = (query.shape[0] * query.shape[1], query.shape[2], self._heads, -1)
        query_, key_, value_ = (part.reshape(heads).transpose(1, 2) for part in (query, key, value))
        heard = functional.scaled_dot_product_attention(query_, key_, value_, is_causal=causal)
        return heard.transpose(1, 2).reshape(query.shape)


class Mlp(nn.Module):
    """Two projections; no wider between than outside."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.c_fc = Projection(config.width, config.width)
        self.c_proj = Projection(config.width, config.width)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Shape in, shape out.  # [n, context, width]"""
        hidden = self.c_fc(values)
        projected: torch.Tensor = self.c_proj(hidden * torch.sigmoid(1.702 * hidden))
        return projected


class Layer(nn.Module):
    """Attention and what follows from it, both added to what came in."""

    def __init__(self, config: JukeboxConfig, pattern: int) -> None:
        super().__init__()
        self.attn = Attention(config, pattern)
        self.ln_0 = nn.LayerNorm(config.width)
        self.mlp = Mlp(config)
        self.ln_1 = nn.LayerNorm(config.width)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Shape in, shape out.  # [n, context, width]"""
        values = values + self.attn(self.ln_0(values))
        further: torch.Tensor = self.mlp(self.ln_1(values))
        return values + further


class Transformer(nn.Module):
    """The layers that are listened to."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self._attn_mods = nn.ModuleList(Layer(config, number % 3) for number in range(config.layers))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Shape in, shape out.  # [n, context, width]"""
        for layer in self._attn_mods:
            values = layer(values)
        return values


class _Table(nn.Module):
    """An embedding under its published name."""

    def __init__(self, bins: int, width: int) -> None:
        super().__init__()
        self.emb = nn.Embedding(bins, width)


class _Positions(nn.Module):
    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.pos_emb = nn.Parameter(torch.zeros(config.context, config.width))


class Labels(nn.Module):
    """What is said of a song beside its codes: nothing known of artist and genre, and that it has just begun."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self._config = config
        self.bow_genre_emb = _Table(config.genres, config.width)
        self.artist_emb = _Table(config.artists, config.width)
        self.total_length_emb = _Table(config.times, config.width)
        self.absolute_pos_emb = _Table(config.times, config.width)
        self.relative_pos_emb = _Table(config.times, config.width)

    def first(self) -> torch.Tensor:
        """What stands before the first code.  # [width]"""
        genre: torch.Tensor = self.bow_genre_emb.emb.weight[UNKNOWN]
        return genre + self.artist_emb.emb.weight[UNKNOWN]

    def times(self) -> torch.Tensor:
        """When in the song every code lies.  # [context, width]"""
        total, absolute, relative = (bins.to(self.first().device) for bins in time_bins(self._config))
        placed: torch.Tensor = self.total_length_emb.emb(total) + self.absolute_pos_emb.emb(absolute)
        shared: torch.Tensor = self.relative_pos_emb.emb(relative)
        return placed + shared


class Prior(nn.Module):
    """Codes, positions and the layers."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.x_emb = nn.Embedding(config.codes, config.width)
        self.pos_emb = _Positions(config)
        self.transformer = Transformer(config)


class Mind(nn.Module):
    """Codes to what the last of the layers makes of them."""

    def __init__(self, config: JukeboxConfig) -> None:
        super().__init__()
        self.y_emb = Labels(config)
        self.prior = Prior(config)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Codes [n, context] to hidden states; a position knows only the codes before it.  # [n, context, width]"""
        heard: torch.Tensor = self.prior.transformer(self.embed(codes))
        return heard

    def embed(self, codes: torch.Tensor) -> torch.Tensor:
        """What enters the first layer: the code before each position, the position, the time.  # [n, context, width]"""
        before: torch.Tensor = self.prior.x_emb(codes).roll(1, dims=1)
        before[:, 0] = self.y_emb.first()
        return before + self.prior.pos_emb.pos_emb + self.y_emb.times()


def time_bins(config: JukeboxConfig) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Steps of the embeddings of the whole length [1], of the time since the beginning and of its share [context].

    In 32 bits from end to end, so that borders fall where they fell in training.
    """
    total, end = torch.tensor([float(config.song_samples)]), torch.tensor([float(config.samples)])
    way = torch.arange(config.context, dtype=torch.float32) / config.context
    longest = config.longest_s * RATE_HZ
    shortest = config.shortest_s * RATE_HZ
    return (
        _binned(total, shortest, longest, config.times),
        _binned(end * way, 0.0, longest, config.times),
        _binned(torch.clamp(end / total, 0, 1) * way, 0.0, 1.0, config.times),
    )


def _binned(values: torch.Tensor, low: float, high: float, bins: int) -> torch.Tensor:
    return (bins * ((values - low) / (high - low))).floor().long()


def _row_before(rows: torch.Tensor) -> torch.Tensor:
    """Each row's predecessor; the first has none and hears nothing.  # [n, rows, columns, state]"""
    return functional.pad(rows[:, :-1], (0, 0, 0, 0, 1, 0))
