"""A worker as a process, with the flags that launchers of the public project give it.

    python3 -m snakepit_bridge --adapter my_tools --elixir-address localhost:50051

It says that it takes calls by `GRPC_READY:<port>` on stdout, and by the port in the file that SNAKEPIT_READY_FILE names.
SIGTERM ends it with status 0; a server that is gone, or a start that failed, with 1.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
import threading
from typing import Any, List, Optional, Sequence

from .errors import SnakepitError
from .worker import WorkerServer

logger = logging.getLogger(__name__)


def main(arguments: Optional[Sequence[str]] = None, sources: Optional[List[Any]] = None) -> int:
    """The command line of a worker. The exit status."""
    parser = argparse.ArgumentParser(prog="snakepit-worker", description="Serves tools written in Python to a snakepit server.")
    parser.add_argument("--adapter", required=sources is None, help="module, or module.Class or module:name, with the tools")
    parser.add_argument("--elixir-address", "--server", dest="server", metavar="HOST:PORT", required=True, help="the server")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 = any free one")
    parser.add_argument("--listen", default="127.0.0.1", metavar="HOST", help="address to listen on (default %(default)s)")
    parser.add_argument("--snakepit-run-id", default="", help="marks the processes of one launcher; not used otherwise")
    parser.add_argument("--max-workers", type=int, default=8, help="calls at once (default %(default)s)")
    parser.add_argument("--announce", action="store_true", help="tell the server where this worker listens")
    # Launchers of other versions have more to say.
    options, unknown = parser.parse_known_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    if unknown:
        logger.info("not used: %s", " ".join(unknown))
    try:
        server = WorkerServer(
            sources or [load(options.adapter)], options.server, listen=options.listen, port=options.port,
            max_concurrent_calls=options.max_workers, announce=options.announce)
    except (ImportError, ValueError, SnakepitError) as error:
        print(f"snakepit-worker: {error}", file=sys.stderr)
        return 1

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    tell_ready(server.port)
    # Python runs signal handlers between waits only.
    while not stopped.is_set() and not server.wait(0.2):
        pass
    server.stop()
    return 1 if server.lost_server else 0


def load(adapter: str) -> Any:
    """The module `a.b`, or what `a.b:name` or `a.b.name` names in it. ImportError names what is not there."""
    module, _, name = adapter.partition(":")
    if not name:
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            module, _, name = adapter.rpartition(".")
            if not module or error.name != adapter:
                raise
    found = getattr(importlib.import_module(module), name, None)
    if found is None:
        raise ImportError(f"module {module} has no {name}")
    return found


def tell_ready(port: int) -> None:
    """Says that calls are taken: in the file that SNAKEPIT_READY_FILE names, whole or not at all, and on stdout."""
    path = os.environ.get("SNAKEPIT_READY_FILE")
    if path:
        with open(f"{path}.{os.getpid()}", "w") as file:
            file.write(str(port))
        os.replace(f"{path}.{os.getpid()}", path)
    print(f"GRPC_READY:{port}", flush=True)

