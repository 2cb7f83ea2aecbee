"""The types of variables, and how Python values become values of them."""

from __future__ import annotations

import enum
import numbers
from typing import Any, Dict, Mapping, Optional, Tuple, Type, Union

from google.protobuf import any_pb2

from . import _arrays


class VariableType(enum.Enum):
    """The types a variable can have; a member's value is its name on the wire."""

    FLOAT = "float"
    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MODULE = "module"
    EMBEDDING = "embedding"
    TENSOR = "tensor"
    MAP = "map"
    LIST = "list"

    def to_proto(self) -> str:
        """The name on the wire."""
        return str(self.value)

    @classmethod
    def from_proto(cls, proto_type: str) -> VariableType:
        """The type of that name; STRING for one that is not known."""
        try:
            return cls(proto_type.lower())
        except ValueError:
            return cls.STRING

    @classmethod
    def of(cls, name: Union[str, VariableType]) -> VariableType:
        """The type of that name, in any case. ValueError, naming the known ones, if there is none."""
        if isinstance(name, cls):
            return name
        try:
            return cls(str(name).lower())
        except ValueError:
            known = ", ".join(member.value for member in cls)
            raise ValueError(f"there is no type {name!r}; the types are {known}") from None


class TypeValidator:
    """Makes a Python value one of a type, or raises ValueError. What it leaves alone the server judges."""

    @staticmethod
    def validate(value: Any) -> Any:
        """The value, converted if need be."""
        return value

    @classmethod
    def get_validator(cls, var_type: Union[str, VariableType]) -> Type[TypeValidator]:
        """The validator of a type."""
        return _VALIDATORS.get(VariableType.of(var_type), TypeValidator)

    @classmethod
    def infer_type(cls, value: Any) -> VariableType:
        """The type a variable is registered with that is only assigned to. ValueError if no type fits."""
        value = plain(value)
        for kind, inferred in _INFERRED:
            if isinstance(value, kind):
                return inferred
        if _arrays.is_array(value):
            return VariableType.EMBEDDING if len(value.shape) == 1 else VariableType.TENSOR
        raise ValueError(f"no variable can hold a {type(value).__name__}")


class FloatValidator(TypeValidator):
    """Numbers, and text that is one: `0.7`, `NaN`, `-Infinity`."""

    @staticmethod
    def validate(value: Any) -> float:
        value = plain(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                pass
        raise ValueError(f"must be a number, got {value!r}")


class IntegerValidator(TypeValidator):
    """Whole numbers of any size, and text that is one."""

    @staticmethod
    def validate(value: Any) -> int:
        value = plain(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float):
            if value.is_integer():
                return int(value)
            raise ValueError(f"must be a whole number, got {value!r}")
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                pass
        raise ValueError(f"must be an integer, got {value!r}")


class StringValidator(TypeValidator):
    """Text; numbers and booleans become the text that Python shows of them."""

    @staticmethod
    def validate(value: Any) -> str:
        value = plain(value)
        if isinstance(value, enum.Enum) and isinstance(value.value, str):
            return value.value
        if isinstance(value, (str, int, float)):
            return str(value)
        raise ValueError(f"must be a string, got a {type(value).__name__}")


class BooleanValidator(TypeValidator):
    """True and False, 1 and 0, and the words true and false in any case."""

    @staticmethod
    def validate(value: Any) -> bool:
        value = plain(value)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        raise ValueError(f"must be a boolean (true or false), got {value!r}")


def plain(value: Any) -> Any:
    """A number of another library, as numpy's float32(0.5), as Python's own; anything else as it is."""
    if isinstance(value, (bool, int, float, str)):
        return value
    if _arrays.np is not None and isinstance(value, _arrays.np.generic):
        return value.item()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    return value


def serialize_value(value: Any, var_type: Union[str, VariableType]) -> Tuple[any_pb2.Any, Optional[bytes]]:
    """The value as it travels: see TypeSerializer.encode_any."""
    from .serialization import TypeSerializer

    return TypeSerializer.encode_any(value, VariableType.of(var_type).value)


def deserialize_value(
    proto_any: any_pb2.Any, expected_type: Union[str, VariableType, None] = None, binary_data: Optional[bytes] = None
) -> Any:
    """The value that travelled: see TypeSerializer.decode_any. Its url tells the type, whatever is expected."""
    from .serialization import TypeSerializer

    return TypeSerializer.decode_any(proto_any, binary_data)


def validate_constraints(value: Any, var_type: Union[str, VariableType], constraints: Mapping[str, Any]) -> None:
    """Raises ConstraintViolation where the value breaks a constraint; the server judges again when it is set."""
    from .constraints import check

    check(value, VariableType.of(var_type), constraints)


_VALIDATORS: Dict[VariableType, Type[TypeValidator]] = {
    VariableType.FLOAT: FloatValidator,
    VariableType.INTEGER: IntegerValidator,
    VariableType.STRING: StringValidator,
    VariableType.CHOICE: StringValidator,
    VariableType.MODULE: StringValidator,
    VariableType.BOOLEAN: BooleanValidator,
}

# In this order: a bool is an int too.
_INFERRED: Tuple[Tuple[Any, VariableType], ...] = (
    (bool, VariableType.BOOLEAN),
    (int, VariableType.INTEGER),
    (float, VariableType.FLOAT),
    (str, VariableType.STRING),
    (dict, VariableType.MAP),
    ((list, tuple), VariableType.LIST),
)
