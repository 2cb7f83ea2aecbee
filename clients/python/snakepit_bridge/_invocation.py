"""One call of a tool on the side that serves it: parameters in, result or chunks out."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
import time
import typing
from typing import Any, Dict, Iterator, Tuple

from ._arrays import is_array
from ._proto import snakepit_bridge_pb2 as pb
from ._tracing import within
from .serialization import TypeSerializer
from .session_context import SessionContext
from .tools import Tool, ToolContext, type_and_constraints
from .types import TypeValidator

logger = logging.getLogger(__name__)

# What a JSON value is converted to where it is not one already: callers send `3` for a float, and text for what they pack.
_CONVERTED = ("float", "integer", "boolean")


class BadArguments(ValueError):
    """The call's parameters are not the tool's."""


def execute(tool: Tool, request: Any, context: ToolContext) -> Any:
    """The tool's response, run in the trace of its call. What it raises is its failure, told in the response."""
    return within(context.trace).run(_execute, tool, request, context)


def _execute(tool: Tool, request: Any, context: ToolContext) -> Any:
    began = time.monotonic()
    try:
        if tool.streaming:
            raise BadArguments(f"tool {tool.name} answers in chunks: call it as a stream")
        response = _response(_finish(tool.function(**arguments_of(tool, request, context))))
    except Exception as error:
        logger.warning("tool %s failed", tool.name, exc_info=not isinstance(error, BadArguments))
        response = pb.ExecuteToolResponse(success=False, error_message=words_of(error))
    response.execution_time_ms = int((time.monotonic() - began) * 1000)
    return response


def chunks(tool: Tool, request: Any, context: ToolContext) -> Iterator[Any]:
    """The tool's chunks, the last one final. Raises what the tool raises. Closing the iterator closes the tool's.

    Each step is in the trace of the call, and what the tool has set of contextvars is there with the next one, also where
    that is on another thread.
    """
    inside = within(context.trace)
    result = inside.run(tool.function, **arguments_of(tool, request, context))
    values = _each(result) if tool.streaming else iter([inside.run(_finish, result)])
    try:
        for number, value in enumerate(_steps(values, inside)):
            yield pb.ToolChunk(chunk_id=str(number), data=_payload(tool, value))
        yield pb.ToolChunk(chunk_id="final", is_final=True)
    finally:
        close = getattr(values, "close", None)
        if close is not None:
            inside.run(close)


def _steps(values: Iterator[Any], inside: contextvars.Context) -> Iterator[Any]:
    while True:
        try:
            value = inside.run(next, values)
        except StopIteration:
            return
        yield value


def words_of(error: BaseException) -> str:
    """What a caller is told of an exception."""
    return str(error) if isinstance(error, BadArguments) else f"{type(error).__name__}: {error}"


def arguments_of(tool: Tool, request: Any, context: ToolContext) -> Dict[str, Any]:
    """The function's arguments by name. BadArguments names what is missing, unknown or unreadable."""
    given: Dict[str, Any] = {}
    for name, value in request.parameters.items():
        try:
            given[name] = TypeSerializer.decode_any(value, request.binary_parameters.get(name))
        except ValueError as error:
            raise BadArguments(f"tool {tool.name}: parameter {name}: {error}") from None
    for name, data in request.binary_parameters.items():
        given.setdefault(name, bytes(data))

    unknown = [name for name in given if name not in tool.annotations or name in tool.context_parameters]
    if unknown and not tool.takes_any:
        raise BadArguments(
            f"tool {tool.name} has no parameter {', '.join(sorted(unknown))}; it has {', '.join(tool.annotations) or 'none'}")
    missing = [name for name in tool.required if name not in given]
    if missing:
        raise BadArguments(f"tool {tool.name} needs the parameter {', '.join(missing)}")

    arguments = {name: _converted(tool, name, value) for name, value in given.items()}
    for name, kind in tool.context_parameters.items():
        arguments[name] = context.session if kind is SessionContext else context
    return arguments


def _converted(tool: Tool, name: str, value: Any) -> Any:
    annotation = tool.annotations.get(name, Any)
    kind, _ = type_and_constraints(annotation)
    if kind not in _CONVERTED or value is None and type(None) in typing.get_args(annotation):
        return value
    try:
        return TypeValidator.get_validator(kind).validate(value)
    except ValueError as error:
        raise BadArguments(f"tool {tool.name}: parameter {name}: {error}") from None


def _finish(result: Any) -> Any:
    if inspect.isawaitable(result):
        async def wait() -> Any:
            return await result

        return asyncio.run(wait())
    return result


def _each(result: Any) -> Iterator[Any]:
    if not hasattr(result, "__aiter__"):
        yield from _finish(result)
        return

    async def step() -> Tuple[Any, contextvars.Context]:
        return await result.__anext__(), contextvars.copy_context()

    def wait(awaited: Any) -> Any:
        return loop.run_until_complete(awaited)

    loop = asyncio.new_event_loop()
    # Each step is a task, which has a copy: the next one goes on with that.
    inside = contextvars.copy_context()
    try:
        while True:
            try:
                value, inside = inside.run(wait, step())
            except StopAsyncIteration:
                return
            yield value
    finally:
        close = getattr(result, "aclose", None)
        if close is not None:
            inside.run(wait, close())
        loop.close()


def _response(result: Any) -> Any:
    if isinstance(result, (bytes, bytearray, memoryview)):
        return pb.ExecuteToolResponse(success=True, binary_result=bytes(result))
    try:
        encoded, data = TypeSerializer.encode_inferred(result)
    except ValueError as error:
        raise BadArguments(f"the tool's result cannot travel: {error}") from None
    return pb.ExecuteToolResponse(success=True, result=encoded, binary_result=data or b"")


def _payload(tool: Tool, value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if is_array(value):
        value = value.tolist()
    try:
        return bytes(TypeSerializer.encode_inferred(value)[0].value)
    except ValueError as error:
        raise BadArguments(f"a chunk of tool {tool.name} cannot travel: {error}") from None
