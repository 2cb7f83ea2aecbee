"""Functions as tools: what a tool's callers are told of it is read from its signature and its docstring.

    @tool
    def scale(text: str, factor: int = 2) -> str:
        '''Repeats a text.

        Args:
            text: what is repeated
            factor: how often
        '''
        return text * factor
"""

from __future__ import annotations

import inspect
import json
import re
import threading
import time
import types
import typing
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar, Union, overload

from . import _arrays
from ._proto import snakepit_bridge_pb2 as pb
from ._tracing import NONE, Trace
from .errors import Cancelled
from .serialization import TypeSerializer
from .session_context import SessionContext

_MARK = "__snakepit_tool__"


class _Options(NamedTuple):
    name: Optional[str]
    description: str
    supports_streaming: Optional[bool]
    required_variables: Sequence[str]
    constraints: Mapping[str, Mapping[str, Any]]
    metadata: Mapping[str, str]


F = TypeVar("F", bound=Callable[..., Any])


@overload
def tool(function: F) -> F: ...


@overload
def tool(
    *,
    name: Optional[str] = None,
    description: str = "",
    supports_streaming: Optional[bool] = None,
    required_variables: Sequence[str] = (),
    constraints: Optional[Mapping[str, Mapping[str, Any]]] = None,
    metadata: Optional[Mapping[str, str]] = None,
) -> Callable[[F], F]: ...


def tool(
    function: Any = None,
    *,
    name: Optional[str] = None,
    description: str = "",
    supports_streaming: Optional[bool] = None,
    required_variables: Sequence[str] = (),
    constraints: Optional[Mapping[str, Mapping[str, Any]]] = None,
    metadata: Optional[Mapping[str, str]] = None,
) -> Any:
    """Marks a function or method as a tool, with or without arguments; the function stays as it is.

    supports_streaming: generator functions do anyway; each value they yield is a chunk. required_variables: what the
    session must have. constraints: by parameter, those of its type, as {"n": {"min": 1}}; the server judges them.
    """
    def mark(marked: Callable[..., Any]) -> Callable[..., Any]:
        setattr(marked, _MARK, _Options(
            name, description, supports_streaming, tuple(required_variables), constraints or {}, metadata or {}))
        return marked

    return mark if function is None else mark(function)


class ToolContext:
    """What a tool is told of its call: a parameter annotated with this class, or with SessionContext, is given it."""

    def __init__(
        self,
        session_id: str,
        connect: Callable[[str], SessionContext],
        metadata: Mapping[str, str],
        time_left: Optional[float],
        trace: Trace = NONE,
    ) -> None:
        self.session_id = session_id
        self.metadata = dict(metadata)
        # Of the call: what the tool's own calls carry too, and its log lines can have.
        self.trace = trace
        self._connect = connect
        self._session: Optional[SessionContext] = None
        self._deadline = None if time_left is None else time.monotonic() + time_left
        self._cancelled = threading.Event()

    @property
    def session(self) -> SessionContext:
        """The session the tool was called in: its variables, its other tools."""
        if self._session is None:
            self._session = self._connect(self.session_id)
        return self._session

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the answer any more. A tool that takes long looks now and then."""
        return self._cancelled.is_set() or (self._deadline is not None and time.monotonic() > self._deadline)

    def raise_if_cancelled(self) -> None:
        """Raises Cancelled if nobody waits any more."""
        if self.cancelled:
            raise Cancelled("nobody waits for the answer any more")

    def wait_cancelled(self, timeout: Optional[float] = None) -> bool:
        """Waits until nobody waits any more, for at most so many seconds; whether it is so."""
        left = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
        waits = [seconds for seconds in (timeout, left) if seconds is not None]
        self._cancelled.wait(min(waits) if waits else None)
        return self.cancelled

    def cancel(self) -> None:
        """Says that nobody waits any more."""
        self._cancelled.set()


class Tool:
    """A function that is served as a tool. ValueError if its signature cannot be one's."""

    def __init__(self, function: Callable[..., Any]) -> None:
        target = inspect.unwrap(getattr(function, "__func__", function))
        options: _Options = getattr(target, _MARK, None) or getattr(function, _MARK, None) or _Options(None, "", None, (), {}, {})
        self.function = function
        self.name = options.name or target.__name__
        self.streaming = (
            inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target) if options.supports_streaming is None
            else options.supports_streaming)
        # Those that are given what the call is about, by which of the two they are annotated with.
        self.context_parameters: Dict[str, Any] = {}
        self.takes_any = False
        self.annotations: Dict[str, Any] = {}
        self._read(target, options)

    def _read(self, target: Callable[..., Any], options: _Options) -> None:
        text, described = _read_docstring(inspect.getdoc(target) or "")
        try:
            hints = typing.get_type_hints(target)
        except Exception:  # annotations that name what is not there say nothing
            hints = {}
        parameters: List[Any] = []
        for parameter in inspect.signature(self.function).parameters.values():
            hint = hints.get(parameter.name, Any)
            if parameter.kind is parameter.VAR_KEYWORD:
                self.takes_any = True
            elif hint in (ToolContext, SessionContext):
                self.context_parameters[parameter.name] = hint
            elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
                raise ValueError(f"tool {self.name}: parameter {parameter.name} cannot be given by name")
            else:
                self.annotations[parameter.name] = hint
                parameters.append(_parameter(
                    self.name, parameter, hint, described.get(parameter.name, ""), options.constraints.get(parameter.name)))
        unknown = sorted(set(options.constraints) - set(self.annotations))
        if unknown:
            raise ValueError(f"tool {self.name} has no parameter {', '.join(unknown)} to constrain")
        self.required = [spec.name for spec in parameters if spec.required]
        self.spec = pb.ToolSpec(
            name=self.name, description=options.description or text, parameters=parameters,
            metadata=options.metadata, supports_streaming=self.streaming, required_variables=options.required_variables)

    def registration(self) -> Any:
        """The ToolRegistration of it, which has no field for the required variables."""
        metadata = dict(self.spec.metadata)
        if self.spec.required_variables:
            metadata["required_variables"] = ",".join(self.spec.required_variables)
        return pb.ToolRegistration(
            name=self.name, description=self.spec.description, parameters=self.spec.parameters, metadata=metadata,
            supports_streaming=self.streaming)


