"""What is read of functions, without a server."""

import json
from typing import Any, Dict, List, Literal, Optional, Sequence, Union

import pytest

import toolbox
from snakepit_bridge import SessionContext, Tool, ToolContext, TypeSerializer, tool
from snakepit_bridge import _invocation
from snakepit_bridge._proto import snakepit_bridge_pb2 as pb
from snakepit_bridge._tool_calls import execute_request, payload_of, result_of
from snakepit_bridge.tools import tools_of, type_and_constraints


def context():
    return ToolContext("s", None, {}, None)


def call(function, **parameters):
    return _invocation.execute(Tool(function), execute_request("s", function.__name__, parameters), context())


def test_parameters_come_from_signature_and_docstring():
    spec = Tool(toolbox.add).spec
    assert (spec.name, spec.description, spec.supports_streaming) == ("add", "Adds two numbers.", False)
    a, b = spec.parameters
    assert (a.name, a.type, a.description, a.required) == ("a", "float", "the first", True)
    assert (b.name, b.type, b.description, b.required) == ("b", "float", "the second, two by default", False)
    assert TypeSerializer.decode_any(b.default_value) == 2
    shout = Tool(toolbox.shout_loudly).spec
    assert shout.name == "shout" and dict(shout.metadata) == {"kind": "text"} and shout.description == "Shouts."
    text, times, mood, extra = shout.parameters
    assert text.description == "what to shout" and json.loads(times.validation_json) == {"min": 1, "max": 3}
    assert (mood.type, json.loads(mood.validation_json)) == ("choice", {"choices": ["glad", "angry"]})
    assert (extra.type, extra.required) == ("integer", False)
    assert TypeSerializer.decode_any(extra.default_value) is None
    assert [parameter.name for parameter in Tool(toolbox.warmer).spec.parameters] == ["by"]
    assert list(Tool(toolbox.warmer).spec.required_variables) == ["temperature"]
    assert Tool(toolbox.warmer).registration().metadata["required_variables"] == "temperature"
    assert Tool(toolbox.count).streaming and Tool(toolbox.count_later).streaming and Tool(toolbox.forever).spec.supports_streaming


@pytest.mark.parametrize("annotation, name", [
    (bool, "boolean"), (int, "integer"), (float, "float"), (str, "string"), (dict, "map"), (Dict[str, int], "map"),
    (list, "list"), (List[int], "list"), (Sequence[str], "list"), (tuple, "list"), (bytes, "bytes"), (Any, "any"),
    (Optional[int], "integer"), (Union[int, str], "any"), (Literal["a"], "choice"), (Literal[1], "any"), (object, "any"),
])
def test_types_of_annotations(annotation, name):
    assert type_and_constraints(annotation)[0] == name


def test_tools_are_found_in_modules_classes_and_objects():
    class Mine:
        def __init__(self, factor=2):
            self.factor = factor

        @tool
        def scale(self, value: int) -> int:
            return value * self.factor

        @staticmethod
        @tool
        def zero() -> int:
            return 0

        def not_one(self):
            raise AssertionError

    assert sorted(one.name for one in tools_of(Mine)) == ["scale", "zero"]
    scale = next(one for one in tools_of(Mine(5)) if one.name == "scale")
    assert result_of(_invocation.execute(scale, execute_request("s", "scale", {"value": 3}), context())) == 15
    assert {"add", "shout", "count"} <= {one.name for one in tools_of(toolbox)}
    with pytest.raises(ValueError, match="two tools are named add"):
        tools_of(toolbox.add, toolbox)
    with pytest.raises(ValueError, match="has no function marked with @tool"):
        tools_of(object())


def test_signatures_that_no_call_can_meet_are_refused():
    with pytest.raises(ValueError, match="tool some: parameter rest cannot be given by name"):
        def some(*rest):
            pass

        Tool(some)
    with pytest.raises(ValueError, match="has no parameter b to constrain"):
        Tool(tool(constraints={"b": {"min": 1}})(lambda a: a))


@pytest.mark.parametrize("function, parameters, words", [
    (toolbox.add, {}, "tool add needs the parameter a"), (toolbox.add, {"a": 1, "c": 2}, "tool add has no parameter c; it has a, b"),
    (toolbox.add, {"a": "x"}, "tool add: parameter a: must be a number, got 'x'"), (toolbox.fail, {"words": "mine"}, "RuntimeError: mine"),
    (toolbox.count, {"n": 1}, "tool count answers in chunks"),
])
def test_calls_that_fail_say_why(function, parameters, words):
    response = call(function, **parameters)
    assert not response.success and response.error_message.startswith(words)


def test_one_tool_may_take_the_session_and_the_context_of_its_call():
    def both(n: int, session: SessionContext, context: ToolContext) -> int:
        assert (session, context.session_id) == ("the session", "s")
        return n + 1

    asked = execute_request("s", "both", {"n": 1})
    answer = _invocation.execute(Tool(both), asked, ToolContext("s", lambda _: "the session", {}, None))
    assert result_of(answer) == 2


def test_results_of_every_kind():
    assert result_of(call(toolbox.add, a=1)) == 3.0 and result_of(call(toolbox.add, a="1", b=1)) == 2.0
    assert result_of(call(toolbox.later, value=1)) == 2
    assert result_of(call(toolbox.echo, a=1, b=[None, {"c": 2.5}], d=None)) == {"a": 1, "b": [None, {"c": 2.5}], "d": None}
    assert result_of(call(toolbox.size, data=b"\0\1")) == 2 and result_of(call(toolbox.double, values=b"ab")) == b"abab"
    assert result_of(call(lambda: None)) is None
    response = call(lambda: object())
    assert "the tool's result cannot travel" in response.error_message
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    doubled = result_of(call(toolbox.double, values=numpy.ones(3, dtype="float32")))
    assert doubled.tolist() == [2, 2, 2] and doubled.dtype == "float32"


def test_chunks_end_with_a_final_one_and_close_their_generator():
    chunks = list(_invocation.chunks(Tool(toolbox.count), execute_request("s", "count", {"n": 2}), context()))
    assert [chunk.is_final for chunk in chunks] == [False, False, True]
    assert [payload_of(chunk) for chunk in chunks] == [[0], [1], []]
    later = _invocation.chunks(Tool(toolbox.count_later), execute_request("s", "count_later", {"n": 2}), context())
    assert [payload_of(chunk) for chunk in later] == [[{"value": 0}], [{"value": 1}], []]
    toolbox.closed.clear()
    endless = _invocation.chunks(Tool(toolbox.forever), execute_request("s", "forever", {}), context())
    next(endless)
    endless.close()
    assert toolbox.closed.is_set()


def test_text_in_the_wrappers_of_older_callers_is_what_it_spells():
    from google.protobuf import any_pb2, wrappers_pb2

    packed = any_pb2.Any()
    packed.Pack(wrappers_pb2.StringValue(value="3"))
    raw = any_pb2.Any(type_url="type.googleapis.com/google.protobuf.StringValue", value=b"4")
    request = pb.ExecuteToolRequest(tool_name="add", parameters={"a": packed, "b": raw})
    assert result_of(_invocation.execute(Tool(toolbox.add), request, context())) == 7.0
