"""Values as they travel: a google.protobuf.Any that holds JSON, or a descriptor of raw bytes beside it.

Lists travel as JSON, numpy arrays as raw bytes, and each comes back as what it went in as. Where numpy is missing,
arrays come back as lists.
"""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Mapping, Optional, Tuple

from google.protobuf import any_pb2

from . import _arrays, _wrappers
from . import constraints as rules
from .types import TypeValidator, VariableType, plain

PREFIX = "type.googleapis.com/snakepit."
_NULL = "type.googleapis.com/google.protobuf.Value"
_BINARY_ENDING = ".binary"
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class TypeSerializer:
    """Encodes and decodes the values of variables, and the parameters and results of tools."""

    @staticmethod
    def encode_any(value: Any, var_type: str) -> Tuple[any_pb2.Any, Optional[bytes]]:
        """The value as one of the type: the Any, and the bytes that go beside it, for numpy arrays.

        ValueError where it cannot be one.
        """
        kind = VariableType.of(var_type)
        try:
            if kind in (VariableType.EMBEDDING, VariableType.TENSOR) and _arrays.is_array(value):
                descriptor, data = _arrays.pack(value)
                descriptor["type"] = kind.value
                return _any(kind.value + _BINARY_ENDING, descriptor), data
            return _any(kind.value, _jsonable(value, kind)), None
        except ValueError as error:
            raise ValueError(f"a value of type {kind.value} {error}" if str(error).startswith("must") else str(error)) from None

    @staticmethod
    def encode_inferred(value: Any) -> Tuple[any_pb2.Any, Optional[bytes]]:
        """The value as one of the type that it has by itself; None travels as JSON's null."""
        if value is None:
            return any_pb2.Any(type_url=_NULL, value=b"null"), None
        return TypeSerializer.encode_any(value, TypeValidator.infer_type(value).value)

    @staticmethod
    def decode_any(any_msg: any_pb2.Any, binary_data: Optional[bytes] = None) -> Any:
        """The value that travelled. A value of no bytes at all is None.

        ValueError where the bytes are not what the url says, or are of a format that is not read, as pickle.
        """
        name, is_binary = type_of(any_msg.type_url)
        if is_binary:
            descriptor = _from_json(any_msg.value, any_msg.type_url) if any_msg.value else {}
            array = _arrays.unpack(descriptor, bytes(binary_data or b""))
            return _without_numpy(array, descriptor) if name == "tensor" else array

        data = any_msg.value
        if _wrappers.is_wrapper(name):
            is_wrapper, value = _wrappers.unwrap(name, data)
            if is_wrapper:
                return value
        if not data:
            return None
        return _restore(_from_json(data, any_msg.type_url), name)

    @staticmethod
    def validate_constraints(value: Any, var_type: str, constraints: Dict[str, Any]) -> None:
        """Raises ConstraintViolation where the value breaks a constraint; the server judges again when it is set."""
        rules.check(value, VariableType.of(var_type), constraints)


def type_of(type_url: str) -> Tuple[str, bool]:
    """The name of the type that a url ends in, and whether the value's data are raw bytes beside it."""
    is_binary = type_url.endswith(_BINARY_ENDING)
    path = type_url[:-len(_BINARY_ENDING)] if is_binary else type_url
    return path.rpartition("/")[2].rpartition(".")[2], is_binary


def _any(name: str, value: Any) -> any_pb2.Any:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return any_pb2.Any(type_url=PREFIX + name, value=text.encode())


def _from_json(data: bytes, type_url: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise ValueError(f"a value of type {type_url} is neither JSON nor what its type says") from None


def _jsonable(value: Any, kind: VariableType) -> Any:
    if kind is VariableType.EMBEDDING:
        return [_number(item) for item in _list(value, "must be a list of numbers")]
    if kind is VariableType.TENSOR:
        return _tensor(value)
    if kind is VariableType.MAP:
        if not isinstance(value, Mapping):
            raise ValueError(f"must be a dict, got a {type(value).__name__}")
        return _plain_json(value)
    if kind is VariableType.LIST:
        return _plain_json(_list(value, "must be a list"))
    value = TypeValidator.get_validator(kind).validate(value)
    return _special(value) if isinstance(value, float) else value


def _list(value: Any, requirement: str) -> Any:
    if _arrays.is_array(value):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return value
    raise ValueError(f"{requirement}, got a {type(value).__name__}")


def _number(value: Any) -> Any:
    number = plain(value)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        if number in _SPECIAL:
            return number
        raise ValueError(f"must be a list of numbers, got {value!r} in it")
    return _special(number) if isinstance(number, float) else number


def _special(value: float) -> Any:
    """JSON has no words for these; the protocol has strings."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _tensor(value: Any) -> Dict[str, Any]:
    if isinstance(value, Mapping) and "shape" in value and "data" in value:
        data = value["data"]
        data = data.tolist() if _arrays.is_array(data) else data
        return {**value, "shape": [int(size) for size in value["shape"]], "data": _each_number(data)}
    if isinstance(value, (list, tuple)):
        shape: List[int] = []
        level: Any = value
        while isinstance(level, (list, tuple)):
            shape.append(len(level))
            level = level[0] if level else None
        return {"shape": shape, "data": _each_number(value)}
    raise ValueError(f'must be a tensor: an array, nested lists or {{"shape", "data"}}, got a {type(value).__name__}')


def _each_number(data: Any) -> Any:
    if isinstance(data, (list, tuple)):
        return [_each_number(item) for item in data]
    return data if isinstance(data, bool) else _number(data)


def _plain_json(value: Any) -> Any:
    """What json can write: tuples, arrays and foreign numbers as lists and Python's own. NaN is refused."""
    value = plain(value)
    if _arrays.is_array(value):
        return _plain_json(value.tolist())
    if isinstance(value, Mapping):
        wrong = next((key for key in value if not isinstance(key, str)), None)
        if wrong is not None:
            raise ValueError(f"must have strings as keys, got {wrong!r}")
        return {key: _plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"must be JSON, and JSON has no {value}")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"must be JSON, and a {type(value).__name__} is none")


def _restore(value: Any, name: str) -> Any:
    if name == "float":
        return _SPECIAL.get(value, value) if isinstance(value, str) else float(value)
    if name == "embedding" and isinstance(value, list):
        return [_SPECIAL.get(item, item) if isinstance(item, str) else item for item in value]
    if name == "tensor" and isinstance(value, dict) and "shape" in value and "data" in value:
        return _restore_tensor(value)
    return value


def _restore_tensor(value: Dict[str, Any]) -> Any:
    flat = [_SPECIAL.get(item, item) if isinstance(item, str) else item for item in _flattened(value["data"])]
    if _arrays.np is None:
        return {**value, "data": _arrays.nested(flat, value["shape"])}
    return _arrays.np.array(flat, dtype=value.get("dtype")).reshape(value["shape"])


def _flattened(data: Any) -> Any:
    if not isinstance(data, list):
        return [data]
    return [leaf for item in data for leaf in (_flattened(item) if isinstance(item, list) else (item,))]


def _without_numpy(array: Any, descriptor: Mapping[str, Any]) -> Any:
    return array if _arrays.np is not None else {
        "shape": descriptor.get("shape"), "data": array, "dtype": descriptor.get("dtype")}
