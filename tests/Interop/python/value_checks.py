"""Values: every type, its casts and its refusals; prefixes, wrappers, bytes."""

import json

from google.protobuf.any_pb2 import Any
from google.protobuf.wrappers_pb2 import DoubleValue
from grpc import StatusCode

from bridge import DSPEX, SNAKEPIT, Session, any_of, raw_any, value_of
from checks import check, equal, refused

# Type, JSON as written, JSON as read back.
CASTS = (
    ("float", "1", "1"),
    ("float", "0.1", "0.1"),
    ("float", '"NaN"', '"NaN"'),
    ("float", '"Infinity"', '"Infinity"'),
    ("float", '"-Infinity"', '"-Infinity"'),
    ("integer", "42.0", "42"),
    ("integer", "1" + "0" * 60, "1" + "0" * 60),
    ("string", '"caf\u00e9 \\ud83d\\ude00"', '"caf\u00e9 \U0001f600"'),
    ("boolean", "true", "true"),
    ("boolean", '"false"', "false"),
    ("boolean", "1", "true"),
    ("choice", '"anything"', '"anything"'),
    ("module", '"dspy.ChainOfThought"', '"dspy.ChainOfThought"'),
    ("embedding", '[1, 2.5, "NaN"]', '[1, 2.5, "NaN"]'),
    ("tensor", '{"shape": [2, 2], "data": [1, 2, 3, 4]}', '{"shape": [2, 2], "data": [1, 2, 3, 4]}'),
    ("map", '{"a": [1, null]}', '{"a": [1, null]}'),
    ("list", '[1, "two", true]', '[1, "two", true]'),
)

# Type, constraints, a value that is refused, words the refusal contains.
REFUSALS = (
    ("float", {"min": 0}, -1, "is below minimum"),
    ("float", {"max": 1}, 2, "is above maximum"),
    ("float", {"min": 0}, "NaN", ""),
    ("float", {}, "warm", "must be a number"),
    ("float", {}, True, "must be a number"),
    ("integer", {"min": 5}, 4, "value 4 is below minimum 5"),
    ("integer", {"max": 5}, 6, "value 6 is above maximum 5"),
    ("integer", {}, 3.5, "must be a whole number, got 3.5"),
    ("integer", {}, "3", "must be an integer"),
    ("string", {"min_length": 3}, "ab", "must be at least 3 characters, got 2"),
    ("string", {"max_length": 1}, "\U0001f600\U0001f600", "must be at most 1 characters, got 2"),
    ("string", {"pattern": "^a+$"}, "b", "must match pattern: ^a+$"),
    ("string", {"enum": ["a", "b"]}, "c", "must be one of: a, b"),
    ("string", {}, 1, "must be a string"),
    ("boolean", {}, "perhaps", "must be a boolean (true or false)"),
    ("choice", {"choices": ["a", "b"]}, "c", "must be one of: a, b"),
    ("module", {"allowed_modules": ["a.B"]}, "c.D", "must be one of the allowed modules: a.B"),
    ("embedding", {"dimensions": 2}, [1, 2, 3], "must have exactly 2 dimensions"),
    ("tensor", {}, {"shape": [2, 2], "data": [1, 2, 3]}, "data size doesn't match shape"),
    ("tensor", {"shape": [2]}, {"shape": [3], "data": [1, 2, 3]}, "shape must be [2]"),
)


@check
def values_of_every_type_are_cast_and_read_back(bridge):
    session = Session(bridge)
    for number, (type_name, written, read) in enumerate(CASTS):
        name = f"{type_name}{number}"
        session.call("RegisterVariable", name=name, type=type_name, initial_value=raw_any(DSPEX + type_name, written))
        found = session.get(name)
        equal((name, found.value.type_url, value_of(found)), (name, DSPEX + type_name, json.loads(read)))
        if type_name in ("integer", "boolean"):
            equal(found.value.value, read.encode())


@check
def values_that_break_a_rule_are_refused_when_registered(bridge):
    session = Session(bridge)
    for type_name, constraints, value, words in REFUSALS:
        refused(StatusCode.INVALID_ARGUMENT, words, session.register, "x", type_name, value, constraints)


@check
def values_that_break_a_rule_are_refused_when_set(bridge):
    session = Session(bridge)
    session.register("x", value=3, constraints={"max": 5})
    refused(StatusCode.INVALID_ARGUMENT, "value 6 is above maximum 5", session.set, "x", 6)
    equal((value_of(session.get("x")), session.get("x").version), (3, 0))


@check
def values_keep_the_prefix_they_were_written_with(bridge):
    session = Session(bridge)
    session.register("x")
    for prefix, kept in ((SNAKEPIT, SNAKEPIT), (DSPEX, DSPEX), ("example.com/", SNAKEPIT)):
        session.call("SetVariable", variable_identifier="x", value=any_of("integer", 1, prefix))
        equal(session.get("x").value.type_url, kept + "integer")


@check
def values_may_come_in_a_well_known_wrapper(bridge):
    session = Session(bridge)
    session.register("x", "float", 0)
    packed = Any()
    packed.Pack(DoubleValue(value=2.5))
    session.call("SetVariable", variable_identifier="x", value=packed)
    equal(value_of(session.get("x")), 2.5)


@check
def binary_values_come_back_byte_for_byte(bridge):
    session = Session(bridge)
    content = bytes(range(256)) * 64
    descriptor = {"shape": [4096], "dtype": "float32", "binary_format": "pickle", "type": "embedding"}
    value = any_of("embedding.binary", descriptor, SNAKEPIT)
    session.call("RegisterVariable", name="x", type="embedding", initial_value=value, initial_binary_value=content)
    found = session.get("x")
    equal((found.value.type_url, value_of(found)), (SNAKEPIT + "embedding.binary", descriptor))
    equal(found.binary_value, content)
    session.call("SetVariable", variable_identifier="x", value=value, binary_value=content[::-1])
    equal(session.get("x").binary_value, content[::-1])
