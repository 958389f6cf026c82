"""The student in torch, for its training alone: the paper's network (``net``) with numbers for classes.

Its last layer gives the embedding, then the logits of the tags. What listens in the end is ``layers``, in numpy,
from the weights that ``folded`` gives.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from musicdesk.encoders.convnet.config import CnnConfig, ImageSpec
from musicdesk.encoders.convnet.layers import POOLS
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.records import FloatArray

DIM = 128
IMAGE = ImageSpec(kind="log-mel", rate_hz=16_000, bands=96, frames=47, segment_s=3.008, n_fft=512, per_pixel=4)
"""What ``cnn.front_end`` makes, turned on its side."""
CONFIG = CnnConfig(
    image=IMAGE, filters=(16, 32, 64, 192), kernel=3, pools=tuple((tall, long) for long, tall in POOLS),
    activation="relu", batch_norm=True, pooling="time", dropout=0.1, optimiser="adam", learning_rate=2e-3,
    weight_decay=0.01, schedule="cosine", batch=32, epochs=8,
)  # fmt: skip
"""The student's shape and schooling."""


def as_images(images: FloatArray) -> Tensor:
    """Images of the front end [n, frames, bands] as the network takes them.  # [n, 1, bands, frames]"""
    turned = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 2, 1), dtype=np.float32))
    return turned[:, None].contiguous(memory_format=torch.channels_last)


def parts(answers: Tensor) -> tuple[Tensor, Tensor]:
    """The network's answers [n, dim + n_tags] as embeddings and logits."""
    return answers[:, :DIM], answers[:, DIM:]


def folded(student: CnnNet) -> dict[str, Tensor]:
    """The weights as ``layers`` takes them: every normalisation as a factor and a summand, or in the weights."""
    tensors = {
        "input.mean": student.get_buffer("centre").flatten(), "input.scale": student.get_buffer("scale").flatten(),
    }  # fmt: skip
    for number, block in enumerate(student.spectrum.blocks):
        assert isinstance(block, nn.Sequential)
        convolution, (gain, shift) = block[0], _at_rest(block[2])
        assert isinstance(convolution, nn.Conv2d)
        assert convolution.bias is not None
        kernel = convolution.weight.transpose(2, 3)  # time, then frequency
        summand = shift + gain * convolution.bias
        tensors |= {f"conv.{number}.weight": kernel, f"conv.{number}.gain": gain, f"conv.{number}.shift": summand}
    dense, (gain, shift) = student.dense[0], _at_rest(student.dense[1])
    assert isinstance(dense, nn.Linear)
    tensors |= {"dense.weight": dense.weight * gain[:, None], "dense.bias": shift + gain * dense.bias}
    for name, rows in (("embedding", slice(0, DIM)), ("tags", slice(DIM, None))):
        tensors |= {f"{name}.weight": student.classes.weight[rows], f"{name}.bias": student.classes.bias[rows]}
    return {name: tensor.detach().float().contiguous().clone() for name, tensor in tensors.items()}


def turn_embedding(student: CnnNet, vectors: FloatArray) -> None:
    """Turn the embedding so that every dimension varies alike over these ``vectors`` of tracks [n, dim].

    A library's space gives every dimension the same weight. Where the dimensions vary alike that changes nothing, so
    the student's distances stay what the teacher taught, instead of being blown up where hardly anything happens.
    A single track says nothing of that.
    """
    if len(vectors) < 2:
        return
    rotation = torch.from_numpy(evening_rotation(np.cov(vectors.T.astype(np.float64))))
    with torch.no_grad():
        layer = student.classes
        layer.weight[:DIM] = (rotation @ layer.weight[:DIM].double()).float()
        layer.bias[:DIM] = (rotation @ layer.bias[:DIM].double()).float()


def evening_rotation(covariance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The rotation R for which R C Rᵀ has the same number all along its diagonal.  # [dim, dim]

    One plane after the other: the dimension that varies most is turned against that which varies least until it varies
    as it should (Bendel & Mickey 1978).
    """
    turned, rotation = covariance.copy(), np.eye(len(covariance))
    wanted = float(np.trace(covariance)) / len(covariance)
    for _ in range(len(covariance) - 1):
        diagonal = np.diag(turned)
        most, least = int(np.argmax(diagonal)), int(np.argmin(diagonal))
        if diagonal[most] - diagonal[least] <= 1e-9 * wanted:
            break
        above, below, between = diagonal[most] - wanted, diagonal[least] - wanted, turned[most, least]
        tangent = (-between + np.sqrt(between**2 - above * below)) / below
        cosine = 1 / np.sqrt(1 + tangent**2)
        plane = np.eye(len(covariance))
        plane[np.ix_([most, least], [most, least])] = [[cosine, cosine * tangent], [-cosine * tangent, cosine]]
        turned, rotation = plane @ turned @ plane.T, plane @ rotation
    return rotation


def _at_rest(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """Batch normalisation as factor and summand."""
    assert isinstance(norm, (nn.BatchNorm1d, nn.BatchNorm2d))
    assert norm.running_var is not None
    assert norm.running_mean is not None
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return gain, norm.bias - gain * norm.running_mean
