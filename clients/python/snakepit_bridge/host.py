"""Tools served without listening on a port: their calls come down a stream that this process opens."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
import uuid
from collections import OrderedDict
from concurrent import futures
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import grpc

from . import _invocation
from ._calls import CHANNEL_OPTIONS, Call, Plan, Stubs, pauses, run
from ._proto import snakepit_bridge_pb2 as pb
from ._proto import snakepit_tools_pb2 as tools_pb
from .errors import (
    AccessDenied, CallTimeout, InvalidArgument, NotServed, SnakepitError, Unavailable, VersionConflict, error_of_rpc,
)
from .session_context import SessionContext
from .tools import Tool, ToolContext, tools_of

logger = logging.getLogger(__name__)

OFFERS_KEPT = 1_000


class ToolHost:
    """An attached host of tools. It attaches again, under its id, whenever it is cut off, and offers its tools anew."""

    def __init__(
        self, channel: grpc.Channel, tools: Sequence[Tool], host_id: str, metadata: Mapping[str, str], max_concurrent_calls: int
    ) -> None:
        self.host_id = host_id
        self.channel = channel
        # Why it is attached no more; None while it is, or was closed.
        self.ended: Optional[SnakepitError] = None
        self._stubs = Stubs.over(channel)
        self._tools = {tool.name: tool for tool in tools}
        self._hello = tools_pb.Hello(host_id=host_id, metadata=metadata, max_concurrent_calls=max_concurrent_calls)
        self._at_once = max_concurrent_calls
        self._pool = futures.ThreadPoolExecutor(max_concurrent_calls, thread_name_prefix="snakepit-tool")
        self._lock = threading.Lock()
        # The newest offers, least recent first. The server keeps all; these are for one that has forgotten.
        self._offers: OrderedDict[str, List[str]] = OrderedDict()
        self._stream: Optional[_Stream] = None
        self._attached = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="snakepit-host", daemon=True)

    @classmethod
    def attach(
        cls,
        address: str,
        *tools: Any,
        sessions: Sequence[str] = (),
        host_id: str = "",
        metadata: Optional[Mapping[str, str]] = None,
        max_concurrent_calls: int = 8,
        credentials: Optional[grpc.ChannelCredentials] = None,
        options: Sequence[Any] = (),
        timeout: float = 30.0,
    ) -> ToolHost:
        """Attaches to the server at HOST:PORT and offers the tools to the sessions; returns when it serves them.

        tools: functions, or modules and objects that have some marked with @tool. host_id: one that outlives this process
        has the tools it offered served again by the next. Calls run on max_concurrent_calls threads; others wait.
        """
        if max_concurrent_calls < 1:
            raise ValueError(f"max_concurrent_calls must be at least 1, got {max_concurrent_calls}")
        every = [*CHANNEL_OPTIONS, *options]
        channel = (
            grpc.insecure_channel(address, every) if credentials is None else grpc.secure_channel(address, credentials, every))
        host = cls(channel, tools_of(*tools), host_id or f"python-{uuid.uuid4()}", metadata or {}, max_concurrent_calls)
        try:
            host._start(timeout)
            for session_id in sessions:
                host.offer(session_id, timeout=timeout)
        except BaseException:
            host.close(0)
            raise
        return host

    def offer(self, session_id: str, *names: str, timeout: float = 30.0) -> Dict[str, str]:
        """Offers the session these tools, or all; it is made if it is not there. The tools' ids by name."""
        offered = [self._tools[name] for name in names] if names else list(self._tools.values())
        run(self._initialize(session_id), self._stubs, timeout)
        with self._lock:
            before = self._offers.get(session_id, [])
            self._offers[session_id] = sorted({*before, *(tool.name for tool in offered)})
            self._offers.move_to_end(session_id)
            if len(self._offers) > OFFERS_KEPT:
                self._offers.popitem(last=False)
        answer = self._offer_until(session_id, offered, time.monotonic() + timeout)
        if not answer.success:
            with self._lock:
                self._offers.pop(session_id, None)
                if before:
                    self._offers[session_id] = before
            raise SnakepitError(answer.error_message)
        return dict(answer.tool_ids)

    def _offer_until(self, session_id: str, tools: Sequence[Tool], deadline: float) -> Any:
        while True:
            stream = self._current(deadline - time.monotonic())
            try:
                return stream.offer(session_id, tools).result(max(0.0, deadline - time.monotonic()))
            except futures.TimeoutError:
                raise CallTimeout(f"the offer to session {session_id} was not answered in time") from None
            except futures.CancelledError:
                # Cut off meanwhile: once more on the next stream.
                continue

    def withdraw(self, session_id: str, *names: str) -> None:
        """Takes these tools, or all, back from the session."""
        with self._lock:
            left = [name for name in self._offers.get(session_id, []) if names and name not in names]
            self._offers.pop(session_id, None)
            if left:
                self._offers[session_id] = left
            stream = self._stream
        if stream is not None:
            stream.send(tools_pb.HostMessage(withdrawal=tools_pb.Withdrawal(session_id=session_id, tool_names=names)))

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits until the host is closed or cannot attach any more; whether it is so. Raises why it cannot."""
        self._thread.join(timeout)
        if self.ended is not None:
            raise self.ended
        return not self._thread.is_alive()

    def close(self, timeout: float = 5.0) -> None:
        """Lets the calls under way end, for so many seconds, and detaches. What was offered stays, for who attaches next."""
        with self._lock:
            self._closing.set()
            stream = self._stream
        if stream is not None:
            stream.drain(timeout)
        if self._thread.ident is not None:
            self._thread.join(5)
        self._pool.shutdown(wait=False)
        self.channel.close()

    def __enter__(self) -> ToolHost:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, timeout: float) -> None:
        self._thread.start()
        if not self._attached.wait(timeout):
            raise self.ended or Unavailable(f"the host could not attach within {timeout} s")
        if self.ended is not None:
            raise self.ended

    def _current(self, timeout: float) -> _Stream:
        if not self._attached.wait(timeout):
            raise Unavailable("the host is not attached, and could not be in time")
        with self._lock:
            if self._stream is None:
                raise self.ended or Unavailable("the host is not attached")
            return self._stream

    def _initialize(self, session_id: str) -> Plan[None]:
        yield Call("InitializeSession", pb.InitializeSessionRequest(session_id=session_id))

    def _run(self) -> None:
        again = pauses()
        first = True
        while True:
            stream = _Stream(self)
            with self._lock:
                if self._closing.is_set():
                    return
                self._stream = stream
                messages = stream.open(self._stubs.tools.Attach, wait_for_ready=None if first else True)
            try:
                for message in messages:
                    if message.WhichOneof("content") == "welcome":
                        again = pauses()
                        self._welcomed(stream)
                    else:
                        stream.take(message)
                error: SnakepitError = Unavailable("the server ended the stream")
            except grpc.RpcError as failure:
                error = error_of_rpc(failure)
            self._lost(stream)
            if self._closing.is_set():
                return
            # ABORTED: the same host has attached elsewhere, and taking turns at that would help nobody.
            if isinstance(error, (VersionConflict, InvalidArgument, AccessDenied, NotServed)):
                logger.error("host %s is attached no more: %s", self.host_id, error)
                self.ended = error
                self._attached.set()
                return
            logger.info("host %s was cut off: %s", self.host_id, error)
            first = False
            self._closing.wait(next(again))

    def _welcomed(self, stream: _Stream) -> None:
        with self._lock:
            offers = {session: [self._tools[name] for name in names] for session, names in self._offers.items()}
        for session_id, tools in offers.items():
            stream.offer(session_id, tools).add_done_callback(
                lambda answer, session_id=session_id: self._offered_again(session_id, answer))  # type: ignore[misc]
        self._attached.set()

    def _offered_again(self, session_id: str, answer: futures.Future[Any]) -> None:
        if not answer.cancelled() and not answer.result().success:
            logger.warning("session %s does not take the tools again: %s", session_id, answer.result().error_message)
            with self._lock:
                self._offers.pop(session_id, None)

    def _lost(self, stream: _Stream) -> None:
        with self._lock:
            self._stream = None
            self._attached.clear()
        stream.lose()


class _Stream:
    """One stream, with the calls and offers that live and die with it."""

    def __init__(self, host: ToolHost) -> None:
        self._host = host
        self._outbox: queue.Queue[Optional[Any]] = queue.Queue()
        self._lock = threading.Lock()
        self._calls: Dict[str, _Call] = {}
        self._offers: Dict[int, futures.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._idle = threading.Event()
        self._idle.set()
        self._draining = False
        self._lost = False
        self._rpc: Any = None

    def open(self, attach: Any, wait_for_ready: Optional[bool]) -> Any:
        """Opens it; what the server sends."""
        self.send(tools_pb.HostMessage(hello=self._host._hello))
        self._rpc = attach(iter(self._outbox.get, None), wait_for_ready=wait_for_ready)
        return self._rpc

    def send(self, message: Any) -> None:
        """Sends a message; of a stream that is gone, nothing."""
        self._outbox.put(message)

    def offer(self, session_id: str, tools: Sequence[Tool]) -> futures.Future[Any]:
        """Offers tools; the answer. Cancelled if the stream goes first."""
        answer: futures.Future[Any] = futures.Future()
        with self._lock:
            number = next(self._numbers)
            if self._lost:
                answer.cancel()
                return answer
            self._offers[number] = answer
        self.send(tools_pb.HostMessage(
            offer=tools_pb.Offer(offer_id=number, session_id=session_id, tools=[tool.spec for tool in tools])))
        return answer

    def take(self, message: Any) -> None:
        """Does what the server says."""
        kind = message.WhichOneof("content")
        if kind == "call":
            self._begin(message.call)
        elif kind == "cancelled":
            self._with(message.cancelled.call_id, lambda call: call.cancel())
        elif kind == "more":
            self._with(message.more.call_id, lambda call: call.add_credit(message.more.chunks))
        elif kind == "offer_answer":
            with self._lock:
                answer = self._offers.pop(message.offer_answer.offer_id, None)
            if answer is not None:
                answer.set_result(message.offer_answer)

    def lose(self) -> None:
        """The stream is gone: nobody waits for its calls and offers."""
        with self._lock:
            self._lost = True
            calls, offers = list(self._calls.values()), list(self._offers.values())
            self._offers.clear()
        self._outbox.put(None)
        for call in calls:
            call.cancel()
        for answer in offers:
            answer.cancel()

    def drain(self, timeout: float) -> None:
        """Takes no more calls, waits for those under way, and says that no more comes."""
        with self._lock:
            self._draining = True
        self._idle.wait(timeout)
        self._outbox.put(None)
        # What the server still has to say is nothing to wait for long.
        threading.Timer(1.0, self._rpc.cancel).start()

    def ended(self, call: _Call) -> None:
        """The call's thread is done with it."""
        with self._lock:
            self._calls.pop(call.id, None)
            if not self._calls:
                self._idle.set()

    def _with(self, call_id: str, act: Any) -> None:
        with self._lock:
            call = self._calls.get(call_id)
        if call is not None:
            act(call)

    def _begin(self, asked: Any) -> None:
        tool = self._host._tools.get(asked.request.tool_name)
        with self._lock:
            # Threads may still be busy with calls that were cancelled.
            refusal = (
                (grpc.StatusCode.NOT_FOUND, f"Tool not found: {asked.request.tool_name}") if tool is None
                else (grpc.StatusCode.UNAVAILABLE, f"host {self._host.host_id} is closing") if self._draining
                else (grpc.StatusCode.RESOURCE_EXHAUSTED, f"host {self._host.host_id} has {len(self._calls)} calls")
                if len(self._calls) >= 2 * self._host._at_once else None)
            if refusal is None and tool is not None:
                call = _Call(self, tool, asked, self._context(asked))
                self._calls[asked.call_id] = call
                self._idle.clear()
        if refusal is not None:
            self.send(_end(asked.call_id, *refusal))
            return
        try:
            self._host._pool.submit(call.run)
        except RuntimeError:
            self.ended(call)
            self.send(_end(asked.call_id, grpc.StatusCode.UNAVAILABLE, f"host {self._host.host_id} is closing"))

    def _context(self, asked: Any) -> ToolContext:
        return ToolContext(
            asked.request.session_id, self._connect, asked.request.metadata,
            asked.timeout_ms / 1000 if asked.timeout_ms > 0 else None)

    def _connect(self, session_id: str) -> SessionContext:
        return SessionContext(self._host._stubs.bridge, session_id, channel=self._host.channel, end_on_exit=False)


