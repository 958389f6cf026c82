"""Run a script where it may connect disks and lower the system's limits without anybody else noticing (Linux)."""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest

_ALONE = ["unshare", "--user", "--map-root-user", "--mount"]


def in_namespace(script: str, *arguments: str) -> str:
    """What ``script`` prints; skips the test where the system allows no namespaces."""
    if not shutil.which("unshare") or subprocess.run([*_ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs user namespaces")
    code = "import os, sys, time\n" + textwrap.dedent(script)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [*_ALONE, sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert not done.returncode, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.strip()
