import os
from pathlib import Path

import pytest

from musicdesk.encoders.musicnn import PLUGIN
from musicdesk.encoders.zoo import weights
from musicdesk.settings import Folders

pytest.register_assert_rewrite("encoders.encoder_contract")
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")


@pytest.fixture(scope="session")
def musicnn_folder() -> Path:
    """The installed weights; the test command installs them beforehand."""
    models = Folders.default().models
    if not weights.status(PLUGIN, models).installed:
        pytest.skip("the MusiCNN weights are not installed (musicdesk models install musicnn)")
    return weights.folder_of(PLUGIN.spec, models)