def tools_of(*sources: Any) -> List[Tool]:
    """The tools among functions, and those that modules, classes and other objects have. ValueError if two have one name."""
    found: Dict[str, Tool] = {}
    for source in sources:
        for function in _functions_of(source):
            one = Tool(function)
            if one.name in found:
                raise ValueError(f"two tools are named {one.name}")
            found[one.name] = one
    return list(found.values())


def _functions_of(source: Any) -> Iterable[Callable[..., Any]]:
    if inspect.isfunction(source) or inspect.ismethod(source):
        return [source]
    if inspect.isclass(source):
        source = source()
    if isinstance(source, (list, tuple)):
        return [function for item in source for function in _functions_of(item)]
    marked = [
        getattr(source, name) for name in dir(source)
        if hasattr(inspect.getattr_static(source, name), _MARK)
        or hasattr(getattr(inspect.getattr_static(source, name), "__func__", None), _MARK)]
    if not marked:
        raise ValueError(f"{source!r} has no function marked with @tool")
    return marked


_TYPES = ((bool, "boolean"), (int, "integer"), (float, "float"), (str, "string"))
_ABSENT = type(None)


def type_and_constraints(annotation: Any) -> Tuple[str, Dict[str, Any]]:
    """A parameter's type as the server knows it, `any` where there is none, and what the annotation demands."""
    for kind, name in _TYPES:
        if annotation is kind:
            return name, {}
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal and all(isinstance(value, str) for value in arguments):
        return "choice", {"choices": list(arguments)}
    if origin is Union or origin is getattr(types, "UnionType", Union):
        others = [one for one in arguments if one is not _ABSENT]
        return type_and_constraints(others[0]) if len(others) == 1 else ("any", {})
    plain = origin or annotation
    if _arrays.np is not None and inspect.isclass(plain) and issubclass(plain, _arrays.np.ndarray):
        return "tensor", {}
    if inspect.isclass(plain):
        if issubclass(plain, (bytes, bytearray)):
            return "bytes", {}
        if issubclass(plain, typing.Mapping):
            return "map", {}
        if issubclass(plain, typing.Sequence) and not issubclass(plain, str):
            return "list", {}
    return "any", {}


def _parameter(
    tool_name: str, parameter: inspect.Parameter, hint: Any, text: str, constraints: Optional[Mapping[str, Any]]
) -> Any:
    required = parameter.default is parameter.empty
    kind, demanded = type_and_constraints(hint)
    if required and _ABSENT in typing.get_args(hint):
        # The server takes None for no value of any type, where one is required.
        kind, demanded = "any", {}
    every = {**demanded, **(constraints or {})}
    spec = pb.ParameterSpec(
        name=parameter.name, type=kind, description=text, required=required, validation_json=json.dumps(every) if every else "")
    if not required:
        try:
            spec.default_value.CopyFrom(TypeSerializer.encode_inferred(parameter.default)[0])
        except ValueError:
            # One that cannot travel need not: it is the function's own.
            pass
    return spec


_SECTION = re.compile(r"^(Args|Arguments|Parameters|Returns?|Yields?|Raises|Examples?|Notes?):\s*$")
_ITEM = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)$")
_FIELD = re.compile(r"^:param\s+(?:[\w\[\], .]+\s+)?(\w+):\s*(.*)$")


def _read_docstring(text: str) -> Tuple[str, Dict[str, str]]:
    """The description, and the parameters' by name, of a docstring with `Args:` or `:param name:`."""
    description: List[str] = []
    described: Dict[str, str] = {}
    section, current, indent = "", "", 0
    for line in text.splitlines():
        heading, field = _SECTION.match(line), _FIELD.match(line.strip())
        if heading:
            section, current = heading.group(1), ""
        elif field:
            section, current = "field", field.group(1)
            described[current] = field.group(2)
        elif line.startswith(":"):
            section, current = "other", ""
        elif section in ("Args", "Arguments", "Parameters"):
            depth, item = len(line) - len(line.lstrip()), _ITEM.match(line.strip())
            if item and (not current or depth <= indent):
                current, indent = item.group(1), depth
                described[current] = item.group(2)
            elif current and line.strip():
                described[current] = f"{described[current]} {line.strip()}".strip()
        elif section == "field" and line.strip():
            described[current] = f"{described[current]} {line.strip()}".strip()
        elif not section:
            description.append(line)
    return "\n".join(description).strip(), described
