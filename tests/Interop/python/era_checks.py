"""Clients of the protocol's earlier days: they know fewer fields, and each its own prefix of a value's type."""

import json
import pickle
import uuid

import grpc
from grpc import StatusCode

from bridge import DSPEX, SNAKEPIT, Session, any_of, value_of
from checks import check, equal, holds, refused
from old_messages import OldBridge


@check
def old_client_registers_reads_and_writes(bridge):
    session = OldSession(bridge)
    equal(list(session.call("GetExposedElixirTools").tools), [])
    answer = session.register("temperature", "float", 0.7, {"min": 0, "max": 2}, metadata={"source": "python"})
    holds(answer.success and answer.variable_id, f"not registered: {answer.error_message!r}")
    equal(session.value("temperature"), (SNAKEPIT + "float", 0.7))
    answer = session.set("temperature", "float", 1.2)
    equal((answer.success, answer.new_version), (True, 1))
    equal(session.value("temperature"), (SNAKEPIT + "float", 1.2))
    equal(session.call("CleanupSession", force=True).resources_cleaned, 1)


@check
def old_client_that_finds_nothing_registers_what_it_wanted_to_set(bridge):
    session = OldSession(bridge)
    for name, type_name, value in (("count", "integer", 3), ("label", "string", "a"), ("flag", "boolean", True),
                                   ("table", "map", {"a": 1}), ("row", "list", [1, 2])):
        try:
            session.call("GetVariable", variable_identifier=name)
            raise AssertionError(f"{name} is there already")
        except grpc.RpcError as error:
            holds("not found" in str(error).lower(), f"the client looks for 'not found' in {str(error)!r}")
        session.register(name, type_name, value)
        equal(session.value(name), (SNAKEPIT + type_name, value))


@check
def old_client_lists_by_pattern_with_constraints(bridge):
    session = OldSession(bridge)
    session.register("temp_in", "float", 1, {"min": 0})
    session.register("temp_out", "float", 2)
    session.register("other", "float", 3)
    found = session.call("ListVariables", pattern="temp_*").variables
    equal([(one.name, one.version, one.optimization_status.optimizing) for one in found],
          [("temp_in", 0, False), ("temp_out", 0, False)])
    equal([json.loads(one.constraints_json or "{}") for one in found], [{"min": 0}, {}])


@check
def old_client_sends_long_embeddings_as_bytes(bridge):
    session = OldSession(bridge)
    embedding = [number / 7 for number in range(2000)]
    content = pickle.dumps(embedding, protocol=pickle.HIGHEST_PROTOCOL)
    descriptor = {"shape": [2000], "dtype": "float32", "binary_format": "pickle", "type": "embedding"}
    session.register("e", "embedding.binary", descriptor, {"dimensions": 2000}, type="embedding",
                     initial_binary_value=content)
    found = session.call("GetVariable", variable_identifier="e").variable
    equal((found.value.type_url, pickle.loads(found.binary_value)), (SNAKEPIT + "embedding.binary", embedding))
    changed = pickle.dumps(embedding[::-1], protocol=pickle.HIGHEST_PROTOCOL)
    answer = session.call("SetVariables", updates={"e": old_any("embedding.binary", descriptor)}, binary_updates={"e": changed})
    equal((answer.success, dict(answer.new_versions)), (True, {"e": 1}))
    equal(session.call("GetVariable", variable_identifier="e").variable.binary_value, changed)


@check
def old_client_keeps_the_good_results_of_a_batch(bridge):
    session = OldSession(bridge)
    session.register("good", "integer", 1)
    session.register("bad", "integer", 1, {"max": 5})
    batch = {"good": old_any("integer", 2), "bad": old_any("integer", 9)}
    answer = session.call("SetVariables", updates=batch)
    equal((answer.success, list(answer.errors), dict(answer.new_versions)), (True, ["bad"], {"good": 1}))
    answer = session.call("SetVariables", updates=batch, atomic=True)
    equal((answer.success, list(answer.errors), dict(answer.new_versions)), (False, ["bad"], {}))


@check
def old_client_without_a_version_overwrites_whatever_is_there(bridge):
    session = OldSession(bridge)
    session.register("x", "integer", 1)
    equal([session.set("x", "integer", value).new_version for value in (2, 3)], [1, 2])


@check
def old_client_watches(bridge):
    session = OldSession(bridge)
    session.register("x", "integer", 1)
    stream = session.call("WatchVariables", variable_identifiers=["x"], include_initial_values=True)
    first = next(stream)
    equal((first.update_type, first.variable.name), ("initial_value", "x"))
    session.set("x", "integer", 2)
    told = next(one for one in stream if one.update_type != "heartbeat")
    equal((told.update_type, json.loads(told.variable.value.value), told.variable.version), ("value_change", 2, 1))
    stream.cancel()


@check
def first_clients_register_without_a_session_and_learn_the_variable(bridge):
    session_id = str(uuid.uuid4())
    answer = bridge.call("RegisterVariable", session_id=session_id, name="t", type="float", initial_value=any_of("float", 0.5))
    holds(answer.variable_id.startswith("var_t_"), f"odd id {answer.variable_id!r}")
    found = answer.variable
    equal((found.name, found.value.type_url, value_of(found)), ("t", DSPEX + "float", 0.5))
    for type_name, value in (("string", "a"), ("boolean", True), ("embedding", [0.1, 0.2]),
                             ("tensor", {"shape": [2, 1], "data": [[1], [2]]})):
        bridge.call("RegisterVariable", session_id=session_id, name=type_name, type=type_name,
                    initial_value=any_of(type_name, value))
        found = bridge.call("GetVariable", session_id=session_id, variable_identifier=type_name).variable
        equal((found.value.type_url, value_of(found)), (DSPEX + type_name, value))


@check
def each_reader_sees_the_prefix_of_the_writer(bridge):
    session = Session(bridge)
    session.register("x")
    old = OldSession(bridge, session.id)
    old.set("x", "integer", 1)
    equal(session.get("x").value.type_url, SNAKEPIT + "integer")
    session.set("x", 2)
    equal(old.value("x"), (DSPEX + "integer", 2))
    entries = session.call("GetVariableHistory", variable_identifier="x").entries
    equal([one.value.type_url for one in entries], [DSPEX + "integer", SNAKEPIT + "integer", DSPEX + "integer"])


@check
def old_client_is_refused_like_any_other(bridge):
    session = OldSession(bridge)
    session.register("x", "integer", 1, {"min": 0})
    refused(StatusCode.INVALID_ARGUMENT, "value -1 is below minimum 0", session.set, "x", "integer", -1)


class OldSession:
    def __init__(self, bridge, session_id=None):
        self._bridge = OldBridge(bridge.channel)
        self.id = session_id or f"old-{uuid.uuid4()}"
        if session_id is None:
            self.call("InitializeSession")

    def call(self, rpc, **fields):
        return self._bridge.call(rpc, session_id=self.id, **fields)

    def register(self, name, type_name, value, constraints=None, **fields):
        return self.call("RegisterVariable", **{
            "name": name, "type": type_name, "initial_value": old_any(type_name, value),
            "constraints_json": json.dumps(constraints) if constraints else "", **fields})

    def set(self, name, type_name, value):
        return self.call("SetVariable", variable_identifier=name, value=old_any(type_name, value))

    def value(self, name):
        value = self.call("GetVariable", variable_identifier=name).variable.value
        return value.type_url, json.loads(value.value)


def old_any(type_name, value):
    return {"type_url": SNAKEPIT + type_name, "value": json.dumps(value).encode()}
