"""What a session context asks of the server, as plans: written once for threads and asyncio."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from ._cache import VariableCache
from ._calls import Call, Plan, new_request_id
from ._proto import snakepit_bridge_pb2 as pb
from ._proto import snakepit_sessions_pb2 as sessions_pb
from .errors import (
    InvalidArgument, PreconditionFailed, SessionNotFound, SnakepitError, VariableNotFoundError,
)
from .serialization import TypeSerializer
from .types import TypeValidator, VariableType
from .variables import HistoryEntry, SessionInfo, VariableInfo, info_of, time_of, value_of, without_bytes

Metadata = Optional[Mapping[str, str]]

# The server's own limit of a batch's items, unless it is set otherwise.
BATCH = 1000


class Operations:
    """The plans of one session. Holds nothing but the cache, which is thread-safe."""

    def __init__(self, session_id: str, cache: VariableCache, strict: bool) -> None:
        self.session_id = session_id
        self.cache = cache
        self.strict = strict

    # ---- The session ----

    def reach(self) -> Plan[None]:
        """Returns once the server answers."""
        yield Call("Ping", pb.PingRequest(message="reach"))

    def initialize(self, metadata: Metadata, ttl_seconds: int, history_limit: int) -> Plan[None]:
        """Makes the session, or finds it."""
        reply = yield Call("InitializeSession", pb.InitializeSessionRequest(
            session_id=self.session_id, metadata=metadata or {},
            config=pb.SessionConfig(ttl_seconds=ttl_seconds, history_limit=history_limit)))
        _check(reply)

    def session(self) -> Plan[SessionInfo]:
        """The session as a whole."""
        reply = yield from self._ask(Call("GetSession", pb.GetSessionRequest(session_id=self.session_id)))
        return SessionInfo(
            id=reply.session_id, metadata=dict(reply.metadata), created_at=time_of(reply.created_at),
            variable_count=reply.variable_count, revision=reply.revision,
            expires_at=time_of(reply.expires_at) if reply.HasField("expires_at") else None,
            watcher_count=reply.watcher_count)

    def heartbeat(self) -> Plan[bool]:
        """Keeps the session alive; whether it still is."""
        reply = yield Call("Heartbeat", pb.HeartbeatRequest(session_id=self.session_id))
        return bool(reply.session_valid)

    def cleanup(self, force: bool) -> Plan[int]:
        """Ends the session; how many variables and tools went with it."""
        reply = yield Call("CleanupSession", pb.CleanupSessionRequest(session_id=self.session_id, force=force))
        self.cache.reset()
        return int(reply.resources_cleaned)

    # ---- One variable ----

    def register(
        self, name: str, var_type: Union[str, VariableType], value: Any, constraints: Optional[Mapping[str, Any]],
        metadata: Metadata, ttl: Optional[float], request_id: Optional[str]
    ) -> Plan[str]:
        """Registers a variable; its id."""
        kind = VariableType.of(var_type).value
        encoded, data = TypeSerializer.encode_any(value, kind)
        reply = yield Call("RegisterVariable", pb.RegisterVariableRequest(
            session_id=self.session_id, name=name, type=kind, initial_value=encoded, initial_binary_value=data or b"",
            constraints_json=json.dumps(constraints) if constraints else "", metadata=_signed(metadata),
            request_id=request_id or new_request_id()))
        _check(reply)
        self.cache.registered(reply.variable_id, name, kind, reply.revision, ttl)
        return str(reply.variable_id)

    def variable(self, identifier: str, bypass_cache: bool = False) -> Plan[Any]:
        """The Variable message, of the cache if it may be."""
        cached = None if bypass_cache else self.cache.find(identifier)
        if cached is not None:
            return cached

        ticket = self.cache.ticket()
        request = pb.GetVariableRequest(
            session_id=self.session_id, variable_identifier=identifier, bypass_cache=bypass_cache,
            at_least_revision=self.cache.revision)
        try:
            reply = yield from self._ask(Call("GetVariable", request))
        except PreconditionFailed:
            # The session is not as far as it was seen to be: another of its name, or one that was set back.
            self.cache.reset()
            ticket = self.cache.ticket()
            request.at_least_revision = 0
            reply = yield from self._ask(Call("GetVariable", request))
        return self.cache.answered(reply.variable, ticket)

    def get(self, identifier: str, bypass_cache: bool = False) -> Plan[Any]:
        """The value."""
        variable = yield from self.variable(identifier, bypass_cache)
        return value_of(variable)

    def info(self, identifier: str) -> Plan[VariableInfo]:
        """The variable with all that describes it, never of the cache."""
        variable = yield from self.variable(identifier, True)
        return info_of(variable)

    def contains(self, identifier: str) -> Plan[bool]:
        """Whether there is such a variable."""
        try:
            yield from self.variable(identifier)
        except (VariableNotFoundError, SessionNotFound):
            return False
        return True

    def set(
        self, identifier: str, value: Any, metadata: Metadata, expected_version: Optional[int], request_id: Optional[str]
    ) -> Plan[int]:
        """Sets a variable; its new version."""
        known = self.cache.type_of(identifier)
        if known is None:
            known = (yield from self.variable(identifier)).type
            return (yield from self._set_as(known, identifier, value, metadata, expected_version, request_id))

        try:
            return (yield from self._set_as(known, identifier, value, metadata, expected_version, request_id))
        except ValueError as error:
            # Its name may have been given to a variable of another type since that was seen.
            if isinstance(error, SnakepitError) and not isinstance(error, InvalidArgument):
                raise
            present = (yield from self.variable(identifier, True)).type
            if present == known:
                raise
            return (yield from self._set_as(present, identifier, value, metadata, expected_version, request_id))

    def _set_as(
        self, kind: str, identifier: str, value: Any, metadata: Metadata, expected_version: Optional[int],
        request_id: Optional[str]
    ) -> Plan[int]:
        encoded, data = TypeSerializer.encode_any(value, kind)
        reply = yield from self._ask(Call("SetVariable", pb.SetVariableRequest(
            session_id=self.session_id, variable_identifier=identifier, value=encoded, binary_value=data or b"",
            metadata=_signed(metadata), expected_version=expected_version, request_id=request_id or new_request_id())))
        _check(reply)
        self.cache.written(identifier, reply.new_version, reply.revision)
        return int(reply.new_version)

    def assign(self, name: str, value: Any) -> Plan[None]:
        """Sets a variable, or registers it, of the type its value has by itself, where that is allowed."""
        try:
            yield from self.set(name, value, None, None, None)
        except (VariableNotFoundError, SessionNotFound) as missing:
            if self.strict:
                raise VariableNotFoundError(
                    f"{missing}; a strict context does not register variables that are assigned to: "
                    f"call register_variable() first") from None
            yield from self.register(name, TypeValidator.infer_type(value), value, None, None, None, None)

    def delete(self, identifier: str, request_id: Optional[str]) -> Plan[None]:
        """Deletes a variable."""
        reply = yield from self._ask(Call("DeleteVariable", pb.DeleteVariableRequest(
            session_id=self.session_id, variable_identifier=identifier, request_id=request_id or new_request_id())))
        _check(reply)
        self.cache.deleted(identifier, reply.revision)

    # ---- Many ----

    def list(self, pattern: Optional[str]) -> Plan[List[VariableInfo]]:
        """The variables whose names match, oldest first."""
        ticket = self.cache.ticket()
        reply = yield from self._ask(Call(
            "ListVariables", pb.ListVariablesRequest(session_id=self.session_id, pattern=pattern or "")))
        return [info_of(self.cache.answered(variable, ticket)) for variable in reply.variables]

    def variables(self, identifiers: Iterable[str]) -> Plan[Dict[str, Any]]:
        """The Variable messages by identifier. VariableNotFoundError names all that are missing."""
        found, missing = yield from self._look_up(identifiers)
        if missing:
            raise VariableNotFoundError(f"Variable not found: {', '.join(sorted(missing))}")
        return found

    def _look_up(self, identifiers: Iterable[str]) -> Plan[Tuple[Dict[str, Any], List[str]]]:
        """The Variable messages by identifier, and the identifiers of none."""
        asked = list(dict.fromkeys(identifiers))
        found = {name: variable for name in asked for variable in [self.cache.find(name)] if variable is not None}
        wanted = [name for name in asked if name not in found]
        missing: List[str] = []
        for start in range(0, len(wanted), BATCH):
            ticket = self.cache.ticket()
            reply = yield from self._ask(Call("GetVariables", pb.BatchGetVariablesRequest(
                session_id=self.session_id, variable_identifiers=wanted[start:start + BATCH])))
            missing.extend(reply.missing_variables)
            for name, variable in reply.variables.items():
                found[name] = self.cache.answered(variable, ticket)
        return {name: found[name] for name in asked if name in found}, missing

    def get_many(self, identifiers: Iterable[str]) -> Plan[Dict[str, Any]]:
        """The values by identifier."""
        variables = yield from self.variables(identifiers)
        return {name: value_of(variable) for name, variable in variables.items()}

    def set_many(
        self, updates: Mapping[str, Any], atomic: bool, metadata: Metadata, expected_versions: Optional[Mapping[str, int]],
        request_id: Optional[str]
    ) -> Plan[Dict[str, Union[bool, str]]]:
        """Sets many; True for each that was set, and the words for each that was refused.

        VariableNotFoundError if it is all or nothing, and not all are there.
        """
        kinds = {name: self.cache.type_of(name) for name in updates}
        unknown = [name for name, kind in kinds.items() if kind is None]
        found, missing = ((yield from self.variables(unknown)), []) if atomic else (yield from self._look_up(unknown))
        kinds.update((name, variable.type) for name, variable in found.items())

        names = [name for name in updates if kinds[name] is not None]
        results: Dict[str, Union[bool, str]] = {name: f"Variable not found: {name}" for name in missing}
        step = max(1, len(names)) if atomic else BATCH
        for start in range(0, len(names), step):
            part = {name: updates[name] for name in names[start:start + step]}
            results.update((yield from self._set_part(part, kinds, atomic, metadata, expected_versions, request_id)))
            # An id is of one request.
            request_id = None
        return results

    def _set_part(
        self, updates: Mapping[str, Any], kinds: Mapping[str, Any], atomic: bool, metadata: Metadata,
        expected_versions: Optional[Mapping[str, int]], request_id: Optional[str]
    ) -> Plan[Dict[str, Union[bool, str]]]:
        request = pb.BatchSetVariablesRequest(
            session_id=self.session_id, atomic=atomic, metadata=_signed(metadata), request_id=request_id or new_request_id(),
            expected_versions={name: version for name, version in (expected_versions or {}).items() if name in updates})
        for name, value in updates.items():
            encoded, data = TypeSerializer.encode_any(value, kinds[name])
            request.updates[name].CopyFrom(encoded)
            if data is not None:
                request.binary_updates[name] = data

        reply = yield from self._ask(Call("SetVariables", request))
        for name, version in reply.new_versions.items():
            self.cache.written(name, version, reply.revision)
        for name in reply.errors:
            # A wrong type, it may be: then the next set asks again.
            self.cache.drop(name)
        applied: Dict[str, Union[bool, str]] = {name: True for name in reply.new_versions}
        return {**applied, **reply.errors}

    # ---- Description, history, dependencies, optimization ----

    def update_description(
        self, identifier: str, constraints: Optional[Mapping[str, Any]], access_control: Optional[Mapping[str, Any]],
        metadata: Metadata, expected_version: Optional[int], request_id: Optional[str]
    ) -> Plan[None]:
        """Replaces what describes a variable; None leaves it as it is."""
        request = sessions_pb.UpdateVariableRequest(
            session_id=self.session_id, variable_identifier=identifier, metadata=metadata or {},
            expected_version=expected_version, request_id=request_id or new_request_id())
        if constraints is not None:
            request.constraints_json = json.dumps(constraints) if constraints else ""
        if access_control is not None:
            request.access_control_json = json.dumps(access_control) if access_control else ""
        reply = yield from self._ask(Call("UpdateVariable", request, service="sessions"))
        self.cache.saw(reply.revision)
        self.cache.drop(identifier)

    def history(self, identifier: str, limit: int) -> Plan[List[HistoryEntry]]:
        """The versions that are kept, newest first; limit 0 = all."""
        reply = yield from self._ask(Call("GetVariableHistory", pb.GetVariableHistoryRequest(
            session_id=self.session_id, variable_identifier=identifier, limit=limit)))
        return [
            HistoryEntry(
                entry.version, without_bytes(entry.value), time_of(entry.timestamp), entry.changed_by, dict(entry.metadata))
            for entry in reply.entries
        ]

    def rollback(self, identifier: str, version: int, metadata: Metadata, request_id: Optional[str]) -> Plan[int]:
        """Gives the variable the value of an old version; its new version."""
        reply = yield from self._ask(Call("RollbackVariable", pb.RollbackVariableRequest(
            session_id=self.session_id, variable_identifier=identifier, target_version=version, metadata=_signed(metadata),
            request_id=request_id or new_request_id())))
        _check(reply)
        self.cache.written(identifier, reply.variable.version, reply.revision)
        return int(reply.variable.version)

    def add_dependency(self, source: str, target: str, kind: str, request_id: Optional[str]) -> Plan[None]:
        """Says that the first depends on the second."""
        reply = yield from self._ask(Call("AddDependency", pb.AddDependencyRequest(
            session_id=self.session_id, from_variable=source, to_variable=target, dependency_type=kind,
            request_id=request_id or new_request_id())))
        _check(reply)

    def start_optimization(
        self, identifier: str, optimizer_id: str, config: Optional[Mapping[str, str]], request_id: Optional[str]
    ) -> Plan[str]:
        """Locks a variable for an optimizer; the optimization's id."""
        reply = yield from self._ask(Call("StartOptimization", pb.StartOptimizationRequest(
            session_id=self.session_id, variable_identifier=identifier, optimizer_id=optimizer_id,
            optimizer_config=config or {}, request_id=request_id or new_request_id())))
        _check(reply)
        self.cache.drop(identifier)
        return str(reply.optimization_id)

    def stop_optimization(
        self, identifier: str, optimizer_id: Optional[str], force: bool, request_id: Optional[str]
    ) -> Plan[Any]:
        """Unlocks it; the value it then has."""
        reply = yield from self._ask(Call("StopOptimization", pb.StopOptimizationRequest(
            session_id=self.session_id, variable_identifier=identifier, force=force, optimizer_id=optimizer_id or "",
            request_id=request_id or new_request_id())))
        self.cache.drop(identifier)
        return without_bytes(reply.final_value)

    def missing(self, identifiers: Sequence[str]) -> Plan[List[str]]:
        """Those of the identifiers that the session does not have."""
        gone: List[str] = []
        for start in range(0, len(identifiers), BATCH):
            reply = yield from self._ask(Call("GetVariables", pb.BatchGetVariablesRequest(
                session_id=self.session_id, variable_identifiers=identifiers[start:start + BATCH])))
            gone.extend(reply.missing_variables)
        return gone

    def _ask(self, call: Call) -> Plan[Any]:
        """Makes the call. What the session told is nothing any more once it is gone."""
        try:
            return (yield call)
        except SessionNotFound:
            self.cache.reset()
            raise


def _signed(metadata: Metadata) -> Dict[str, str]:
    """The caller's metadata; who changed it, unless they say themselves, is Python."""
    return {"source": "python", **(metadata or {})}


def _check(reply: Any) -> None:
    """Raises what a reply says in its body, as servers of the public project do."""
    if not reply.success:
        words = reply.error_message or "the server refused without a reason"
        raise (VariableNotFoundError if "not found" in words.lower() else SnakepitError)(words)
