"""One stream of an attached host, with the calls and offers that live and die with it."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from concurrent import futures
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Sequence, Tuple

import grpc

from . import _invocation
from ._calls import LARGEST_MESSAGE
from ._proto import snakepit_tools_pb2 as tools_pb
from ._tracing import Trace
from .session_context import SessionContext
from .tools import Tool, ToolContext

logger = logging.getLogger(__name__)

Connect = Callable[[str], SessionContext]

# Characters of a failure's words. No tool's failure shall be larger than a message may be.
LONGEST_WORDS = 10_000


class _AnswerTooLarge(Exception):
    """The server would not take the message, and would end the stream with all of its calls."""


class HostStream:
    """Opened once, by its host's thread; calls run on the pool's. Safe from any thread."""

    def __init__(self, hello: Any, tools: Mapping[str, Tool], pool: futures.ThreadPoolExecutor, connect: Connect) -> None:
        self._hello = hello
        self._tools = tools
        self._pool = pool
        self._connect = connect
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
        self._largest = LARGEST_MESSAGE

    def open(self, attach: Any, wait_for_ready: Optional[bool]) -> Any:
        """Opens it; what the server sends."""
        self.send(tools_pb.HostMessage(hello=self._hello))
        self._rpc = attach(iter(self._outbox.get, None), wait_for_ready=wait_for_ready)
        return self._rpc

    def welcomed(self, welcome: Any) -> None:
        """The server has taken the host, and says how much it takes at once. Older servers do not."""
        if welcome.max_message_bytes > 0:
            self._largest = min(LARGEST_MESSAGE, welcome.max_message_bytes)

    def answer(self, message: Any) -> None:
        """Sends a call's result or chunk. _AnswerTooLarge if the server would not take it."""
        size = message.ByteSize()
        if size > self._largest:
            raise _AnswerTooLarge(f"the answer has {size} bytes, and a message may have {self._largest}")
        self.send(message)

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
        tool = self._tools.get(asked.request.tool_name)
        with self._lock:
            # Threads may still be busy with calls that were cancelled.
            refusal = (
                (grpc.StatusCode.NOT_FOUND, f"Tool not found: {asked.request.tool_name}") if tool is None
                else (grpc.StatusCode.UNAVAILABLE, f"host {self._hello.host_id} is closing") if self._draining
                else (grpc.StatusCode.RESOURCE_EXHAUSTED, f"host {self._hello.host_id} has {len(self._calls)} calls")
                if len(self._calls) >= 2 * self._hello.max_concurrent_calls else None)
            if refusal is None and tool is not None:
                call = _Call(self, tool, asked, self._context(asked))
                self._calls[asked.call_id] = call
                self._idle.clear()
        if refusal is not None:
            self.send(_end(asked.call_id, *refusal))
            return
        try:
            self._pool.submit(call.run)
        except RuntimeError:
            self.ended(call)
            self.send(_end(asked.call_id, grpc.StatusCode.UNAVAILABLE, f"host {self._hello.host_id} is closing"))

    def _context(self, asked: Any) -> ToolContext:
        return ToolContext(
            asked.request.session_id, self._connect, asked.request.metadata,
            asked.timeout_ms / 1000 if asked.timeout_ms > 0 else None, Trace.of_metadata(asked.request.metadata))


class _Call:
    """One call: run on a thread of the pool, cancelled and given credit by the stream's."""

    def __init__(self, stream: HostStream, tool: Tool, asked: Any, context: ToolContext) -> None:
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
            if not self._context.cancelled:
                code, words = _told(self._tool, error)
                logger.warning("tool %s failed", self._tool.name, exc_info=code is grpc.StatusCode.UNKNOWN)
                self._stream.send(_end(self.id, code, words))
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
            self._stream.answer(message)


def _told(tool: Tool, error: Exception) -> Tuple[grpc.StatusCode, str]:
    """What ends a call that has raised this."""
    if isinstance(error, _AnswerTooLarge):
        return grpc.StatusCode.RESOURCE_EXHAUSTED, f"tool {tool.name}: {error}"
    bad = isinstance(error, _invocation.BadArguments)
    return grpc.StatusCode.INVALID_ARGUMENT if bad else grpc.StatusCode.UNKNOWN, _invocation.words_of(error)


def _end(call_id: str, code: grpc.StatusCode, message: str) -> Any:
    number: Tuple[int, str] = code.value
    return tools_pb.HostMessage(end=tools_pb.CallEnd(call_id=call_id, code=number[0], message=message[:LONGEST_WORDS]))
