"""The asyncio twin of SessionContext: the same methods, to be awaited."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, TypeVar, Union
from weakref import WeakSet

import grpc

from . import _calls, _tool_calls
from ._cache import VariableCache
from ._calls import DEFAULT_TIMEOUT, Plan, Stubs
from ._channels import Security, Tls, Token, open_aio_channel
from ._operations import Operations
from ._resume import WatchOptions, WatchState
from ._tracing import Trace, carried, current_trace, sending
from .aio_watching import AsyncCallback, AsyncWatch
from .errors import BatchFailed
from .session_context import DEFAULT_TTL, Seconds, seconds_of
from .types import VariableType
from .variables import HistoryEntry, SessionInfo, VariableInfo

T = TypeVar("T")
Metadata = Optional[Mapping[str, str]]


class AsyncVariable:
    """One variable of a session."""

    def __init__(self, context: AsyncSessionContext, name: str) -> None:
        self._context = context
        self.name = name

    async def get(self) -> Any:
        """The present value."""
        return await self._context.get_variable(self.name)

    async def set(self, value: Any) -> int:
        """Sets it; its new version."""
        return await self._context.update_variable(self.name, value)


class AsyncSessionContext:
    """One session, for any number of tasks of one event loop. What each method does, SessionContext's of its name says."""

    def __init__(
        self,
        stub: Any,
        session_id: str,
        strict_mode: bool = False,
        *,
        channel: Optional[grpc.aio.Channel] = None,
        timeout: float = DEFAULT_TIMEOUT,
        tool_timeout: Optional[float] = None,
        cache_ttl: Seconds = DEFAULT_TTL,
        end_on_exit: bool = True,
    ) -> None:
        """A context over a BridgeServiceStub of grpc.aio of one's own; `connect` makes one by address."""
        if not session_id:
            raise ValueError("a session id must not be empty")
        self.stub = stub
        self.session_id = session_id
        self.strict_mode = strict_mode
        self.timeout = timeout
        self.tool_timeout = tool_timeout
        self.channel = channel
        self._end_on_exit = end_on_exit
        self._owns_channel = False
        self._cache = VariableCache(seconds_of(cache_ttl))
        self._operations = Operations(session_id, self._cache, strict_mode)
        self._stubs = Stubs(stub, channel)
        self._tools = _tool_calls.LocalTools()
        self._watches: WeakSet[AsyncWatch] = WeakSet()

    @classmethod
    async def connect(
        cls,
        address: str,
        session_id: str,
        *,
        strict_mode: bool = False,
        metadata: Metadata = None,
        ttl_seconds: int = 0,
        history_limit: int = 0,
        tls: Union[bool, Tls, None] = None,
        token: Optional[Token] = None,
        credentials: Optional[grpc.ChannelCredentials] = None,
        options: Sequence[Any] = (),
        timeout: float = DEFAULT_TIMEOUT,
        tool_timeout: Optional[float] = None,
        cache_ttl: Seconds = DEFAULT_TTL,
        end_on_exit: bool = False,
    ) -> AsyncSessionContext:
        """A context of the session at HOST:PORT, which is made if it is not there."""
        channel = open_aio_channel(address, Security(tls, token, credentials), options)
        context = cls(
            Stubs.over(channel).bridge, session_id, strict_mode, channel=channel, timeout=timeout, tool_timeout=tool_timeout,
            cache_ttl=cache_ttl, end_on_exit=end_on_exit)
        context._owns_channel = True
        try:
            await context._run(context._operations.initialize(metadata, ttl_seconds, history_limit))
        except BaseException:
            await channel.close()
            raise
        return context

    async def __aenter__(self) -> AsyncSessionContext:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._end_on_exit:
            await self.cleanup()
        await self.close()

    async def close(self) -> None:
        """Lets go of what the context holds, and ends its watches; its session goes on."""
        for watch in list(self._watches):
            await watch.close()
        if self._owns_channel and self.channel is not None:
            await self.channel.close()

    # ---- Variables ----

    async def register_variable(
        self,
        name: str,
        var_type: Union[str, VariableType],
        initial_value: Any,
        constraints: Optional[Mapping[str, Any]] = None,
        metadata: Metadata = None,
        ttl: Optional[Seconds] = None,
        *,
        request_id: Optional[str] = None,
    ) -> str:
        """Registers a variable and returns its id."""
        return await self._run(self._operations.register(
            name, var_type, initial_value, constraints, metadata, None if ttl is None else seconds_of(ttl), request_id))

    async def get_variable(self, identifier: str, *, bypass_cache: bool = False) -> Any:
        """The value of the variable of that name or id."""
        return await self._run(self._operations.get(identifier, bypass_cache))

    async def get_variables(self, identifiers: Iterable[str]) -> Dict[str, Any]:
        """Values by identifier, in one call."""
        return await self._run(self._operations.get_many(identifiers))

    async def read(self, identifier: str) -> Any:
        """The Variable message itself, as get_variable reads it. Not to be changed."""
        return await self._run(self._operations.variable(identifier))

    async def describe_variable(self, identifier: str) -> VariableInfo:
        """The variable with its version, constraints, metadata: as it is on the server now."""
        return await self._run(self._operations.info(identifier))

    async def list_variables(self, pattern: Optional[str] = None) -> List[Dict[str, Any]]:
        """What is known of each variable whose name matches, oldest first."""
        return [info.as_dict() for info in await self._run(self._operations.list(pattern))]

    async def get_history(self, identifier: str, limit: int = 0) -> List[HistoryEntry]:
        """The versions that are kept, newest first."""
        return await self._run(self._operations.history(identifier, limit))

    async def get_session(self) -> SessionInfo:
        """The session as a whole."""
        return await self._run(self._operations.session())

    async def contains(self, identifier: str) -> bool:
        """Whether there is such a variable."""
        return await self._run(self._operations.contains(identifier))

    async def assign(self, name: str, value: Any) -> None:
        """Sets a variable; where there is none, and the context is not strict, registers it by its value's type."""
        await self._run(self._operations.assign(name, value))

    async def update_variable(
        self,
        identifier: str,
        new_value: Any,
        metadata: Metadata = None,
        *,
        expected_version: Optional[int] = None,
        request_id: Optional[str] = None,
    ) -> int:
        """Sets a variable and returns its new version."""
        return await self._run(self._operations.set(identifier, new_value, metadata, expected_version, request_id))

    set_variable = update_variable

    async def update_variables(
        self,
        updates: Mapping[str, Any],
        atomic: bool = False,
        metadata: Metadata = None,
        *,
        expected_versions: Optional[Mapping[str, int]] = None,
        request_id: Optional[str] = None,
    ) -> Dict[str, Union[bool, str]]:
        """Sets many: True for each that was set, and the server's words for each that was refused."""
        return await self._run(self._operations.set_many(updates, atomic, metadata, expected_versions, request_id))

    @asynccontextmanager
    async def batch_updates(self, atomic: bool = False) -> AsyncIterator[Dict[str, Any]]:
        """Collects `batch[name] = value` and sets all at the end of the block. BatchFailed if any is refused."""
        batch: Dict[str, Any] = {}
        yield batch
        results = await self.update_variables(batch, atomic) if batch else {}
        errors = {name: result for name, result in results.items() if isinstance(result, str)}
        if errors:
            raise BatchFailed(errors)

    async def delete_variable(self, identifier: str, *, request_id: Optional[str] = None) -> None:
        """Deletes a variable."""
        await self._run(self._operations.delete(identifier, request_id))

    async def rollback_variable(
        self, identifier: str, target_version: int, metadata: Metadata = None, *, request_id: Optional[str] = None
    ) -> int:
        """Gives the variable the value of an old version, as a new version, which is returned."""
        return await self._run(self._operations.rollback(identifier, target_version, metadata, request_id))

    async def update_variable_constraints(
        self,
        identifier: str,
        constraints: Mapping[str, Any],
        metadata: Metadata = None,
        *,
        expected_version: Optional[int] = None,
        request_id: Optional[str] = None,
    ) -> None:
        """Replaces the constraints; {} = none."""
        await self._run(self._operations.update_description(
            identifier, constraints, None, metadata, expected_version, request_id))

    async def add_dependency(
        self, from_variable: str, to_variable: str, dependency_type: str = "data", *, request_id: Optional[str] = None
    ) -> None:
        """Says that the first depends on the second."""
        await self._run(self._operations.add_dependency(from_variable, to_variable, dependency_type, request_id))

    async def start_optimization(
        self,
        identifier: str,
        optimizer_id: str,
        config: Optional[Mapping[str, str]] = None,
        *,
        request_id: Optional[str] = None,
    ) -> str:
        """Locks a variable for an optimizer; the optimization's id."""
        return await self._run(self._operations.start_optimization(identifier, optimizer_id, config, request_id))

    async def stop_optimization(
        self, identifier: str, optimizer_id: Optional[str] = None, force: bool = False, *, request_id: Optional[str] = None
    ) -> Any:
        """Unlocks it and returns the value it then has."""
        return await self._run(self._operations.stop_optimization(identifier, optimizer_id, force, request_id))

    def __getitem__(self, name: str) -> Any:
        """`await context[name]`: its value."""
        return self.get_variable(name)

    def variable(self, name: str) -> AsyncVariable:
        """One variable, with `get` and `set`."""
        return AsyncVariable(self, name)

    # ---- Watching ----

    async def watch(
        self,
        *identifiers: str,
        patterns: Sequence[str] = (),
        include_initial_values: bool = False,
        from_revision: Optional[int] = None,
        min_interval_ms: int = 0,
        update_types: Sequence[str] = (),
        callback: Optional[AsyncCallback] = None,
    ) -> AsyncWatch:
        """Watches variables; returns once the start is fixed. The callback may be a coroutine function."""
        options = WatchOptions(
            identifiers, patterns, include_initial_values, from_revision, min_interval_ms, update_types)
        watch = AsyncWatch(
            WatchState(self.session_id, options, self._cache), self.stub.WatchVariables,
            lambda names: self._run(self._operations.missing(names)), lambda: self._run(self._operations.reach()), self.timeout)
        self._watches.add(watch)
        return await watch.start(callback)

    async def watch_variable(self, identifier: str, callback: AsyncCallback) -> AsyncWatch:
        """Calls back with each change of one variable, until the watch that is returned is closed."""
        return await self.watch(identifier, callback=callback)

    # ---- Tools ----

    def register_tool(self, function: Callable[..., Any], name: Optional[str] = None) -> None:
        """Has call_tool run a function of this process, or a coroutine function, under that name."""
        self._tools.add(function, name)

    async def call_tool(self, tool_name: str, **kwargs: Any) -> Any:
        """Calls a tool: one that was registered here, else one of the session. Its result."""
        local = self._tools.find(tool_name)
        if local is not None:
            result = local(**kwargs)
            return await result if asyncio.iscoroutine(result) else result
        return await self._run(_tool_calls.call_tool(self.session_id, tool_name, kwargs, self.tool_timeout))

    def stream_tool(self, tool_name: str, **kwargs: Any) -> AsyncIterator[Any]:
        """Calls a tool that streams and gives what its chunks hold: JSON's values, or bytes."""
        return self._stream(tool_name, kwargs, current_trace())

    async def _stream(self, tool_name: str, parameters: Mapping[str, Any], one: Trace) -> AsyncIterator[Any]:
        # The call is made when the first chunk is asked for, and is still that of who asked for the stream.
        with carried(one):
            if self._stubs.is_lost:
                await self._run(self._operations.reach())
            call = self.stub.ExecuteStreamingTool(
                _tool_calls.execute_request(self.session_id, tool_name, parameters, True), timeout=self.tool_timeout, **sending())
        try:
            async for chunk in call:
                for payload in _tool_calls.payload_of(chunk):
                    yield payload
        except grpc.RpcError as failure:
            raise _tool_calls.streaming_error(failure) from None
        finally:
            call.cancel()

    async def list_tools(self) -> List[Dict[str, Any]]:
        """The session's tools, with their parameters and the hosts that serve each."""
        return await self._run(_tool_calls.list_tools(self.session_id))

    async def elixir_tools(self) -> Dict[str, Dict[str, Any]]:
        """The tools that the client's side serves, by name."""
        return await self._run(_tool_calls.exposed_tools(self.session_id))

    async def call_elixir_tool(self, tool_name: str, **kwargs: Any) -> Any:
        """Calls a tool that the client's side serves. Its result."""
        return await self._run(_tool_calls.call_elixir_tool(self.session_id, tool_name, kwargs, self.tool_timeout))

    # ---- Life ----

    async def heartbeat(self) -> bool:
        """Keeps the session alive; whether it is."""
        return await self._run(self._operations.heartbeat())

    async def cleanup(self, force: bool = False) -> int:
        """Ends the session on the server; how many variables and tools went with it."""
        return await self._run(self._operations.cleanup(force))

    def set_cache_ttl(self, ttl: Seconds) -> None:
        """How long values that were read are given out again."""
        self._cache.ttl = seconds_of(ttl)

    def clear_cache(self) -> None:
        """Has every next read ask the server."""
        self._cache.clear()

    def __repr__(self) -> str:
        return f"AsyncSessionContext({self.session_id!r})"

    async def _run(self, plan: Plan[T]) -> T:
        return await _calls.run_async(plan, self._stubs, self.timeout)
