"""The committed stubs, and the package around them."""

import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]


@pytest.mark.skipif(shutil.which("grpc_python_plugin") is None, reason="grpc_python_plugin is not installed")
def test_the_committed_stubs_are_what_protoc_writes():
    result = subprocess.run([sys.executable, ROOT / "generate", "--check"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_package_keeps_its_promise_of_types():
    pytest.importorskip("mypy", reason="mypy is not installed")
    result = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
