"""Variables: register, get, set, list, delete, one by one and in batches; request ids; history and rollback."""

import json

from grpc import StatusCode

from bridge import Session, any_of, value_of
from checks import check, equal, holds, refused


@check
def register_variable_makes_the_session_too(bridge):
    session = Session(bridge)
    session.call("CleanupSession")
    answer = session.register("x", value=3)
    holds(answer.success and answer.variable_id.startswith("var_x_"), f"odd id {answer.variable_id!r}")
    equal((answer.variable.name, answer.variable.version, value_of(answer.variable)), ("x", 0, 3))


@check
def register_variable_again_finds_the_one_that_is_there(bridge):
    session = Session(bridge)
    first = session.register("x", value=3, constraints={"min": 0})
    again = session.register("x", value=9, constraints={"min": 0})
    equal((again.variable_id, again.already_registered), (first.variable_id, True))
    equal(value_of(session.get("x")), 3)


@check
def get_variable_by_name_and_by_id(bridge):
    session = Session(bridge)
    identifier = session.register("x", value=3, metadata={"unit": "K", "source": "python"}).variable_id
    for found in (session.get("x"), session.get(identifier)):
        equal((found.id, found.name, found.type, found.metadata["unit"]), (identifier, "x", "integer", "K"))
        equal(found.source, found.PYTHON)


@check
def set_variable_counts_versions_and_merges_metadata(bridge):
    session = Session(bridge)
    session.register("x", metadata={"unit": "K"})
    equal([session.set("x", value, metadata={"by": "me"}).new_version for value in (5, 6)], [1, 2])
    found = session.get("x")
    equal((value_of(found), found.version, dict(found.metadata)), (6, 2, {"unit": "K", "by": "me"}))


@check
def set_variable_only_at_the_expected_version(bridge):
    session = Session(bridge)
    session.register("x")
    equal(session.set("x", 1, expected_version=0).new_version, 1)
    refused(StatusCode.ABORTED, "1", session.set, "x", 2, expected_version=0)
    equal(value_of(session.get("x")), 1)


@check
def get_variables_finds_some_and_names_those_missing(bridge):
    session = Session(bridge)
    session.register("x", value=1)
    session.register("y", value=2)
    answer = session.call("GetVariables", variable_identifiers=["x", "nowhere", "y"])
    equal(sorted((one.name, value_of(one)) for one in answer.variables.values()), [("x", 1), ("y", 2)])
    equal(list(answer.missing_variables), ["nowhere"])


@check
def set_variables_all_or_nothing(bridge):
    session = Session(bridge)
    session.register("x")
    session.register("y", constraints={"max": 10})
    batch = {"x": any_of("integer", 1), "y": any_of("integer", 11)}
    answer = session.call("SetVariables", updates=batch, atomic=True)
    equal((answer.success, list(answer.errors), dict(answer.new_versions)), (False, ["y"], {}))
    equal(value_of(session.get("x")), 0)
    answer = session.call("SetVariables", updates={"x": any_of("integer", 1), "y": any_of("integer", 2)}, atomic=True)
    equal((answer.success, dict(answer.errors), dict(answer.new_versions)), (True, {}, {"x": 1, "y": 1}))


@check
def set_variables_each_for_itself(bridge):
    session = Session(bridge)
    session.register("x")
    batch = {"x": any_of("integer", 1), "nowhere": any_of("integer", 1)}
    answer = session.call("SetVariables", updates=batch)
    equal((answer.success, list(answer.errors), dict(answer.new_versions)), (True, ["nowhere"], {"x": 1}))
    answer = session.call("SetVariables", updates={"nowhere": any_of("integer", 1)})
    equal((answer.success, list(answer.errors)), (False, ["nowhere"]))


@check
def set_variables_only_at_the_expected_versions(bridge):
    session = Session(bridge)
    session.register("x")
    batch = {"x": any_of("integer", 1)}
    answer = session.call("SetVariables", updates=batch, expected_versions={"x": 4}, atomic=True)
    equal((answer.success, list(answer.errors)), (False, ["x"]))


@check
def list_variables_oldest_first_by_pattern(bridge):
    session = Session(bridge)
    for name in ("b.one", "a.two", "b.three", "axb"):
        session.register(name)
    for pattern, names in (("", "b.one a.two b.three axb"), ("b.*", "b.one b.three"), ("a.*", "a.two"), ("*b", "axb")):
        equal(" ".join(one.name for one in session.call("ListVariables", pattern=pattern).variables), names)


@check
def delete_variable_removes_it(bridge):
    session = Session(bridge)
    session.register("x")
    holds(session.call("DeleteVariable", variable_identifier="x").success, "not deleted")
    refused(StatusCode.NOT_FOUND, "Variable not found: x", session.get, "x")
    holds(not session.register("x").already_registered, "the deleted variable is still there")


@check
def the_same_request_id_takes_effect_once(bridge):
    session = Session(bridge)
    session.register("x")
    first = session.set("x", 1, request_id="r-1")
    equal(session.set("x", 1, request_id="r-1"), first)
    equal(session.get("x").version, 1)
    refused(StatusCode.INVALID_ARGUMENT, "", session.set, "x", 2, request_id="r-1")


@check
def get_variable_history_newest_first(bridge):
    session = Session(bridge)
    session.register("x", value=10, metadata={"source": "python"})
    session.set("x", 11, metadata={"changed_by": "ann"})
    session.set("x", 12, metadata={"changed_by": "bob"})
    entries = session.call("GetVariableHistory", variable_identifier="x").entries
    equal([(one.version, json.loads(one.value.value), one.changed_by) for one in entries],
          [(2, 12, "bob"), (1, 11, "ann"), (0, 10, "python")])
    entries = session.call("GetVariableHistory", variable_identifier="x", limit=2).entries
    equal([one.version for one in entries], [2, 1])


@check
def rollback_variable_makes_a_new_version_of_an_old_value(bridge):
    session = Session(bridge)
    session.register("x", value=10)
    session.set("x", 11)
    answer = session.call("RollbackVariable", variable_identifier="x", target_version=0)
    equal((answer.success, answer.variable.version, value_of(answer.variable)), (True, 2, 10))
    refused(StatusCode.NOT_FOUND, "not found", session.call,
            "RollbackVariable", variable_identifier="x", target_version=99)
