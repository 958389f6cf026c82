"""Ways to train a network of the paper's kind, to be compared: the grid of the paper, named variants, the control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from musicdesk.encoders.convnet.config import Augmentation, CnnConfig, ImageSpec, lively, shipped_shape
from musicdesk.errors import BadRequest

CONTROL = "shuffled labels"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to train."""

    name: str
    config: CnnConfig
    what: str = ""
    """What it is, for people."""
    shuffled: bool = False
    """The control: the labels of the training songs are dealt out anew."""
    taught: bool = False
    """Whether it also learns to say what MusiCNN says of the training songs."""
    members: int = 1
    """So many networks, each from another seed, whose softmax is averaged."""


def methods(
    base: CnnConfig,
    *,
    activations: Sequence[str] = ("elu", "relu"),
    optimisers: Sequence[str] = ("adam", "rmsprop"),
    notes: Sequence[str] = ("none",),
    images: Sequence[str] = ("log-mel",),
    variants: Sequence[str] = (),
    control: bool = True,
) -> tuple[Method, ...]:
    """Every combination; then the named variants; then the control, which is the first with shuffled labels.

    Raises BadRequest for an unknown variant, and where there is nothing to compare.
    """
    found = [
        Method(_title(activation, optimiser, kind, joined), _combined(base, activation, optimiser, kind, joined))
        for kind, joined, activation, optimiser in product(images, notes, activations, optimisers)
    ]
    for name in variants:
        if name not in VARIANTS:
            raise BadRequest(f"There is no variant called {name!r}. Known are: {', '.join(VARIANTS)}.")
        found.append(replace(VARIANTS[name], config=replace(VARIANTS[name].config, seed=base.seed)))
    if not found:
        raise BadRequest("Nothing is to be compared. Name an activation, an optimiser, an image and notes.")
    return (*found, replace(found[0], name=f"{CONTROL} ({found[0].name})", shuffled=True)) if control else tuple(found)


def _title(activation: str, optimiser: str, image: str, notes: str) -> str:
    return f"{activation} {optimiser}, {image}" + ("" if notes == "none" else f" and {notes}")


def _combined(base: CnnConfig, activation: str, optimiser: str, kind: str, notes: str) -> CnnConfig:
    image = replace(base.image, kind=kind, notes=notes)
    return replace(base, image=image, activation=activation, optimiser=optimiser)


def _variants() -> dict[str, Method]:
    """The named ways to train."""
    stripes, shipped = Augmentation(gain_db=2.0, mask_bands=8, mask_frames=4), shipped_shape()
    read = replace(shipped, taught_alone=True, learning_rate=1e-3, epochs=12, augment=Augmentation())
    further = replace(read, teacher=1.0, segments=8, dropout=0.3, keep="last", augment=stripes)
    begins = "begins with the network that comes with musicdesk"
    found = (
        Method("lively", lively(), "from scratch: batch norm, 3 × 3, pooling over time, SpecAugment, mixup, gain"),
        Method("shipped", shipped, f"{begins}; all of it is trained"),
        Method("shipped, read", read, f"{begins}; only the classes are trained"),
        Method("shipped, taught", further, f"{begins}; MusiCNN's numbers for the training songs form the layers, "
               "the classes read them; no songs are held back for validation", taught=True),
    )  # fmt: skip
    return {method.name: method for method in found}


def paper(*, width: float = 1.0, epochs: int = 30, seed: int = 0) -> CnnConfig:
    """The paper's network from scratch, nothing added; ``width`` is the share of its filters."""
    filters = (64, 128, 256, 512)
    return CnnConfig(
        image=ImageSpec(), filters=tuple(max(1, round(width * count)) for count in filters), segments=2, epochs=epochs,
        patience=6, augment=Augmentation(), seed=seed,
    )  # fmt: skip


VARIANTS: Mapping[str, Method] = _variants()
"""Ways to train that are none of the paper's, by name."""
