"""The examples run, and print what they are there to show."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXAMPLES = ROOT.parents[1] / "examples" / "python"


@pytest.mark.parametrize("name, lines", [
    ("tuning", ["  watched: temperature 0.2 -> 0.6, score 0.960", "best: 0.8", "tried: [0.2, 0.6, 1.0, 0.6, 0.4, 0.6, 0.7, 0.8, 0.9, 0.8]"]),
    ("dspy_module", [
        "bindings: {'temperature': 'temperature', 'max_tokens': 'answer_tokens'}", "an answer at temperature 0.1 of at most 50 tokens",
        "set by: dspy_module"]),
    ("tool_host", ["3.0", "4.0", "why? At 0.7 degrees: 42.", "['one', 'after', 'another']", "failed: ZeroDivisionError: division by zero"]),
])
def test_an_example_prints_what_it_shows(sidecar, environment, name, lines):
    if name == "dspy_module":
        try:
            import dspy  # noqa: F401
            pytest.skip("dspy is installed, and the example would need a language model")
        except ModuleNotFoundError:
            pass
    result = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", sidecar.address], capture_output=True, text=True, timeout=120,
        env=environment)
    assert result.returncode == 0, result.stderr
    printed = result.stdout.splitlines()
    assert [line for line in lines if line not in printed] == []
