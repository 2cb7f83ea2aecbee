"""Calls of tools: how parameters and results travel, and what their failures are."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

import grpc

from ._calls import Call, Plan
from ._proto import snakepit_bridge_pb2 as pb
from ._proto import snakepit_tools_pb2 as tools_pb
from ._tracing import sending
from .errors import SessionNotFound, SnakepitError, ToolFailed, ToolNotFound, error_of, error_of_rpc
from .serialization import TypeSerializer


class LocalTools:
    """Functions of this process that are called by a tool's name."""

    def __init__(self) -> None:
        self._functions: Dict[str, Callable[..., Any]] = {}

    def add(self, function: Callable[..., Any], name: Optional[str]) -> None:
        """Adds a function, or puts it in another's place."""
        self._functions[name or function.__name__] = function

    def find(self, name: str) -> Optional[Callable[..., Any]]:
        """The function of that name."""
        return self._functions.get(name)


def encode_parameters(parameters: Mapping[str, Any]) -> Tuple[Dict[str, Any], Dict[str, bytes]]:
    """Parameters by name, and the bytes of those that have some. ValueError names one that cannot travel."""
    encoded: Dict[str, Any] = {}
    raw: Dict[str, bytes] = {}
    for name, value in parameters.items():
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw[name] = bytes(value)
            continue
        try:
            encoded[name], data = TypeSerializer.encode_inferred(value)
        except ValueError as error:
            raise ValueError(f"parameter {name}: {error}") from None
        if data is not None:
            raw[name] = data
    return encoded, raw


def execute_request(session_id: str, tool_name: str, parameters: Mapping[str, Any], stream: bool = False) -> Any:
    """The request that calls a tool."""
    encoded, raw = encode_parameters(parameters)
    return pb.ExecuteToolRequest(
        session_id=session_id, tool_name=tool_name, parameters=encoded, binary_parameters=raw, stream=stream,
        metadata={"source": "python"})


def call_tool(session_id: str, tool_name: str, parameters: Mapping[str, Any], timeout: Optional[float]) -> Plan[Any]:
    """Calls a tool of the session."""
    request = execute_request(session_id, tool_name, parameters)
    reply = yield Call("ExecuteTool", request, again=False, timeout=timeout, unlimited=True)
    return result_of(reply)


def call_elixir_tool(session_id: str, tool_name: str, parameters: Mapping[str, Any], timeout: Optional[float]) -> Plan[Any]:
    """Calls a tool that the client's side serves."""
    encoded, raw = encode_parameters(parameters)
    if raw:
        raise ValueError(f"the parameters {', '.join(sorted(raw))} are bytes, which such a call cannot carry")
    request = pb.ExecuteElixirToolRequest(session_id=session_id, tool_name=tool_name, parameters=encoded)
    reply = yield Call("ExecuteElixirTool", request, again=False, timeout=timeout, unlimited=True)
    return result_of(reply)


def result_of(reply: Any) -> Any:
    """A reply's result. Raises what it says in its body."""
    if not reply.success:
        words = reply.error_message or "the tool failed without a word"
        for start, kind in (("Tool not found", ToolNotFound), ("Session not found", SessionNotFound)):
            if words.startswith(start):
                raise kind(words)
        raise _refusal(words)
    if not reply.result.type_url and reply.binary_result:
        return bytes(reply.binary_result)
    return TypeSerializer.decode_any(reply.result, reply.binary_result)


def _refusal(words: str) -> SnakepitError:
    """What a server says in a reply's body begins with a status code; a tool's own words are its failure."""
    name, _, said = words.partition(": ")
    code = grpc.StatusCode.__members__.get(name)
    if code in (None, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.OK) or not said:
        return ToolFailed(words)
    return error_of(code, said)


def list_tools(session_id: str) -> Plan[List[Dict[str, Any]]]:
    """The session's tools."""
    reply = yield Call("ListTools", tools_pb.ListToolsRequest(session_id=session_id), service="tools")
    return [
        {**_described(hosted.spec), "hosts": [host.id for host in hosted.hosts]}
        for hosted in reply.tools
    ]


def exposed_tools(session_id: str) -> Plan[Dict[str, Dict[str, Any]]]:
    """The tools that the client's side serves, by name."""
    reply = yield Call("GetExposedElixirTools", pb.GetExposedElixirToolsRequest(session_id=session_id))
    return {spec.name: _described(spec) for spec in reply.tools}


def chunks(stub: Any, session_id: str, tool_name: str, parameters: Mapping[str, Any], timeout: Optional[float]) -> Iterator[Any]:
    """Calls a tool that streams; what its chunks hold."""
    call = stub.ExecuteStreamingTool(execute_request(session_id, tool_name, parameters, True), timeout=timeout, **sending())

    def read() -> Iterator[Any]:
        try:
            for chunk in call:
                yield from payload_of(chunk)
        except grpc.RpcError as failure:
            raise streaming_error(failure) from None
        finally:
            call.cancel()

    return read()


def payload_of(chunk: Any) -> List[Any]:
    """What a chunk holds; the final one often is only the end."""
    if not chunk.data:
        return []
    try:
        return [json.loads(chunk.data)]
    except ValueError:
        return [bytes(chunk.data)]


def streaming_error(failure: grpc.RpcError) -> SnakepitError:
    """What a streaming call raises: the tool's own failures have no kind of their own."""
    error = error_of_rpc(failure)
    return ToolFailed(error.details, error.code) if type(error) is SnakepitError else error


def _described(spec: Any) -> Dict[str, Any]:
    return {
        "name": spec.name,
        "description": spec.description,
        "parameters": [_parameter(parameter) for parameter in spec.parameters],
        "supports_streaming": spec.supports_streaming,
        "required_variables": list(spec.required_variables),
        "metadata": dict(spec.metadata),
    }


def _parameter(spec: Any) -> Dict[str, Any]:
    described = {"name": spec.name, "type": spec.type, "description": spec.description, "required": spec.required}
    if spec.HasField("default_value"):
        described["default"] = TypeSerializer.decode_any(spec.default_value)
    return described
