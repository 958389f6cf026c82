"""A network as data: what is kept is what comes back, and what cannot be right is refused with a sentence."""

import json

import pytest

from musicdesk.encoders.convnet.config import Augmentation, CnnConfig, ImageSpec, lively, shipped_shape
from musicdesk.errors import BadRequest, ModelUnavailable

ODD = CnnConfig(
    image=ImageSpec(kind="mfcc", rate_hz=16_000, bands=40, frames=32, segment_s=2.5, notes="cqt"),
    filters=(8, 8, 16, 16), pools=((2, 2), (1, 2), (2, 1), (4, 4)), activation="relu", optimiser="rmsprop",
    augment=Augmentation(shift=False, mixup=0.4), batch_norm=True, seed=7,
)  # fmt: skip


@pytest.mark.parametrize("config", [CnnConfig(), ODD, lively(), shipped_shape()])
def test_a_config_survives_json(config):
    assert CnnConfig.from_plain(json.loads(json.dumps(config.plain()))) == config


def test_the_default_is_the_papers_network():
    config = CnnConfig()
    assert config.filters == (64, 128, 256, 512)
    assert (config.dense, config.activation, config.optimiser, config.start) == (1024, "elu", "adam", "scratch")
    assert not config.batch_norm
    assert config.teacher == config.augment.mixup == config.augment.mask_bands == 0


def test_what_an_older_config_lacks_is_as_by_default():
    assert CnnConfig.from_plain({"dense": 64, "image": {"bands": 32}}) == CnnConfig(dense=64, image=ImageSpec(bands=32))


@pytest.mark.parametrize(
    "wrong",
    [
        {"depth": 4}, {"dense": "many"}, {"dense": True}, {"dense": 0}, {"image": {"kind": "photograph"}}, {"image": 4},
        {"filters": [64, 128]}, {"filters": "64"}, {"filters": [64, 128, 256, 0]}, {"pools": [[2, 2]]},
        {"augment": {"mixup": -1}}, {"dropout": 1.0}, {"learning_rate": 0.0}, {"image": {"segment_s": 0.0}},
        {"start": "somewhere"}, [], None,
    ],
    ids=str,
)  # fmt: skip
def test_a_config_that_cannot_be_right_is_refused_with_what_to_do(wrong):
    with pytest.raises(ModelUnavailable, match="Train it again"):
        CnnConfig.from_plain(wrong)


@pytest.mark.parametrize(
    ("values", "names"),
    [({"activation": "tanh"}, "elu, relu"), ({"optimiser": "sgd"}, "adam, rmsprop"), ({"pooling": "none"}, "flat")],
)
def test_an_unknown_word_is_answered_with_those_that_are_known(values, names):
    with pytest.raises(BadRequest, match=names):
        CnnConfig(**values)
