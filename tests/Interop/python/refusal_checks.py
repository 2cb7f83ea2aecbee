"""What is refused, by status code."""

import uuid

from grpc import StatusCode

from bridge import Session, any_of, raw_any
from checks import check, equal, refused

# Every RPC that needs a session, with the rest of a request that is in order.
NEED_SESSION = {
    "GetSession": {},
    "GetVariable": {"variable_identifier": "x"},
    "SetVariable": {"variable_identifier": "x", "value": any_of("integer", 1)},
    "GetVariables": {"variable_identifiers": ["x"]},
    "SetVariables": {"updates": {"x": any_of("integer", 1)}},
    "ListVariables": {},
    "DeleteVariable": {"variable_identifier": "x"},
    "WatchVariables": {},
    "AddDependency": {"from_variable": "x", "to_variable": "y", "dependency_type": "data"},
    "StartOptimization": {"variable_identifier": "x", "optimizer_id": "me"},
    "StopOptimization": {"variable_identifier": "x"},
    "GetVariableHistory": {"variable_identifier": "x"},
    "RollbackVariable": {"variable_identifier": "x"},
}

# Those whose answer is a refusal where a variable is not there.
NEED_VARIABLE = (
    "GetVariable", "SetVariable", "DeleteVariable", "AddDependency", "StartOptimization", "StopOptimization",
    "GetVariableHistory", "RollbackVariable",
)

TOO_MUCH = (StatusCode.RESOURCE_EXHAUSTED, StatusCode.INVALID_ARGUMENT)


@check
def not_found_for_an_unknown_session(bridge):
    for rpc, fields in NEED_SESSION.items():
        session_id = str(uuid.uuid4())
        refused(StatusCode.NOT_FOUND, f"Session not found: {session_id}", bridge.call, rpc, session_id=session_id, **fields)


@check
def not_found_for_an_unknown_variable(bridge):
    session = Session(bridge)
    for rpc in NEED_VARIABLE:
        refused(StatusCode.NOT_FOUND, "Variable not found: x", session.call, rpc, **NEED_SESSION[rpc])


@check
def invalid_argument_for_a_session_without_a_name(bridge):
    refused(StatusCode.INVALID_ARGUMENT, "", bridge.call, "InitializeSession", session_id="")


@check
def invalid_argument_for_a_variable_without_a_name(bridge):
    refused(StatusCode.INVALID_ARGUMENT, "", Session(bridge).register, "")


@check
def invalid_argument_for_an_unknown_type(bridge):
    refused(StatusCode.INVALID_ARGUMENT, "colour", Session(bridge).register, "x", "colour", 1)


@check
def invalid_argument_for_a_value_that_is_no_json(bridge):
    session = Session(bridge)
    session.register("x")
    refused(StatusCode.INVALID_ARGUMENT, "", session.call,
            "SetVariable", variable_identifier="x", value=raw_any("dspex.variables/integer", "{nonsense"))


@check
def invalid_argument_for_constraints_that_mean_nothing(bridge):
    session = Session(bridge)
    for constraints in ("{nonsense", '{"colour": "red"}', '{"min": "low"}', "[1]"):
        refused(StatusCode.INVALID_ARGUMENT, "Invalid constraints: ", session.call,
                "RegisterVariable", name="x", type="integer", initial_value=any_of("integer", 1),
                constraints_json=constraints)


@check
def already_exists_for_another_type_or_other_constraints(bridge):
    session = Session(bridge)
    session.register("x")
    refused(StatusCode.ALREADY_EXISTS, "x", session.register, "x", "string", "text")
    refused(StatusCode.ALREADY_EXISTS, "x", session.register, "x", constraints={"min": 0})


@check
def already_exists_for_a_name_that_is_an_id(bridge):
    session = Session(bridge)
    identifier = session.register("x").variable_id
    refused(StatusCode.ALREADY_EXISTS, identifier, session.register, identifier)


@check
def resource_exhausted_for_a_name_that_is_too_long(bridge):
    refused(TOO_MUCH, "256", Session(bridge).register, "n" * 300)


@check
def resource_exhausted_for_a_session_id_that_is_too_long(bridge):
    refused(TOO_MUCH, "256", bridge.call, "InitializeSession", session_id="s" * 300)


@check
def resource_exhausted_for_a_batch_that_is_too_large(bridge):
    names = [f"x{number}" for number in range(1001)]
    session = Session(bridge)
    refused(TOO_MUCH, "1000", session.call, "GetVariables", variable_identifiers=names)
    refused(TOO_MUCH, "1000", session.call, "SetVariables", updates={name: any_of("integer", 1) for name in names})


@check
def resource_exhausted_for_metadata_that_are_too_many(bridge):
    metadata = {f"key{number}": "" for number in range(65)}
    refused(TOO_MUCH, "64", Session(bridge).register, "x", metadata=metadata)


@check
def resource_exhausted_for_a_value_that_is_too_large(bridge):
    refused(TOO_MUCH, str(16 * 1024 * 1024), Session(bridge).register, "x", "string", "v" * (16 * 1024 * 1024 + 1))


@check
def aborted_with_the_current_version_where_another_was_expected(bridge):
    session = Session(bridge)
    session.register("x")
    session.set("x", 1)
    session.set("x", 2)
    refused(StatusCode.ABORTED, "2", session.set, "x", 3, expected_version=1)


@check
def failed_precondition_for_a_variable_that_others_need(bridge):
    session = Session(bridge)
    session.register("x")
    session.register("y")
    session.call("AddDependency", from_variable="y", to_variable="x", dependency_type="data")
    refused(StatusCode.FAILED_PRECONDITION, "y", session.call, "DeleteVariable", variable_identifier="x")


@check
def invalid_argument_for_bytes_that_are_no_message(bridge):
    method = bridge.channel.unary_unary("/snakepit.bridge.BridgeService/Ping")
    refused(StatusCode.INVALID_ARGUMENT, "", method, b"\x0a\xff", timeout=10)


@check
def internal_for_two_messages_where_one_is_due(bridge):
    method = bridge.channel.stream_unary("/snakepit.bridge.BridgeService/Ping")
    refused(StatusCode.INTERNAL, "one", method, iter([b"", b""]), timeout=10)


@check
def words_of_a_refusal_arrive_as_they_are_in_any_script(bridge):
    name = "größe 100% \u4f60\n\U0001f600"
    error = refused(StatusCode.NOT_FOUND, "not found", Session(bridge).call, "GetVariable", variable_identifier=name)
    equal(error.details(), f"Variable not found: {name}")


@check
def unimplemented_for_an_unknown_method(bridge):
    method = bridge.channel.unary_unary("/snakepit.bridge.BridgeService/Dance")
    refused(StatusCode.UNIMPLEMENTED, "", method, b"", timeout=10)


@check
def unimplemented_for_an_unknown_service(bridge):
    method = bridge.channel.unary_unary("/no.such.Service/Dance")
    refused(StatusCode.UNIMPLEMENTED, "", method, b"", timeout=10)
