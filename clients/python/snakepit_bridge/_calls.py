"""How calls are made: a plan says which, a driver makes them, blocking or awaiting.

A plan is a generator: it yields Calls, is sent their replies or thrown their errors, and returns what its caller wants.
So what a session context does is written once, for threads and for asyncio.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass
from typing import Any, Callable, Dict, Generator, Iterator, List, Optional, Tuple, TypeVar

import grpc

from ._proto import snakepit_bridge_pb2 as pb
from ._proto import snakepit_bridge_pb2_grpc, snakepit_sessions_pb2_grpc, snakepit_tools_pb2_grpc
from ._tracing import sending
from .errors import CallTimeout, NotTrusted, SnakepitError, Unavailable, error_of_rpc

T = TypeVar("T")

DEFAULT_TIMEOUT = 30.0

# Values may have 16 MiB, and answers hold many. A lost server is found by pings, and looked for every two seconds.
LARGEST_MESSAGE = 64 * 1024 * 1024
CHANNEL_OPTIONS: List[Tuple[str, Any]] = [
    ("grpc.max_receive_message_length", 256 * 1024 * 1024),
    ("grpc.max_send_message_length", LARGEST_MESSAGE),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
]


@dataclass(frozen=True)
class Call:
    """One unary call. `again`: whether it may be sent again where nobody knows what became of it."""

    rpc: str
    request: Any
    service: str = "bridge"
    again: bool = True
    # Seconds; None = the driver's.
    timeout: Optional[float] = None
    # Whether None means that the server alone limits it.
    unlimited: bool = False


Plan = Generator[Call, Any, T]

# What is sent, until it is answered, before a call that is sent once only: grpc alone would hardly connect again for it.
_REACH = Call("Ping", pb.PingRequest(message="reach"))


class Stubs:
    """The stubs of every service over one channel, or a stub that somebody else made."""

    def __init__(self, bridge: Any, channel: Any = None) -> None:
        self.bridge = bridge
        self.channel = channel
        # Whether the last call found no server.
        self.is_lost = False
        self.sessions = _stub(snakepit_sessions_pb2_grpc.SessionsStub, channel)
        self.tools = _stub(snakepit_tools_pb2_grpc.ToolsStub, channel)

    @classmethod
    def over(cls, channel: Any) -> Stubs:
        """The stubs over a channel, of grpc or grpc.aio."""
        return cls(_stub(snakepit_bridge_pb2_grpc.BridgeServiceStub, channel), channel)

    def method(self, call: Call) -> Any:
        """What makes the call. SnakepitError where the context has no channel for it."""
        stub = getattr(self, call.service)
        if stub is None:
            raise SnakepitError(f"{call.rpc} needs a channel: make the context with connect(), or give it one")
        return getattr(stub, call.rpc)


def _stub(kind: Any, channel: Any) -> Any:
    return None if channel is None else kind(channel)


def new_request_id() -> str:
    """What a mutation is known by, so that it is applied once however often it is sent."""
    return uuid.uuid4().hex


def pauses(first: float = 0.1, most: float = 2.0) -> Iterator[float]:
    """Seconds to wait between tries: twice as long each time, and by chance anything from half of that."""
    pause = first
    while True:
        yield pause * random.uniform(0.5, 1.0)
        pause = min(pause * 2, most)


class _Tries:
    """The tries of one call: how long each may last, and whether there is another."""

    def __init__(self, call: Call, default_timeout: float) -> None:
        timeout = call.timeout if call.timeout is not None or call.unlimited else default_timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._again = call.again
        self._pauses = pauses()
        self._unreachable: Optional[SnakepitError] = None

    def options(self) -> Dict[str, Any]:
        """Of the next try. Once the server was not there, calls wait for it: while none does, grpc hardly connects."""
        return {"timeout": self.time_left(), "wait_for_ready": True if self._unreachable else None}

    def time_left(self) -> Optional[float]:
        return None if self._deadline is None else max(0.001, self._deadline - time.monotonic())

    def pause_after(self, failure: grpc.RpcError) -> float:
        """Seconds to wait before the next try. Raises what the call failed with if there is none."""
        error = error_of_rpc(failure)
        if isinstance(error, CallTimeout) and self._unreachable is not None:
            raise self._unreachable
        # A certificate that is not believed is none the better for another try.
        if not self._again or not isinstance(error, Unavailable) or isinstance(error, NotTrusted):
            raise error
        self._unreachable = error
        pause = next(self._pauses)
        left = self.time_left()
        if left is not None and left < pause:
            raise error
        return pause


def run(plan: Plan[T], stubs: Stubs, timeout: float) -> T:
    """Runs a plan, blocking."""
    return _drive(plan, lambda call: _perform(call, stubs, timeout))


def _drive(plan: Plan[T], perform: Callable[[Call], Any]) -> T:
    try:
        call = next(plan)
        while True:
            try:
                reply = perform(call)
            except SnakepitError as error:
                call = plan.throw(error)
            else:
                call = plan.send(reply)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


def _perform(call: Call, stubs: Stubs, timeout: float) -> Any:
    method = stubs.method(call)
    if stubs.is_lost and not call.again and call.rpc != "Ping":
        _perform(_REACH, stubs, timeout)
    tries = _Tries(call, timeout)
    while True:
        try:
            reply = method(call.request, **tries.options(), **sending())
            stubs.is_lost = False
            return reply
        except grpc.RpcError as failure:
            lost = failure
        stubs.is_lost = lost.code() is grpc.StatusCode.UNAVAILABLE
        time.sleep(tries.pause_after(lost))


async def run_async(plan: Plan[T], stubs: Stubs, timeout: float) -> T:
    """Runs a plan, awaiting."""
    try:
        call = next(plan)
        while True:
            try:
                reply = await _perform_async(call, stubs, timeout)
            except SnakepitError as error:
                call = plan.throw(error)
            else:
                call = plan.send(reply)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


async def _perform_async(call: Call, stubs: Stubs, timeout: float) -> Any:
    method = stubs.method(call)
    if stubs.is_lost and not call.again and call.rpc != "Ping":
        await _perform_async(_REACH, stubs, timeout)
    tries = _Tries(call, timeout)
    while True:
        try:
            reply = await method(call.request, **tries.options(), **sending())
            stubs.is_lost = False
            return reply
        except grpc.RpcError as failure:
            lost = failure
        stubs.is_lost = lost.code() is grpc.StatusCode.UNAVAILABLE
        await asyncio.sleep(tries.pause_after(lost))
