"""Where a watch stands, and how it goes on after it was cut off: without a gap, without a repeat.

Knows nothing of threads or asyncio; `watching` and `aio` make the calls. A watch that is cut off asks for what came after
the revision it has reached. A snapshot is handed on only when it is whole: half of one is no state to resume from.
"""

from __future__ import annotations

import enum
import re
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

from . import updates as kinds
from ._cache import VariableCache
from ._proto import snakepit_bridge_pb2 as pb
from .errors import (
    AccessDenied, InvalidArgument, LimitExceeded, NotServed, PreconditionFailed, SessionEnded, SessionNotFound,
    SnakepitError, Unavailable, VariableNotFoundError,
)
from .updates import Update

REVISION_HEADER = "snakepit-revision"

Released = List[Tuple[Update, Optional[int]]]


class WatchOptions(NamedTuple):
    """What is watched, and from where."""

    identifiers: Sequence[str] = ()
    patterns: Sequence[str] = ()
    include_initial_values: bool = False
    from_revision: Optional[int] = None
    min_interval_ms: int = 0
    update_types: Sequence[str] = ()


class Next(enum.Enum):
    """What becomes of a watch that was cut off."""

    AGAIN = enum.auto()
    # Again, once those identifiers are known that are no longer there.
    ASK_MISSING = enum.auto()
    ENDED = enum.auto()
    FAILED = enum.auto()


class WatchState:
    """Not thread-safe: one reader drives it."""

    def __init__(self, session_id: str, options: WatchOptions, cache: VariableCache) -> None:
        self._session_id = session_id
        self._options = options
        self._cache = cache
        # Everything up to it has been released; None before the first start.
        self._position = options.from_revision
        # What the position was when a snapshot took its place: values up to it have been told before.
        self._told_before = -1
        self._snapshot: Optional[Released] = None
        self._lost: List[str] = []
        self.is_established = False

    @property
    def position(self) -> Optional[int]:
        """The revision up to which everything was released."""
        return self._position

    @property
    def identifiers(self) -> List[str]:
        """Those that are watched by identifier still."""
        return [name for name in self._options.identifiers if name not in self._lost]

    def request(self) -> Any:
        """The request that goes on from where the watch stands."""
        options = self._options
        # One that is gone would be refused. A name may come back, and its pattern, without a wildcard, waits for that.
        return pb.WatchVariablesRequest(
            session_id=self._session_id, variable_identifiers=self.identifiers,
            patterns=[*options.patterns, *self._lost],
            include_initial_values=options.include_initial_values and self._position is None,
            from_revision=self._position, min_interval_ms=options.min_interval_ms, update_types=options.update_types)

    def started(self, headers: Any) -> bool:
        """Reads what the server says with the start. Whether it has fixed one: from there on nothing is missed."""
        wants_snapshot = self._options.include_initial_values and self._position is None
        self._snapshot = [] if wants_snapshot else None
        told = next((value for key, value in headers or () if key == REVISION_HEADER), None)
        if told is not None:
            self.is_established = True
            if self._position is None and not wants_snapshot:
                self._position = int(told)
        return told is not None

    def received(self, message: Any) -> Released:
        """What may be handed on now, each with the revision that is reached once it was; None = none of its own."""
        self.is_established = True
        update = Update(message)
        self._tell_cache(update)
        if update.type == kinds.HEARTBEAT:
            return self._heartbeat(update.revision)
        if update.type == kinds.RESYNC:
            self._told_before = -1 if self._position is None else self._position
            self._snapshot = [(update, None)]
            return []
        if update.type == kinds.INITIAL_VALUE and self._snapshot is not None:
            self._snapshot.append((update, None))
            return []
        if update.revision and self._position is not None:
            if update.revision <= self._position:
                return []
            self._position = update.revision
        return [(update, self._position)] if self._is_wanted(update) else []

    def was_told(self, update: Update) -> bool:
        """Whether a value of a resync's snapshot is one that was told before it."""
        return update.type == kinds.INITIAL_VALUE and update.raw.variable.revision <= self._told_before

    def cut_off(self, error: SnakepitError) -> Next:
        """What to do now. An error before the first start is the caller's, unless it passes."""
        self._snapshot = None
        if isinstance(error, (SessionEnded, SessionNotFound)):
            self._cache.reset()
            return Next.ENDED if self.is_established else Next.FAILED
        if isinstance(error, (InvalidArgument, AccessDenied, NotServed, PreconditionFailed)):
            return Next.FAILED
        if isinstance(error, VariableNotFoundError):
            return Next.ASK_MISSING if self.is_established and self.identifiers else Next.FAILED
        if not self.is_established:
            return Next.AGAIN if isinstance(error, Unavailable) else Next.FAILED
        if self._position is None and not self._options.include_initial_values:
            # The server tells no revisions: what follows might have a gap.
            return Next.FAILED
        return Next.AGAIN

    def lose(self, identifiers: Sequence[str]) -> None:
        """Those identifiers are not there any more."""
        self._lost.extend(name for name in identifiers if name not in self._lost)

    def _heartbeat(self, revision: int) -> Released:
        if self._snapshot is None:
            if self._position is not None:
                self._position = max(self._position, revision)
            return []

        released, self._snapshot = self._snapshot, None
        # A resync may set it back.
        self._position = revision
        released = [pair for pair in released if self._is_wanted(pair[0])]
        if released:
            released[-1] = (released[-1][0], revision)
        return released

    def _tell_cache(self, update: Update) -> None:
        if update.type == kinds.RESYNC:
            self._cache.reset()
        elif update.type == kinds.DELETED:
            self._cache.deleted(update.variable_id, update.revision)
        elif update.type == kinds.HEARTBEAT:
            self._cache.saw(update.revision)
        elif update.raw.HasField("variable"):
            self._cache.told(update.raw.variable, update.revision or update.raw.variable.revision)

    def _is_wanted(self, update: Update) -> bool:
        if not any("*" in name for name in self._lost) or update.type == kinds.RESYNC:
            return True
        asked = self._options
        return update.name in asked.identifiers or update.variable_id in asked.identifiers or any(
            _matcher(pattern)(update.name) for pattern in asked.patterns)


def _matcher(pattern: str) -> Callable[[str], Any]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL).fullmatch
