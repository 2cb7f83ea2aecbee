"""AddDependency, StartOptimization, StopOptimization."""

import json

from grpc import StatusCode

from bridge import Session, any_of, value_of
from checks import check, equal, holds, refused
from watch_checks import changes

LOCKED = StatusCode.FAILED_PRECONDITION


@check
def dependency_tells_watchers_of_the_dependent(bridge):
    session = pair(bridge)
    stream = session.watch("from")
    revision = session.set("to", 1).revision
    update, = changes(stream, 1)
    equal((update.update_type, update.variable.name, update.revision), ("dependency_change", "from", revision + 1))
    stream.cancel()


@check
def dependency_keeps_what_others_need(bridge):
    session = pair(bridge)
    refused(LOCKED, "", session.call, "DeleteVariable", variable_identifier="to")
    session.call("DeleteVariable", variable_identifier="from")
    holds(session.call("DeleteVariable", variable_identifier="to").success, "not deleted")


@check
def dependency_that_closes_a_cycle_is_refused(bridge):
    session = pair(bridge)
    refused(LOCKED, "from", session.call,
            "AddDependency", from_variable="to", to_variable="from", dependency_type="data")


@check
def dependency_of_an_unknown_type_is_refused(bridge):
    session = pair(bridge)
    refused(StatusCode.INVALID_ARGUMENT, "marriage", session.call,
            "AddDependency", from_variable="from", to_variable="to", dependency_type="marriage")


@check
def optimization_locks_out_everyone_but_its_holder(bridge):
    session = held(bridge)
    status = session.get("x").optimization_status
    equal((status.optimizing, status.optimizer_id), (True, "holder"))
    refused(LOCKED, "holder", session.set, "x", 1)
    refused(LOCKED, "holder", session.set, "x", 1, metadata={"optimizer_id": "other"})
    refused(LOCKED, "holder", session.call, "DeleteVariable", variable_identifier="x")
    refused(LOCKED, "holder", session.call, "RollbackVariable", variable_identifier="x", target_version=0)
    refused(LOCKED, "holder", session.call, "StartOptimization", variable_identifier="x", optimizer_id="other")
    answer = session.call("SetVariables", updates={"x": any_of("integer", 1)}, atomic=True)
    equal((answer.success, list(answer.errors)), (False, ["x"]))
    equal(session.set("x", 1, metadata={"optimizer_id": "holder"}).new_version, 1)


@check
def optimization_is_stopped_by_its_holder(bridge):
    session = held(bridge)
    session.set("x", 8, metadata={"optimizer_id": "holder"})
    answer = session.call("StopOptimization", variable_identifier="x", optimizer_id="holder")
    equal((answer.success, json.loads(answer.final_value.value)), (True, 8))
    session.set("x", 9)
    equal((value_of(session.get("x")), session.get("x").optimization_status.optimizing), (9, False))


@check
def optimization_is_stopped_by_another_only_with_force(bridge):
    session = held(bridge)
    refused(LOCKED, "holder", session.call, "StopOptimization", variable_identifier="x", optimizer_id="other")
    holds(session.call("StopOptimization", variable_identifier="x", optimizer_id="other", force=True).success,
          "not stopped")


@check
def optimization_is_a_change_that_watchers_are_told(bridge):
    session = Session(bridge)
    session.register("x")
    stream = session.watch("x")
    session.call("StartOptimization", variable_identifier="x", optimizer_id="holder")
    session.call("StopOptimization", variable_identifier="x", optimizer_id="holder")
    equal([one.update_type for one in changes(stream, 2)], ["optimization_change"] * 2)
    stream.cancel()


def pair(bridge):
    """A session where the variable `from` depends on the variable `to`."""
    session = Session(bridge)
    session.register("from")
    session.register("to")
    answer = session.call("AddDependency", from_variable="from", to_variable="to", dependency_type="data")
    holds(answer.success, answer.error_message)
    return session


def held(bridge):
    """A session whose variable `x` is locked by the optimizer `holder`."""
    session = Session(bridge)
    session.register("x")
    answer = session.call("StartOptimization", variable_identifier="x", optimizer_id="holder")
    holds(answer.success and answer.optimization_id, f"not started: {answer.error_message!r}")
    return session
