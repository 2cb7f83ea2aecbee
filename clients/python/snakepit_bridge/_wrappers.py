"""Values that travel as protobuf's well-known types rather than JSON: StringValue, Struct and their kin.

Clients put raw JSON under these urls too. So bytes are read as the message only if they are wholly one.
"""

from __future__ import annotations

from typing import Any, Tuple

from google.protobuf import json_format, message, struct_pb2, wrappers_pb2

_WRAPPERS = {
    kind.DESCRIPTOR.name: kind
    for kind in (
        wrappers_pb2.BoolValue, wrappers_pb2.BytesValue, wrappers_pb2.DoubleValue, wrappers_pb2.FloatValue,
        wrappers_pb2.Int32Value, wrappers_pb2.Int64Value, wrappers_pb2.StringValue, wrappers_pb2.UInt32Value,
        wrappers_pb2.UInt64Value,
    )
}
_STRUCTS = {kind.DESCRIPTOR.name: kind for kind in (struct_pb2.Struct, struct_pb2.ListValue, struct_pb2.Value)}


def is_wrapper(name: str) -> bool:
    """Whether a type's name, as it stands in a url, is that of a well-known type."""
    return name in _WRAPPERS or name in _STRUCTS


def unwrap(name: str, data: bytes) -> Tuple[bool, Any]:
    """Whether the bytes are wholly that message, and the value in it."""
    # No field of theirs is a group, or of a kind that is none: what begins so is text, as `4`.
    if data and data[0] & 7 not in (0, 1, 2, 5):
        return False, None
    kind = _WRAPPERS.get(name) or _STRUCTS[name]
    parsed = kind()
    try:
        parsed.ParseFromString(data)
        known = kind()
        known.CopyFrom(parsed)
        known.DiscardUnknownFields()
    except (message.DecodeError, UnicodeDecodeError):
        return False, None

    # What has unknown fields, or fields twice, is something else that happens to parse.
    if known.ByteSize() != len(data):
        return False, None
    if name in _WRAPPERS:
        return True, parsed.value
    if name == "Value" and parsed.WhichOneof("kind") is None:
        return True, None
    return True, _whole(json_format.MessageToDict(parsed))


def _whole(value: Any) -> Any:
    """Structs know only doubles: whole ones are integers again, as JSON's are."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value
