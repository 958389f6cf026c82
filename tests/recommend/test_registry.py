import json
import subprocess
import sys

import pytest

from musicdesk.errors import BadRequest, ModelUnavailable, NotFound
from musicdesk.recommend import registry
from musicdesk.recommend.base import HABITS, HISTORY, SOUND
from musicdesk.recommend.specs import SPECS


def test_every_recommender_has_its_spec():
    assert registry.names() == tuple(SPECS)
    assert all(registry.spec(name).name == name for name in registry.names())


@pytest.mark.parametrize("name", registry.names())
def test_a_spec_is_for_people(name):
    spec = registry.spec(name)
    assert spec.part in (HABITS, HISTORY, SOUND)
    assert spec.what.endswith(".")
    assert spec.title
    assert spec.source
    assert spec.needs_vectors or not spec.serves_cold, "nothing is known of what nobody heard and nobody listened to"


@pytest.mark.parametrize("name", registry.names())
def test_each_is_made_by_its_name_with_a_seed(name):
    method = registry.make(name, seed=3)
    assert method.spec is registry.spec(name)
    assert method.config.seed == 3


def test_names_and_settings_that_nobody_knows_are_refused_with_a_sentence(tmp_path):
    with pytest.raises(NotFound, match="popularity"):
        registry.make("oracle")
    with pytest.raises(BadRequest, match="no_such"):
        registry.make("ease", no_such=1)
    (tmp_path / "config.json").write_text(
        json.dumps({"kind": "musicdesk-recommender", "version": 1, "method": "oracle", "config": {}})
    )
    with pytest.raises(ModelUnavailable, match="oracle"):
        registry.load(tmp_path)


def test_specs_are_read_without_the_heavy_libraries():
    code = """
import sys
from musicdesk.recommend import registry
[registry.spec(name) for name in registry.names()]
[registry.make(name) for name in ("popularity", "content-mean", "item-knn", "user-cf", "ease", "elsa")]
print(*sorted(m for m in sys.modules if "." not in m))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "librosa"} & set(done.stdout.split())
