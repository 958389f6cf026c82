"""Failures inside the contract show their values."""

import pytest

pytest.register_assert_rewrite("playback.player_contract")
