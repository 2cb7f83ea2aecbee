"""`python3 -m snakepit_bridge` is a worker: see command_line."""

import sys

from .command_line import main

sys.exit(main())