class _Call:
    """One call: run on a thread of the pool, cancelled and given credit by the stream's."""

    def __init__(self, stream: _Stream, tool: Tool, asked: Any, context: ToolContext) -> None:
        self.id: str = asked.call_id
        self._stream = stream
        self._tool = tool
        self._asked = asked
        self._context = context
        self._credit = asked.chunks
        self._changed = threading.Condition()

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self._context.cancel()
        with self._changed:
            self._changed.notify_all()

    def add_credit(self, chunks: int) -> None:
        """So many chunks more may be sent."""
        with self._changed:
            self._credit += chunks
            self._changed.notify_all()

    def run(self) -> None:
        """Runs the tool and sends its answer."""
        try:
            if self._context.cancelled:
                return
            if self._asked.streaming:
                self._run_streaming()
            else:
                response = _invocation.execute(self._tool, self._asked.request, self._context)
                self._answer(tools_pb.HostMessage(result=tools_pb.CallResult(call_id=self.id, response=response)))
        except Exception as error:
            bad = isinstance(error, _invocation.BadArguments)
            if not self._context.cancelled:
                logger.warning("tool %s failed", self._tool.name, exc_info=not bad)
            code = grpc.StatusCode.INVALID_ARGUMENT if bad else grpc.StatusCode.UNKNOWN
            self._answer(_end(self.id, code, _invocation.words_of(error)))
        finally:
            self._stream.ended(self)

    def _run_streaming(self) -> None:
        chunks: Iterator[Any] = _invocation.chunks(self._tool, self._asked.request, self._context)
        try:
            for chunk in chunks:
                if not self._take_credit():
                    return
                self._answer(tools_pb.HostMessage(chunk=tools_pb.CallChunk(call_id=self.id, chunk=chunk)))
        finally:
            chunks.close()  # type: ignore[attr-defined]

    def _take_credit(self) -> bool:
        with self._changed:
            while self._credit <= 0 and not self._context.cancelled:
                self._changed.wait(1.0)
            self._credit -= 1
            return not self._context.cancelled

    def _answer(self, message: Any) -> None:
        if not self._context.cancelled:
            self._stream.send(message)


def _end(call_id: str, code: grpc.StatusCode, message: str) -> Any:
    number: Tuple[int, str] = code.value
    return tools_pb.HostMessage(end=tools_pb.CallEnd(call_id=call_id, code=number[0], message=message))
