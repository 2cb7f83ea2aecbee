"""The committed stubs, and the package around them."""

import os
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


def test_pip_installs_the_package_without_protoc(tmp_path):
    pytest.importorskip("setuptools", minversion="61", reason="setuptools 61 is not installed")
    pytest.importorskip("wheel", reason="wheel is not installed")
    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns("build", "*.egg-info", ".*", "__pycache__", "tests"))
    installed = tmp_path / "installed"
    result = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "--target", installed, source],
        capture_output=True, text=True, env={"PATH": "/nowhere", "HOME": str(tmp_path)})
    if "No module named pip" in result.stderr:
        pytest.skip("pip is not installed")
    assert result.returncode == 0, result.stderr
    there = {str(path.relative_to(installed)) for path in installed.glob("snakepit_bridge/**/*")}
    assert {"snakepit_bridge/py.typed", "snakepit_bridge/_proto/snakepit_tools_pb2.pyi", "snakepit_bridge/worker.py"} <= there
    used = subprocess.run(
        [sys.executable, "-c", "import snakepit_bridge; print(snakepit_bridge.__file__)"], cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": f"{installed}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"})
    assert str(installed) in used.stdout, used.stderr
