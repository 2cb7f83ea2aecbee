"""Watches a server until it drains: drain_client.py HOST:PORT.

Prints `watching` when it does; whoever reads that tells the server to end. Then a line as of any check.
"""

import sys

from grpc import StatusCode

from bridge import Bridge, Session
from checks import check, equal, holds, refused, run


@check
def watch_ends_with_unavailable_and_its_revision_when_the_server_drains(bridge):
    session = Session(bridge)
    revision = session.register("x").revision
    stream = session.watch("x")
    print("watching", flush=True)
    error = refused(StatusCode.UNAVAILABLE, "", list, stream)
    equal(dict(error.trailing_metadata()).get("snakepit-revision"), str(revision))
    holds(error.details(), "the status has no words")


if __name__ == "__main__":
    with Bridge(sys.argv[1]) as bridge:
        raise SystemExit(1 if run(bridge) else 0)
