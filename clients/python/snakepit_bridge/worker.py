"""A worker that listens: a server of the bridge service's tools.

It asks the server until that answers, and listens. With the first call of a session it registers its tools there. It ends
when the server is gone. `command_line` is how it is started as a process.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent import futures
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Optional, Sequence, Union

import grpc

from . import _invocation
from ._calls import CHANNEL_OPTIONS, Call, Plan, Stubs, run
from ._channels import Security, Tls, Token, open_channel
from ._proto import snakepit_bridge_pb2 as pb
from ._proto import snakepit_bridge_pb2_grpc as pb_grpc
from ._proto import snakepit_tools_pb2 as tools_pb
from ._tracing import Trace, within
from .errors import SnakepitError
from .host import ToolHost
from .session_context import SessionContext
from .tools import Tool, ToolContext, tools_of

logger = logging.getLogger(__name__)

_HEARTBEAT = "heartbeat"
HEARTBEAT_SECONDS = 2.0
MISSED_HEARTBEATS = 3
# A session that has not called for so long is not kept alive by this worker any more.
SESSION_IDLE_SECONDS = 300.0
# Calls that wait for their turn. As many threads again are left for those who ask whether the worker lives.
WAITING_CALLS = 32


class Worker:
    """Tools in a class: methods marked with @tool, run as an attached host or as a worker that listens."""

    def attach(self, address: str, **options: Any) -> ToolHost:
        """Serves the tools without listening; options as of ToolHost.attach."""
        return ToolHost.attach(address, self, **options)

    def listen(self, server_address: str, **options: Any) -> WorkerServer:
        """Serves the tools on a port; options as of WorkerServer."""
        return WorkerServer([self], server_address, **options)

    @classmethod
    def main(cls, arguments: Optional[Sequence[str]] = None) -> int:
        """The command line of a worker of this class. The exit status."""
        from .command_line import main

        return main(arguments, [cls()])


class WorkerServer:
    """A worker that listens and takes calls, from when it was made."""

    def __init__(
        self,
        sources: Sequence[Any],
        server_address: str,
        *,
        listen: str = "127.0.0.1",
        port: int = 0,
        max_concurrent_calls: int = 8,
        announce: bool = False,
        worker_id: str = "",
        timeout: float = 30.0,
        tls: Union[bool, Tls, None] = None,
        token: Optional[Token] = None,
    ) -> None:
        """sources: functions, or modules, classes and objects with some marked with @tool. port: 0 = any free one.

        announce: tell the server where it listens, for one that was not started by it. ValueError for a port in use,
        Unavailable if the server does not answer in time. tls, token: of the connection to the server, as of
        SessionContext.connect; without either, what the environment says (SNAKEPIT_TLS_CA and its like, SNAKEPIT_TOKEN).
        """
        self.worker_id = worker_id or f"python-{os.getpid()}"
        self._tools = tools_of(*sources)
        security = Security.from_environment() if tls is None and token is None else Security(tls, token)
        self._channel = open_channel(server_address, security)
        self._stubs = Stubs.over(self._channel)
        self._ended = threading.Event()
        self.lost_server = False
        self._sessions = _Sessions(self._stubs, self._tools, self.worker_id)
        try:
            run(self._ping("connection_test"), self._stubs, timeout)
            self._server = grpc.server(
                futures.ThreadPoolExecutor(max_concurrent_calls + 2 * WAITING_CALLS, thread_name_prefix="snakepit-tool"),
                options=CHANNEL_OPTIONS)
            pb_grpc.add_BridgeServiceServicer_to_server(  # type: ignore[no-untyped-call]
                _Servicer(self._tools, self._sessions, _Turns(max_concurrent_calls), self._connect), self._server)
            host = f"[{listen}]" if ":" in listen else listen
            try:
                self.port = int(self._server.add_insecure_port(f"{host}:{port}"))
            except RuntimeError:
                self.port = 0
            if self.port == 0:
                raise ValueError(f"cannot listen on {host}:{port}")
            self._server.start()
            self.address = f"{host}:{self.port}"
            if announce:
                run(self._announce(), self._stubs, timeout)
        except BaseException:
            self._channel.close()
            raise
        self._heart = threading.Thread(target=self._beat, name="snakepit-heartbeats", daemon=True)
        self._heart.start()

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits until the worker has ended; whether it has. `lost_server` tells whether that was why."""
        return self._ended.wait(timeout)

    def stop(self, grace: float = 5.0) -> None:
        """Takes no more calls and ends, once those under way have, or after so many seconds."""
        self._server.stop(grace).wait()
        self._ended.set()
        self._channel.close()

    def __enter__(self) -> WorkerServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ping(self, message: str) -> Plan[None]:
        # Of those that are counted, none is tried again.
        yield Call("Ping", pb.PingRequest(message=message), again=message != _HEARTBEAT)

    def _announce(self) -> Plan[None]:
        yield Call("AddWorker", tools_pb.AddWorkerRequest(worker_id=self.worker_id, address=self.address), service="tools")

    def _connect(self, session_id: str) -> SessionContext:
        return SessionContext(self._stubs.bridge, session_id, channel=self._channel, end_on_exit=False)

    def _beat(self) -> None:
        missed = 0
        while not self._ended.wait(HEARTBEAT_SECONDS):
            try:
                run(self._ping(_HEARTBEAT), self._stubs, HEARTBEAT_SECONDS)
                self._sessions.keep_alive(HEARTBEAT_SECONDS)
                missed = 0
            except SnakepitError as error:
                missed += 1
                logger.warning("heartbeat %d of %d failed: %s", missed, MISSED_HEARTBEATS, error)
            except ValueError:
                # The channel was closed by stop().
                return
            if missed == MISSED_HEARTBEATS:
                self.lost_server = True
                logger.error("the server is gone; the worker ends")
                self._server.stop(None)
                self._ended.set()
                return


