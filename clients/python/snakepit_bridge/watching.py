"""A watch for threads: an iterator of updates, or a thread that calls back."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Optional, Sequence, Tuple

import grpc

from . import updates as kinds
from ._calls import pauses
from ._resume import Next, WatchState
from ._tracing import carried, current_trace, sending
from .errors import SnakepitError, Unavailable, error_of_rpc
from .updates import Update

logger = logging.getLogger(__name__)

Callback = Callable[[str, Any, Any, Dict[str, str]], None]


class Watch:
    """The updates of a session's variables, in order, each once, across every disconnection.

    Iteration ends when the session ends or the watch is closed (`ended` tells why); it raises what cannot be helped.
    Closing is for any thread, iterating for one at a time.
    """

    def __init__(
        self,
        state: WatchState,
        open_stream: Callable[..., Any],
        missing: Callable[[Sequence[str]], List[str]],
        reach: Callable[[], None],
        timeout: float,
    ) -> None:
        """Returns when the start is fixed: whatever happens after that is told. Raises what the server says against it."""
        self._state = state
        self._open_stream = open_stream
        self._missing = missing
        self._reach = reach
        self._first_until = time.monotonic() + timeout
        self._pending: Deque[Tuple[Update, Optional[int]]] = deque()
        self._closing = threading.Event()
        # Guards the call against being opened while the watch is closed.
        self._call_lock = threading.Lock()
        self._reading = threading.Lock()
        self._call: Any = None
        self._pauses = pauses()
        # Of who opened it, whoever reads on: a stream that is opened again goes on with that one's call.
        self._trace = current_trace()
        self._revision = state.position
        self.ended: Optional[SnakepitError] = None
        self._connect()

    @property
    def revision(self) -> Optional[int]:
        """Everything up to this revision of the session was handed out: a later watch can go on from it."""
        return self._revision

    def __iter__(self) -> Watch:
        return self

    def __next__(self) -> Update:
        with self._reading:
            while True:
                if self._closing.is_set():
                    raise StopIteration
                if self._pending:
                    update, reached = self._pending.popleft()
                    self._revision = self._revision if reached is None else reached
                    return update
                if self.ended is not None:
                    raise StopIteration
                with carried(self._trace):
                    self._read()

    def close(self) -> None:
        """Ends the watch. A thread that waits for an update is let go."""
        self._closing.set()
        with self._call_lock:
            if self._call is not None:
                self._call.cancel()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        if self._call is None:
            self._connect()
        if self._call is None:
            return
        try:
            message = next(self._call)
        except StopIteration:
            self._cut_off(Unavailable("the server ended the watch without a reason"))
        except grpc.RpcError as failure:
            self._cut_off(error_of_rpc(failure))
        else:
            self._pauses = pauses()
            self._pending.extend(self._state.received(message))
            if not self._pending:
                # A heartbeat: nothing up to it is left to hand out.
                self._revision = self._state.position

    def _connect(self) -> None:
        """Opens the stream, however often it takes; the first time, as long as the server can be reached in time."""
        while not self._closing.is_set() and self.ended is None:
            with self._call_lock:
                if self._closing.is_set():
                    return
                # Later streams wait for the server: while no call does, grpc hardly connects.
                self._call = self._open_stream(
                    self._state.request(), wait_for_ready=self._state.is_established or None, **sending())
            # Without headers a stream that is over was refused; with them it may have ended since, and is read to its end.
            if self._state.started(self._call.initial_metadata()) or self._call.is_active():
                if self._revision is None:
                    self._revision = self._state.position
                return
            self._cut_off(error_of_rpc(self._call))

    def _cut_off(self, error: SnakepitError) -> None:
        """Waits until the next try is due, or ends the watch, or raises."""
        self._call = None
        if self._closing.is_set():
            return
        verdict = self._state.cut_off(error)
        if verdict is Next.ASK_MISSING:
            verdict = self._ask_missing()
        if verdict is Next.ENDED:
            self.ended = error
            return
        if verdict is Next.FAILED or not self._state.is_established and time.monotonic() > self._first_until:
            self.ended = error
            raise error
        if not self._state.is_established:
            self._reach()
        else:
            logger.info("watch cut off (%s); goes on from revision %s", error, self._state.position)
        self._closing.wait(next(self._pauses))

    def _ask_missing(self) -> Next:
        try:
            self._state.lose(self._missing(self._state.identifiers))
            return Next.AGAIN
        except SnakepitError as error:
            return self._state.cut_off(error)


class CallbackWatch(Watch):
    """A watch whose updates of values go to a callback, on a thread of its own: (name, old, new, metadata).

    The metadata are those of the change, with `update_type`, `revision` (0 for a value that was there at the start) and
    `variable_revision` added. `new` is None for a deletion. What a
    callback raises is logged, and the watch goes on.
    """

    def __init__(self, callback: Callback, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._callback = callback
        self._thread = threading.Thread(target=self._run, name="snakepit-watch", daemon=True)
        self._thread.start()

    def join(self, timeout: Optional[float] = None) -> bool:
        """Waits for the last callback after the watch has ended; whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            for update in self:
                if update.type in kinds.OF_VALUES and not self._state.was_told(update):
                    self._tell(update)
        except SnakepitError as error:
            logger.error("watch ended: %s", error)

    def _tell(self, update: Update) -> None:
        try:
            self._callback(update.name, update.old, update.value, metadata_of(update))
        except Exception:
            logger.exception("the callback of a watch failed for %r", update)


def metadata_of(update: Update) -> Dict[str, str]:
    """What callbacks are told of a change beside its values."""
    return {
        **update.metadata, "update_type": update.type, "revision": str(update.revision),
        "variable_revision": str(update.revision or update.raw.variable.revision),
    }

