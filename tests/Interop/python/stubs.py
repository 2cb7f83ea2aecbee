"""Generates the Python stubs the clients here import: stubs.py FOLDER.

Needs protoc and grpc_python_plugin (Debian: protobuf-compiler, protobuf-compiler-grpc). Run a client with
PYTHONPATH=FOLDER afterwards.
"""

import pathlib
import shutil
import subprocess
import sys

PROTOS = pathlib.Path(__file__).resolve().parents[3] / "protos"
OURS = ("snakepit_bridge.proto", "snakepit_sessions.proto")
STANDARD = ("grpc_health.proto", "grpc_reflection_v1.proto", "grpc_reflection_v1alpha.proto")


def generate(folder):
    plugin = shutil.which("grpc_python_plugin")
    if plugin is None:
        raise SystemExit("stubs.py: grpc_python_plugin is not installed")

    folder.mkdir(parents=True, exist_ok=True)
    # The calculator's public client knows its contract under this name.
    shutil.copy(PROTOS / "calculator.proto", folder / "calc.proto")
    outputs = [f"--python_out={folder}", f"--grpc_python_out={folder}", f"--plugin=protoc-gen-grpc_python={plugin}"]
    subprocess.run(["protoc", f"-I{PROTOS}", *outputs, *OURS, *STANDARD], check=True)
    subprocess.run(["protoc", f"-I{folder}", *outputs, "calc.proto"], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: stubs.py FOLDER")
    generate(pathlib.Path(sys.argv[1]))