class _Sessions:
    """The sessions that have called this worker, each with its tools registered."""

    def __init__(self, stubs: Stubs, tools: Sequence[Tool], worker_id: str) -> None:
        self._stubs = stubs
        self._tools = tools
        self._worker_id = worker_id
        self._lock = threading.Lock()
        # Present while the first call of a session registers the tools.
        self._registering: Dict[str, threading.Lock] = {}
        self._used: Dict[str, float] = {}

    def enter(self, session_id: str) -> None:
        """Registers the tools with the session's first call. SnakepitError where it does not take them."""
        with self._lock:
            known = session_id in self._used
            turn = None if known else self._registering.setdefault(session_id, threading.Lock())
        if turn is not None:
            with turn:
                with self._lock:
                    known = session_id in self._used
                if not known:
                    run(self._register(session_id), self._stubs, 30.0)
        with self._lock:
            self._used[session_id] = time.monotonic()
            self._registering.pop(session_id, None)

    def leave(self, session_id: str) -> None:
        """The session has ended."""
        with self._lock:
            self._used.pop(session_id, None)

    def keep_alive(self, timeout: float) -> None:
        """A heartbeat for each session that has called lately; the others are forgotten until they call again."""
        now = time.monotonic()
        with self._lock:
            self._used = {name: used for name, used in self._used.items() if now - used < SESSION_IDLE_SECONDS}
            names = list(self._used)
        for name in names:
            if not run(self._heartbeat(name), self._stubs, timeout):
                self.leave(name)

    def _register(self, session_id: str) -> Plan[None]:
        yield Call("InitializeSession", pb.InitializeSessionRequest(session_id=session_id))
        reply = yield Call("RegisterTools", pb.RegisterToolsRequest(
            session_id=session_id, tools=[tool.registration() for tool in self._tools], worker_id=self._worker_id))
        if not reply.success:
            raise SnakepitError(reply.error_message)

    def _heartbeat(self, session_id: str) -> Plan[bool]:
        reply = yield Call("Heartbeat", pb.HeartbeatRequest(session_id=session_id))
        return bool(reply.session_valid)


