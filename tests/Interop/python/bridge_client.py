"""Checks a running server with the public gRPC library: bridge_client.py HOST:PORT.

Prints `ok <name>` or `FAIL <name>: why` for each check; the exit status is 1 if any failed. Needs the stubs
that stubs.py writes in PYTHONPATH.
"""

import sys

import checks
from bridge import Bridge

# Each module adds its checks when it is imported.
import session_checks  # noqa: F401
import variable_checks  # noqa: F401
import value_checks  # noqa: F401
import watch_checks  # noqa: F401
import busy_watch_checks  # noqa: F401
import relation_checks  # noqa: F401
import refusal_checks  # noqa: F401
import tool_checks  # noqa: F401
import administration_checks  # noqa: F401
import transport_checks  # noqa: F401
import era_checks  # noqa: F401
import calculator_checks  # noqa: F401
import standard_checks  # noqa: F401


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: bridge_client.py HOST:PORT")
    with Bridge(sys.argv[1]) as bridge:
        raise SystemExit(1 if checks.run(bridge) else 0)


if __name__ == "__main__":
    main()
