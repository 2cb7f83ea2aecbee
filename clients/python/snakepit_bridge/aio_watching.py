"""A watch for asyncio."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections import deque
from typing import Any, Awaitable, Callable, Deque, List, Optional, Sequence, Tuple, Union

import grpc

from . import updates as kinds
from ._calls import pauses
from ._resume import Next, WatchState
from ._tracing import NONE, carried, current_trace, sending, within
from .errors import SnakepitError, Unavailable, error_of, error_of_rpc
from .updates import Update
from .watching import metadata_of

logger = logging.getLogger(__name__)

AsyncCallback = Callable[[str, Any, Any, Any], Union[None, Awaitable[None]]]


class AsyncWatch:
    """The updates of a session's variables, in order, each once, across every disconnection: `async for`.

    Iteration ends when the session ends or the watch is closed (`ended` tells why); it raises what cannot be helped.
    Waiting for the next update may be cancelled, as by asyncio.wait_for: nothing is lost.
    """

    def __init__(
        self,
        state: WatchState,
        open_stream: Callable[..., Any],
        missing: Callable[[Sequence[str]], Awaitable[List[str]]],
        reach: Callable[[], Awaitable[None]],
        timeout: float,
    ) -> None:
        self._state = state
        self._open_stream = open_stream
        self._missing = missing
        self._reach = reach
        self._first_until = time.monotonic() + timeout
        self._pending: Deque[Tuple[Update, Optional[int]]] = deque()
        self._closing = asyncio.Event()
        self._reading = asyncio.Lock()
        self._call: Any = None
        self._pauses = pauses()
        # Of who opened it, whoever reads on: a stream that is opened again goes on with that one's call.
        self._trace = current_trace()
        self._revision = state.position
        self._calling: Optional[asyncio.Task[None]] = None
        self.ended: Optional[SnakepitError] = None

    async def start(self, callback: Optional[AsyncCallback] = None) -> AsyncWatch:
        """Returns when the start is fixed. Raises what the server says against it."""
        await self._connect()
        if callback is not None:
            # What calls back is whoever sets the variable, and not who watches it.
            calling = self._call_back(callback)
            self._calling = within(NONE).run(lambda: asyncio.get_running_loop().create_task(calling))
        return self

    @property
    def revision(self) -> Optional[int]:
        """Everything up to this revision of the session was handed out: a later watch can go on from it."""
        return self._revision

    def __aiter__(self) -> AsyncWatch:
        return self

    async def __anext__(self) -> Update:
        async with self._reading:
            while True:
                if self._closing.is_set():
                    raise StopAsyncIteration
                if self._pending:
                    update, reached = self._pending.popleft()
                    self._revision = self._revision if reached is None else reached
                    return update
                if self.ended is not None:
                    raise StopAsyncIteration
                with carried(self._trace):
                    await self._read()

    async def close(self) -> None:
        """Ends the watch. What waits for an update is let go."""
        self._closing.set()
        if self._call is not None:
            self._call.cancel()
        if self._calling is not None and self._calling is not asyncio.current_task():
            await asyncio.wait([self._calling])

    async def __aenter__(self) -> AsyncWatch:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _read(self) -> None:
        if self._call is None:
            await self._connect()
        call = self._call
        if call is None:
            return
        try:
            message = await call.read()
        except asyncio.CancelledError:
            # Either the reader was cancelled, and with it the stream, or the watch was closed.
            self._call = None
            call.cancel()
            if self._closing.is_set():
                return
            raise
        except grpc.RpcError as failure:
            await self._cut_off(error_of_rpc(failure))
            return
        if message is grpc.aio.EOF:
            await self._cut_off(await self._end_of(call))
            return
        self._pauses = pauses()
        self._pending.extend(self._state.received(message))
        if not self._pending:
            self._revision = self._state.position

    async def _connect(self) -> None:
        """Opens the stream, however often it takes; the first time, as long as the server can be reached in time."""
        while not self._closing.is_set() and self.ended is None:
            call = self._open_stream(
                self._state.request(), wait_for_ready=self._state.is_established or None, **sending())
            self._call = call
            try:
                headers = await call.initial_metadata()
            except asyncio.CancelledError:
                self._call = None
                call.cancel()
                if self._closing.is_set():
                    return
                raise
            except grpc.RpcError as failure:
                await self._cut_off(error_of_rpc(failure))
                continue
            if self._state.started(tuple(headers or ())) or not call.done():
                if self._revision is None:
                    self._revision = self._state.position
                return
            await self._cut_off(await self._end_of(call))

    async def _end_of(self, call: Any) -> SnakepitError:
        if await call.code() is grpc.StatusCode.OK:
            return Unavailable("the server ended the watch without a reason")
        return error_of(await call.code(), await call.details())

    async def _cut_off(self, error: SnakepitError) -> None:
        """Waits until the next try is due, or ends the watch, or raises."""
        self._call = None
        if self._closing.is_set():
            return
        verdict = self._state.cut_off(error)
        if verdict is Next.ASK_MISSING:
            verdict = await self._ask_missing()
        if verdict is Next.ENDED:
            self.ended = error
            return
        if verdict is Next.FAILED or not self._state.is_established and time.monotonic() > self._first_until:
            self.ended = error
            raise error
        if not self._state.is_established:
            await self._reach()
        else:
            logger.info("watch cut off (%s); goes on from revision %s", error, self._state.position)
        try:
            await asyncio.wait_for(self._closing.wait(), next(self._pauses))
        except asyncio.TimeoutError:
            pass

    async def _ask_missing(self) -> Next:
        try:
            self._state.lose(await self._missing(self._state.identifiers))
            return Next.AGAIN
        except SnakepitError as error:
            return self._state.cut_off(error)

    async def _call_back(self, callback: AsyncCallback) -> None:
        try:
            async for update in self:
                if update.type in kinds.OF_VALUES and not self._state.was_told(update):
                    await self._tell(callback, update)
        except SnakepitError as error:
            logger.error("watch ended: %s", error)

    async def _tell(self, callback: AsyncCallback, update: Update) -> None:
        try:
            result = callback(update.name, update.old, update.value, metadata_of(update))
            if inspect.isawaitable(result):
                await result
        except Exception:
            logger.exception("the callback of a watch failed for %r", update)

