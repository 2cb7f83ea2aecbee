"""Tools served without listening on a port: their calls come down a stream that this process opens."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import OrderedDict
from concurrent import futures
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

import grpc

from ._calls import Call, Plan, Stubs, pauses, run
from ._channels import Security, Tls, Token, open_channel
from ._host_stream import HostStream
from ._proto import snakepit_bridge_pb2 as pb
from ._proto import snakepit_tools_pb2 as tools_pb
from .errors import (
    AccessDenied, CallTimeout, InvalidArgument, NotServed, NotTrusted, SnakepitError, Unavailable, VersionConflict, error_of_rpc,
)
from .session_context import SessionContext
from .tools import Tool, tools_of

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
        self._pool = futures.ThreadPoolExecutor(max_concurrent_calls, thread_name_prefix="snakepit-tool")
        self._lock = threading.Lock()
        # The newest offers, least recent first. The server keeps all; these are for one that has forgotten.
        self._offers: OrderedDict[str, List[str]] = OrderedDict()
        self._stream: Optional[HostStream] = None
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
        tls: Union[bool, Tls, None] = None,
        token: Optional[Token] = None,
        credentials: Optional[grpc.ChannelCredentials] = None,
        options: Sequence[Any] = (),
        timeout: float = 30.0,
    ) -> ToolHost:
        """Attaches to the server at HOST:PORT and offers the tools to the sessions; returns when it serves them.

        tools: functions, or modules and objects that have some marked with @tool. host_id: one that outlives this process
        has the tools it offered served again by the next. Calls run on max_concurrent_calls threads; others wait.
        tls, token, credentials: as of SessionContext.connect.
        """
        if max_concurrent_calls < 1:
            raise ValueError(f"max_concurrent_calls must be at least 1, got {max_concurrent_calls}")
        channel = open_channel(address, Security(tls, token, credentials), options)
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

    def _current(self, timeout: float) -> HostStream:
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
            stream = HostStream(self._hello, self._tools, self._pool, self._connect)
            with self._lock:
                if self._closing.is_set():
                    return
                self._stream = stream
                messages = stream.open(self._stubs.tools.Attach, wait_for_ready=None if first else True)
            try:
                for message in messages:
                    if message.WhichOneof("content") == "welcome":
                        again = pauses()
                        stream.welcomed(message.welcome)
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
            if isinstance(error, (VersionConflict, InvalidArgument, AccessDenied, NotServed, NotTrusted)):
                logger.error("host %s is attached no more: %s", self.host_id, error)
                self.ended = error
                self._attached.set()
                return
            logger.info("host %s was cut off: %s", self.host_id, error)
            first = False
            self._closing.wait(next(again))

    def _welcomed(self, stream: HostStream) -> None:
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

    def _lost(self, stream: HostStream) -> None:
        with self._lock:
            self._stream = None
            self._attached.clear()
        stream.lose()

    def _connect(self, session_id: str) -> SessionContext:
        return SessionContext(self._stubs.bridge, session_id, channel=self.channel, end_on_exit=False)
