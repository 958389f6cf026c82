"""Batches larger than the memory: a tower is run in chunks, and their activations are made again when they are needed.

After Gao et al., "Scaling deep contrastive learning batch size under memory limited setup" (2021): the loss looks at
all vectors of a batch at once, but its gradient reaches the tower through each row's vector alone. So only the vectors
are kept, and on the way back each chunk is run again. The gradients are those of the whole batch; memory grows with the
chunk, time by one more forward pass.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

Tower = Callable[[Tensor], Tensor]


def in_chunks(tower: Tower, inputs: Tensor, *, chunk: int) -> Tensor:
    """``tower(inputs)`` [b, ...] -> [b, d], never more than ``chunk`` rows of it in memory; 0: all at once.

    What a tower draws by lot (dropout) is drawn the same the second time.
    """
    if not chunk or len(inputs) <= chunk or not torch.is_grad_enabled():
        return tower(inputs) if not chunk else torch.cat([tower(part) for part in torch.split(inputs, chunk)])
    return torch.cat([_again(tower, part) for part in torch.split(inputs, chunk)])


def _again(tower: Tower, part: Tensor) -> Tensor:
    found = checkpoint(tower, part, use_reentrant=False, preserve_rng_state=True)
    assert isinstance(found, Tensor)
    return found