class _Turns:
    """Lets so many tools run at once. Others wait, on threads of which some are always left."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._running = 0
        self._waiting = 0
        self._freed = threading.Condition()

    @contextmanager
    def turn(self, rpc: Any) -> Iterator[None]:
        """Waits for a turn, as long as the call has time. Aborts the call if too many wait already."""
        with self._freed:
            if self._running >= self._at_once:
                if self._waiting >= WAITING_CALLS:
                    rpc.abort(
                        grpc.StatusCode.RESOURCE_EXHAUSTED,
                        f"the worker runs {self._at_once} tools, and the limit of {WAITING_CALLS} calls that wait is reached")
                self._waiting += 1
                try:
                    # A call that is given up is noticed within a second.
                    while self._running >= self._at_once:
                        if not rpc.is_active():
                            rpc.abort(grpc.StatusCode.CANCELLED, "nobody waits for the answer any more")
                        self._freed.wait(1.0)
                finally:
                    self._waiting -= 1
            self._running += 1
        try:
            yield
        finally:
            with self._freed:
                self._running -= 1
                self._freed.notify()


class _Servicer(pb_grpc.BridgeServiceServicer):
    """What of the bridge service a worker serves."""

    def __init__(self, tools: Sequence[Tool], sessions: _Sessions, turns: _Turns, connect: Any) -> None:
        self._turns = turns
        self._tools = {tool.name: tool for tool in tools}
        self._sessions = sessions
        self._connect = connect

    def Ping(self, request: Any, context: Any) -> Any:
        reply = pb.PingResponse(message=f"pong: {request.message}")
        reply.server_time.GetCurrentTime()
        return reply

    def InitializeSession(self, request: Any, context: Any) -> Any:
        return pb.InitializeSessionResponse(success=True)

    def CleanupSession(self, request: Any, context: Any) -> Any:
        self._sessions.leave(request.session_id)
        return pb.CleanupSessionResponse(success=True)

    def Heartbeat(self, request: Any, context: Any) -> Any:
        reply = pb.HeartbeatResponse(session_valid=True)
        reply.server_time.GetCurrentTime()
        return reply

    def StreamTelemetry(self, requests: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "this worker sends no telemetry")

    def ExecuteTool(self, request: Any, context: Any) -> Any:
        tool = self._tools.get(request.tool_name)
        if tool is None:
            return pb.ExecuteToolResponse(error_message=f"Tool not found: {request.tool_name}")
        told = self._told(request, context)
        try:
            self._enter(told)
        except SnakepitError as error:
            return pb.ExecuteToolResponse(error_message=f"the session does not take this worker's tools: {error}")
        with self._turns.turn(context):
            return _invocation.execute(tool, request, told)

    def ExecuteStreamingTool(self, request: Any, context: Any) -> Iterator[Any]:
        tool = self._tools.get(request.tool_name)
        if tool is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Tool not found: {request.tool_name}")
            return
        with self._turns.turn(context):
            yield from self._chunks(tool, request, context)

    def _chunks(self, tool: Tool, request: Any, context: Any) -> Iterator[Any]:
        told = self._told(request, context)
        chunks: Any = _invocation.chunks(tool, request, told)
        try:
            self._enter(told)
            for chunk in chunks:
                if told.cancelled:
                    return
                yield chunk
        except Exception as error:
            bad = isinstance(error, _invocation.BadArguments)
            logger.warning("tool %s failed", tool.name, exc_info=not bad)
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT if bad else grpc.StatusCode.UNKNOWN, _invocation.words_of(error))
        finally:
            chunks.close()

    def _enter(self, told: ToolContext) -> None:
        # The trace of a session's first call shows what that had to wait for.
        within(told.trace).run(self._sessions.enter, told.session_id)

    def _told(self, request: Any, context: Any) -> ToolContext:
        told = ToolContext(
            request.session_id, self._connect, request.metadata, context.time_remaining(),
            Trace.of_headers(context.invocation_metadata() or ()))
        if not context.add_callback(told.cancel):
            told.cancel()
        return told
