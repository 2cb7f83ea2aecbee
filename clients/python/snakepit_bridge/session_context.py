"""A session as Python programs use it: its variables, read, set and watched; its tools, called."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, TypeVar, Union
from weakref import WeakSet

import grpc

from . import _calls, _tool_calls
from ._cache import VariableCache
from ._calls import DEFAULT_TIMEOUT, Plan, Stubs
from ._channels import Security, Tls, Token, open_channel
from ._operations import Operations
from ._resume import WatchOptions, WatchState
from .accessors import BatchUpdater, VariableNamespace, VariableProxy
from .errors import BatchFailed, SnakepitError, VariableNotFoundError
from .types import VariableType
from .variables import HistoryEntry, SessionInfo, VariableInfo
from .watching import Callback, CallbackWatch, Watch

# As in the public client, whose programs import these from here.
__all__ = ["BatchUpdater", "SessionContext", "VariableNamespace", "VariableNotFoundError", "VariableProxy"]

T = TypeVar("T")
Seconds = Union[float, timedelta]
DEFAULT_TTL = 5.0


def seconds_of(time: Seconds) -> float:
    """A time as seconds."""
    return time.total_seconds() if isinstance(time, timedelta) else float(time)


class SessionContext:
    """One session, for any number of threads.

    Values that were read are kept for `cache_ttl` seconds, unless a watch of this context tells of a newer one or it is
    set here. Every mutation carries an id of its own, so one that the server may not have heard is sent again until
    `timeout` seconds have passed, and applied once. Errors are those of `snakepit_bridge.errors`.
    """

    def __init__(
        self,
        stub: Any,
        session_id: str,
        strict_mode: bool = False,
        *,
        channel: Optional[grpc.Channel] = None,
        timeout: float = DEFAULT_TIMEOUT,
        tool_timeout: Optional[float] = None,
        cache_ttl: Seconds = DEFAULT_TTL,
        end_on_exit: bool = True,
    ) -> None:
        """A context over a BridgeServiceStub of one's own; `connect` makes one by address.

        strict_mode: assigning to a variable that is not there is an error, and does not register it.
        channel: needed for what the bridge service has no call for, as update_variable_constraints.
        tool_timeout: seconds for a call of a tool; None = the server's limit.
        end_on_exit: whether leaving a `with` block ends the session on the server, as the public client does.
        """
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
        self._heartbeats: Optional[threading.Event] = None
        self._watches: WeakSet[Watch] = WeakSet()

    @classmethod
    def connect(
        cls,
        address: str,
        session_id: str,
        *,
        strict_mode: bool = False,
        metadata: Optional[Mapping[str, str]] = None,
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
    ) -> SessionContext:
        """A context of the session at HOST:PORT, which is made if it is not there.

        tls: True, or what it believes and shows; a server that is not believed raises NotTrusted. token: says who calls, a
        text or what is asked for one with each call. credentials: grpc's own, in the place of tls.
        metadata, ttl_seconds (of disuse, after which it ends) and history_limit are a new session's; 0 = the server's.
        options: of the channel, on top of those this package sets. The session outlives the context unless end_on_exit.
        """
        channel = open_channel(address, Security(tls, token, credentials), options)
        context = cls(
            Stubs.over(channel).bridge, session_id, strict_mode, channel=channel, timeout=timeout, tool_timeout=tool_timeout,
            cache_ttl=cache_ttl, end_on_exit=end_on_exit)
        context._owns_channel = True
        try:
            context._run(context._operations.initialize(metadata, ttl_seconds, history_limit))
        except BaseException:
            channel.close()
            raise
        return context

    def __enter__(self) -> SessionContext:
        return self

    def __exit__(self, *_: object) -> None:
        if self._end_on_exit:
            self.cleanup()
        self.close()

    def close(self) -> None:
        """Lets go of what the context holds, and ends its watches; its session goes on."""
        self.stop_heartbeats()
        for watch in list(self._watches):
            watch.close()
        if self._owns_channel and self.channel is not None:
            self.channel.close()

    # ---- Registering ----

    def register_variable(
        self,
        name: str,
        var_type: Union[str, VariableType],
        initial_value: Any,
        constraints: Optional[Mapping[str, Any]] = None,
        metadata: Optional[Mapping[str, str]] = None,
        ttl: Optional[Seconds] = None,
        *,
        request_id: Optional[str] = None,
    ) -> str:
        """Registers a variable and returns its id; the session is made if it is not there.

        The same again, type and constraints alike, changes nothing. AlreadyExists if the name stands for another.
        ttl: how long this variable's value is cached, where not as long as others.
        """
        return self._run(self._operations.register(
            name, var_type, initial_value, constraints, metadata, None if ttl is None else seconds_of(ttl), request_id))

    # ---- Reading ----

    def get_variable(self, identifier: str, *, bypass_cache: bool = False) -> Any:
        """The value of the variable of that name or id. VariableNotFoundError if there is none."""
        return self._run(self._operations.get(identifier, bypass_cache))

    def get_variables(self, identifiers: Iterable[str]) -> Dict[str, Any]:
        """Values by identifier, in one call. VariableNotFoundError names all that are missing."""
        return self._run(self._operations.get_many(identifiers))

    def read(self, identifier: str) -> Any:
        """The Variable message itself, as get_variable reads it. Not to be changed."""
        return self._run(self._operations.variable(identifier))

    def describe_variable(self, identifier: str) -> VariableInfo:
        """The variable with its version, constraints, metadata: as it is on the server now."""
        return self._run(self._operations.info(identifier))

    def list_variables(self, pattern: Optional[str] = None) -> List[Dict[str, Any]]:
        """What is known of each variable whose name matches (`*` is the wildcard), oldest first."""
        return [info.as_dict() for info in self._run(self._operations.list(pattern))]

    def get_history(self, identifier: str, limit: int = 0) -> List[HistoryEntry]:
        """The versions that are kept, newest first; limit 0 = all of them."""
        return self._run(self._operations.history(identifier, limit))

    def get_session(self) -> SessionInfo:
        """The session as a whole."""
        return self._run(self._operations.session())

    # ---- Writing ----

    def update_variable(
        self,
        identifier: str,
        new_value: Any,
        metadata: Optional[Mapping[str, str]] = None,
        *,
        expected_version: Optional[int] = None,
        request_id: Optional[str] = None,
    ) -> int:
        """Sets a variable and returns its new version.

        expected_version: set it only if it is at that one, else VersionConflict. metadata are merged into the variable's.
        """
        return self._run(self._operations.set(identifier, new_value, metadata, expected_version, request_id))

    set_variable = update_variable

    def update_variables(
        self,
        updates: Mapping[str, Any],
        atomic: bool = False,
        metadata: Optional[Mapping[str, str]] = None,
        *,
        expected_versions: Optional[Mapping[str, int]] = None,
        request_id: Optional[str] = None,
    ) -> Dict[str, Union[bool, str]]:
        """Sets many in one commit: True for each that was set, and the server's words for each that was refused.

        atomic: all or none. VariableNotFoundError, before anything is set, names those that are not there.
        """
        return self._run(self._operations.set_many(updates, atomic, metadata, expected_versions, request_id))

    @contextmanager
    def batch_updates(self, atomic: bool = False) -> Iterator[BatchUpdater]:
        """Collects `batch[name] = value` and sets all at the end of the block. BatchFailed if any is refused."""
        batch = BatchUpdater(self)
        yield batch
        errors = {name: result for name, result in batch.commit(atomic).items() if isinstance(result, str)}
        if errors:
            raise BatchFailed(errors)

    def delete_variable(self, identifier: str, *, request_id: Optional[str] = None) -> None:
        """Deletes a variable. PreconditionFailed while others depend on it."""
        self._run(self._operations.delete(identifier, request_id))

    def rollback_variable(
        self,
        identifier: str,
        target_version: int,
        metadata: Optional[Mapping[str, str]] = None,
        *,
        request_id: Optional[str] = None,
    ) -> int:
        """Gives the variable the value of an old version, as a new version, which is returned."""
        return self._run(self._operations.rollback(identifier, target_version, metadata, request_id))

    def update_variable_constraints(
        self,
        identifier: str,
        constraints: Mapping[str, Any],
        metadata: Optional[Mapping[str, str]] = None,
        *,
        expected_version: Optional[int] = None,
        request_id: Optional[str] = None,
    ) -> None:
        """Replaces the constraints; {} = none. PreconditionFailed while the present value breaks them."""
        self._run(self._operations.update_description(
            identifier, constraints, None, metadata, expected_version, request_id))

    # ---- Dependencies, optimization ----

    def add_dependency(
        self, from_variable: str, to_variable: str, dependency_type: str = "data", *, request_id: Optional[str] = None
    ) -> None:
        """Says that the first depends on the second: `data`, `constraint` or `optimization`. No cycles."""
        self._run(self._operations.add_dependency(from_variable, to_variable, dependency_type, request_id))

    def start_optimization(
        self,
        identifier: str,
        optimizer_id: str,
        config: Optional[Mapping[str, str]] = None,
        *,
        request_id: Optional[str] = None,
    ) -> str:
        """Locks a variable: only sets whose metadata say `optimizer_id` are let through. The optimization's id."""
        return self._run(self._operations.start_optimization(identifier, optimizer_id, config, request_id))

    def stop_optimization(
        self,
        identifier: str,
        optimizer_id: Optional[str] = None,
        force: bool = False,
        *,
        request_id: Optional[str] = None,
    ) -> Any:
        """Unlocks it and returns the value it then has; by another than the holder only with force."""
        return self._run(self._operations.stop_optimization(identifier, optimizer_id, force, request_id))

    # ---- Watching ----

    def watch(
        self,
        *identifiers: str,
        patterns: Sequence[str] = (),
        include_initial_values: bool = False,
        from_revision: Optional[int] = None,
        min_interval_ms: int = 0,
        update_types: Sequence[str] = (),
        callback: Optional[Callback] = None,
    ) -> Watch:
        """Watches variables by name, id and pattern; without any, the whole session, with what is registered later.

        Returns once the start is fixed: every later change comes, in order, once, also across restarts of the server.
        from_revision: go on from there (Watch.revision). min_interval_ms: at most the last change of each variable in
        so many. With a callback, a thread calls it with (name, old, new, metadata); else iterate over the watch.
        """
        options = WatchOptions(
            identifiers, patterns, include_initial_values, from_revision, min_interval_ms, update_types)
        arguments = (
            WatchState(self.session_id, options, self._cache), self.stub.WatchVariables,
            lambda names: self._run(self._operations.missing(names)), lambda: self._run(self._operations.reach()),
            self.timeout)
        watch = Watch(*arguments) if callback is None else CallbackWatch(callback, *arguments)
        self._watches.add(watch)
        return watch

    def watch_variable(self, identifier: str, callback: Callback) -> Watch:
        """Calls back with each change of one variable, until the watch that is returned is closed."""
        return self.watch(identifier, callback=callback)

    # ---- As a mapping, as attributes ----

    def __getitem__(self, name: str) -> Any:
        return self.get_variable(name)

    def __setitem__(self, name: str, value: Any) -> None:
        """Sets the variable; where there is none, and the context is not strict, registers it by its value's type."""
        self._run(self._operations.assign(name, value))

    def __delitem__(self, name: str) -> None:
        self.delete_variable(name)

    def __contains__(self, name: str) -> bool:
        return self._run(self._operations.contains(name))

    def __iter__(self) -> Iterator[str]:
        """The names of the variables, oldest first."""
        return iter([info.name for info in self._run(self._operations.list(None))])

    @property
    def v(self) -> VariableNamespace:
        """Variables as attributes: `context.v.temperature`."""
        return VariableNamespace(self)

    def variable(self, name: str) -> VariableProxy:
        """One variable, whose `value` is read and set."""
        return VariableProxy(self, name)

    # ---- Tools ----

    def register_tool(self, function: Callable[..., Any], name: Optional[str] = None) -> None:
        """Has call_tool run a function of this process under that name, or its own."""
        self._tools.add(function, name)

    def call_tool(self, tool_name: str, **kwargs: Any) -> Any:
        """Calls a tool: one that was registered here, else one of the session. Its result.

        ToolNotFound, ToolFailed with the tool's words. It is not called again if nobody knows whether it ran.
        """
        local = self._tools.find(tool_name)
        if local is not None:
            return local(**kwargs)
        return self._run(_tool_calls.call_tool(self.session_id, tool_name, kwargs, self.tool_timeout))

    def stream_tool(self, tool_name: str, **kwargs: Any) -> Iterator[Any]:
        """Calls a tool that streams and gives what its chunks hold: JSON's values, or bytes."""
        if self._stubs.is_lost:
            self._run(self._operations.reach())
        return _tool_calls.chunks(self.stub, self.session_id, tool_name, kwargs, self.tool_timeout)

    def list_tools(self) -> List[Dict[str, Any]]:
        """The session's tools, with their parameters and the hosts that serve each."""
        return self._run(_tool_calls.list_tools(self.session_id))

    @property
    def elixir_tools(self) -> Dict[str, Dict[str, Any]]:
        """The tools that the client's side serves, by name."""
        return self._run(_tool_calls.exposed_tools(self.session_id))

    def call_elixir_tool(self, tool_name: str, **kwargs: Any) -> Any:
        """Calls a tool that the client's side serves. Its result."""
        return self._run(_tool_calls.call_elixir_tool(self.session_id, tool_name, kwargs, self.tool_timeout))

    # ---- Life ----

    def heartbeat(self) -> bool:
        """Keeps the session alive; whether it is."""
        return self._run(self._operations.heartbeat())

    def start_heartbeats(self, interval: Seconds = 30.0) -> None:
        """Keeps the session alive from a thread, until the context is closed or the session has ended."""
        self.stop_heartbeats()
        stopped = self._heartbeats = threading.Event()
        pause = seconds_of(interval)

        def beat() -> None:
            while not stopped.wait(pause):
                try:
                    if not self.heartbeat():
                        return
                except SnakepitError:
                    continue

        threading.Thread(target=beat, name="snakepit-heartbeats", daemon=True).start()

    def stop_heartbeats(self) -> None:
        """Ends what start_heartbeats began."""
        if self._heartbeats is not None:
            self._heartbeats.set()

    def cleanup(self, force: bool = False) -> int:
        """Ends the session on the server; how many variables and tools went with it."""
        return self._run(self._operations.cleanup(force))

    def set_cache_ttl(self, ttl: Seconds) -> None:
        """How long values that were read are given out again."""
        self._cache.ttl = seconds_of(ttl)

    def clear_cache(self) -> None:
        """Has every next read ask the server."""
        self._cache.clear()

    def __deepcopy__(self, _: Any) -> SessionContext:
        """Copies of what holds a context share it."""
        return self

    def __repr__(self) -> str:
        return f"SessionContext({self.session_id!r})"

    def _run(self, plan: Plan[T]) -> T:
        return _calls.run(plan, self._stubs, self.timeout)
