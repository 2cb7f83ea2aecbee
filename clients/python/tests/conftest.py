"""What the tests share: the package of this tree, one sidecar for all, and a session for each."""

import os
import pathlib
import sys
import threading
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from recording import Recorder  # noqa: E402
from snakepit_bridge import SessionContext, launch  # noqa: E402

DEADLINE = 30


@pytest.fixture
def environment():
    """Of a process that uses the package of this tree, and the tests' tools."""
    paths = [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


@pytest.fixture(scope="session")
def sidecar():
    with launch(arguments=["--heartbeat", "1s"]) as running:
        yield running


@pytest.fixture
def session_id():
    return f"python-{uuid.uuid4()}"


@pytest.fixture
def session(sidecar, session_id):
    with SessionContext.connect(sidecar.address, session_id, end_on_exit=True) as context:
        yield context


@pytest.fixture
def other(sidecar, session, session_id):
    """Another client of the same session."""
    with SessionContext.connect(sidecar.address, session_id) as context:
        yield context


@pytest.fixture
def recorder(sidecar):
    """The sidecar, by way of who notes the headers of calls."""
    with Recorder(sidecar.address) as recorder:
        yield recorder


@pytest.fixture
def take():
    """Takes that many updates of a watch. One that does not come in time ends the watch, and fails the test."""
    def taken(watch, count):
        late = threading.Timer(DEADLINE, watch.close)
        late.start()
        try:
            found = [update for _, update in zip(range(count), watch)]
        finally:
            late.cancel()
        assert len(found) == count, f"only {found} came within {DEADLINE} s"
        return found

    return taken
