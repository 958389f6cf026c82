import json
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random

from musicdesk import kept
from musicdesk.errors import BadRequest, ModelUnavailable


@dataclass(frozen=True)
class ToyConfig:
    size: int = 3
    rate: float = 0.5
    kind: str = "plain"
    sure: bool = True
    steps: tuple[int, ...] = (1, 2)

    def __post_init__(self):
        if self.size < 1:
            raise BadRequest("A size is at least 1.")


@pytest.fixture
def folder(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), **kept.flat("s", random(5, 4, 0.5, format="csr"))}
    kept.write(tmp_path / "deep" / "toy", "toy", config=ToyConfig(size=7), arrays=arrays)
    return tmp_path / "deep" / "toy"


def changed(folder, **config):
    told = json.loads((folder / "config.json").read_text())
    told["config"] |= config
    (folder / "config.json").write_text(json.dumps(told))
    return kept.read(folder, "toy")


def test_what_was_written_is_read(folder):
    found = kept.read(folder, "toy")
    assert found.config_as(ToyConfig) == ToyConfig(size=7)
    np.testing.assert_array_equal(found.array("a", 2, None), [[0, 1, 2], [3, 4, 5]])
    assert isinstance(found.sparse("s", None, 4), csr_matrix)
    assert kept.method_of(folder) == "toy"


def test_writing_again_replaces_it(folder):
    kept.write(folder, "toy", config=ToyConfig(size=2), arrays={"b": np.zeros(1)})
    found = kept.read(folder, "toy")
    assert found.config_as(ToyConfig).size == 2
    assert set(found.arrays) == {"b"}
    assert {path.name for path in folder.iterdir()} == {"config.json", "arrays.safetensors"}


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"size": 1.5}, {"size": True}, {"size": "3"}, {"rate": None}, {"kind": 1}, {"steps": 3}, {"new": 1},
     {"rate": float("nan")}, {"steps": ["x"]}],
)  # fmt: skip
def test_a_config_that_cannot_be_right_is_refused(folder, wrong):
    with pytest.raises(ModelUnavailable):
        changed(folder, **wrong).config_as(ToyConfig)


def test_a_config_may_lack_a_field_that_came_later(folder):
    told = json.loads((folder / "config.json").read_text())
    del told["config"]["rate"]
    (folder / "config.json").write_text(json.dumps(told))
    assert kept.read(folder, "toy").config_as(ToyConfig).rate == 0.5


def test_whole_numbers_stand_for_fractions(folder):
    assert changed(folder, rate=1).config_as(ToyConfig).rate == 1.0


def test_arrays_of_another_shape_are_refused(folder):
    found = kept.read(folder, "toy")
    for ask in (lambda: found.array("a", 3, 2), lambda: found.array("a", 6), lambda: found.array("z"),
                lambda: found.sparse("a"), lambda: found.sparse("s", 4, 4)):  # fmt: skip
        with pytest.raises(ModelUnavailable, match="toy"):
            ask()


def test_a_sparse_matrix_that_points_outside_is_refused(folder):
    matrix = random(5, 4, 0.5, format="csr")
    parts = kept.flat("s", matrix) | {"s.indices": np.full_like(matrix.indices, 99)}
    kept.write(folder, "toy", config=ToyConfig(), arrays=parts)
    with pytest.raises(ModelUnavailable):
        kept.read(folder, "toy").sparse("s")


def test_another_methods_folder_is_refused(folder):
    with pytest.raises(ModelUnavailable, match="toy, not other"):
        kept.read(folder, "other")


def test_numbers_that_are_none_are_refused(folder):
    kept.write(folder, "toy", config=ToyConfig(), arrays={"a": np.array([1.0, np.inf])})
    with pytest.raises(ModelUnavailable):
        kept.read(folder, "toy").array("a", finite=True)
