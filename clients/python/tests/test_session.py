"""Variables of a session, against a real server."""

import threading
import time
import uuid
from concurrent import futures
from datetime import timedelta

import grpc
import pytest

from snakepit_bridge import (
    AlreadyExists, BatchFailed, ConstraintViolation, InvalidArgument, LimitExceeded, PreconditionFailed, SessionContext,
    SessionNotFound, SnakepitError, Unavailable, VariableNotFound, VariableNotFoundError, VariableType, VersionConflict,
    VersionNotFound,
)
from snakepit_bridge._proto import snakepit_bridge_pb2 as pb
from snakepit_bridge._proto import snakepit_bridge_pb2_grpc as pb_grpc


class Counted:
    """A stub that counts the calls that go through it, and has those fail that it is told to."""

    def __init__(self, stub):
        self._stub = stub
        self.calls = []
        self.lose_replies = 0

    def __getattr__(self, name):
        method = getattr(self._stub, name)

        def call(request, **options):
            self.calls.append((name, request))
            reply = method(request, **options)
            if self.lose_replies:
                self.lose_replies -= 1
                raise LostReply()
            return reply

        return call


class LostReply(grpc.RpcError):
    def code(self):
        return grpc.StatusCode.UNAVAILABLE

    def details(self):
        return "Socket closed"


@pytest.fixture
def counted(sidecar, session):
    with grpc.insecure_channel(sidecar.address) as channel:
        stub = Counted(pb_grpc.BridgeServiceStub(channel))
        yield SessionContext(stub, session.session_id), stub


def test_a_variable_is_registered_read_set_and_deleted(session):
    identifier = session.register_variable("temperature", "float", 0.7, {"min": 0, "max": 2}, {"unit": "none"})
    assert session.get_variable("temperature") == session.get_variable(identifier) == 0.7
    assert session.update_variable("temperature", 1) == 1 and session["temperature"] == 1.0
    assert session.set_variable(identifier, 1.5) == 2 and session.variable("temperature").value == 1.5
    info = session.describe_variable("temperature")
    assert (info.id, info.type, info.version, info.source) == (identifier, "float", 2, "python")
    assert info.constraints == {"min": 0, "max": 2} and info.metadata == {"unit": "none", "source": "python"}
    session.delete_variable("temperature")
    assert "temperature" not in session and list(session) == []


def test_registering_again_changes_nothing_and_another_type_is_refused(session):
    identifier = session.register_variable("x", VariableType.INTEGER, 1)
    session["x"] = 5
    assert session.register_variable("x", "INTEGER", 1) == identifier and session["x"] == 5
    with pytest.raises(AlreadyExists, match="x"):
        session.register_variable("x", "float", 1.0)


def test_errors_are_of_their_kind_and_have_the_servers_words(session):
    session.register_variable("x", "float", 1, {"max": 2})
    with pytest.raises(VariableNotFoundError) as missing:
        session.get_variable("nowhere")
    assert isinstance(missing.value, KeyError) and VariableNotFound is VariableNotFoundError
    assert str(missing.value) == "Variable not found: nowhere" and missing.value.code is grpc.StatusCode.NOT_FOUND
    with pytest.raises(ConstraintViolation, match="Variable x: value 3.0 is above maximum 2") as broken:
        session["x"] = 3
    assert isinstance(broken.value, ValueError)
    with pytest.raises(VersionConflict, match="expected version 4, current version is 0") as conflict:
        session.update_variable("x", 1, expected_version=4)
    assert conflict.value.current_version == 0
    with pytest.raises(InvalidArgument, match="Invalid constraints"):
        session.register_variable("y", "float", 1, {"maximum": 2})
    with pytest.raises(VersionNotFound, match="Version not found: 9"):
        session.rollback_variable("x", 9)
    with pytest.raises(LimitExceeded, match="1000"):
        session.watch(*(f"n{index}" for index in range(1001)))


def test_a_session_that_has_ended_is_not_found(sidecar):
    context = SessionContext.connect(sidecar.address, f"python-{uuid.uuid4()}")
    context["x"] = 1
    assert context.heartbeat() and context.cleanup() == 1 and not context.heartbeat()
    with pytest.raises(SessionNotFound, match=f"Session not found: {context.session_id}"):
        context.get_variable("x")
    assert "x" not in context
    context.close()


def test_a_version_zero_is_a_version_to_expect(session):
    session.register_variable("x", "integer", 1)
    assert session.update_variable("x", 2, expected_version=0) == 1
    with pytest.raises(VersionConflict):
        session.update_variable("x", 3, expected_version=0)


def test_assigning_registers_by_the_values_type_unless_strict(session, sidecar):
    values = {"b": True, "i": 10 ** 40, "f": 0.5, "s": "text", "m": {"a": 1}, "l": [1, "two"]}
    for name, value in values.items():
        session[name] = value
    session.v.attribute = 3
    assert {entry["name"]: entry["type"] for entry in session.list_variables()} == {
        "b": "boolean", "i": "integer", "f": "float", "s": "string", "m": "map", "l": "list", "attribute": "integer"}
    assert all(session[name] == value for name, value in values.items()) and session.v.attribute == 3
    with SessionContext.connect(sidecar.address, session.session_id, strict_mode=True) as strict:
        strict["i"] = 2
        for assign in (lambda: strict.__setitem__("new", 1), lambda: setattr(strict.v, "new", 1)):
            with pytest.raises(VariableNotFoundError, match="register_variable"):
                assign()
    assert not hasattr(session.v, "nowhere") and getattr(session.v, "nowhere", 7) == 7


def test_a_context_over_a_stub_is_as_the_public_client_has_it(sidecar):
    from snakepit_bridge.session_context import SessionContext, VariableNotFoundError, VariableProxy  # noqa: F401
    from snakepit_bridge.types import VariableType, validate_constraints

    with pytest.raises(ValueError):
        validate_constraints(3.0, VariableType.FLOAT, {"max": 2})
    session_id = f"python-{uuid.uuid4()}"
    with grpc.insecure_channel(sidecar.address) as channel:
        stub = pb_grpc.BridgeServiceStub(channel)
        with SessionContext(stub, session_id, strict_mode=False) as context:
            context.register_variable("x", VariableType.FLOAT, 0.5, constraints={"min": 0}, metadata={}, ttl=timedelta(seconds=1))
            context.set_cache_ttl(timedelta(seconds=2))
            assert context.get_variables(["x"]) == {"x": 0.5}
            assert context.update_variables({"x": 0.7}, atomic=True, metadata={"by": "me"}) == {"x": True}
            assert context.elixir_tools == {}
        # Leaving the block has ended the session.
        assert not SessionContext(stub, session_id).heartbeat()


def test_batches_tell_each_failure_and_atomic_ones_apply_nothing(session):
    session.register_variable("x", "integer", 0, {"max": 9})
    session.register_variable("y", "integer", 0)
    assert session.update_variables({"x": 10, "y": 1}) == {"x": "Variable x: value 10 is above maximum 9", "y": True}
    assert session.update_variables({"x": 10, "y": 2}, atomic=True) == {"x": "Variable x: value 10 is above maximum 9"}
    assert session.get_variables(["x", "y"]) == {"x": 0, "y": 1}
    with pytest.raises(BatchFailed, match="above maximum 9") as failed:
        with session.batch_updates() as batch:
            batch["x"], batch["y"] = 11, 3
    assert list(failed.value.errors) == ["x"] and session["y"] == 3
    with pytest.raises(VariableNotFoundError, match="never, nowhere"):
        session.update_variables({"x": 1, "nowhere": 1, "never": 1}, atomic=True)
    assert session["x"] == 0
    assert session.update_variables({"x": 1, "nowhere": 1, "never": 1}) == {
        "x": True, "nowhere": "Variable not found: nowhere", "never": "Variable not found: never"}
    conflict = session.update_variables({"x": 1, "y": 4}, atomic=True, expected_versions={"x": 7})
    assert "expected version 7" in conflict["x"] and session["y"] == 3


def test_more_than_a_batch_holds_is_sent_in_parts(session):
    names = [f"n{index}" for index in range(1500)]
    for name in names:
        session.register_variable(name, "integer", 0)
    assert all(result is True for result in session.update_variables({name: 1 for name in names}).values())
    assert sum(session.get_variables(names).values()) == 1500


def test_an_exception_in_a_batch_sets_nothing(session):
    session["x"] = 1
    with pytest.raises(RuntimeError, match="mine"):
        with session.batch_updates() as batch:
            batch["x"] = 2
            raise RuntimeError("mine")
    assert session["x"] == 1


def test_history_and_rollback(session):
    session["x"] = 1
    session.update_variable("x", 2, {"changed_by": "me"})
    assert session.rollback_variable("x", 0) == 2 and session["x"] == 1
    assert [(entry.version, entry.value) for entry in session.get_history("x")] == [(2, 1), (1, 2), (0, 1)]
    assert session.get_history("x", 2)[1].changed_by == "me"


def test_dependencies_and_optimization(session):
    session["base"], session["derived"] = 1, 2
    session.add_dependency("derived", "base")
    with pytest.raises(PreconditionFailed, match="derived"):
        session.delete_variable("base")
    with pytest.raises(PreconditionFailed, match="cycle"):
        session.add_dependency("base", "derived", "constraint")
    assert session.start_optimization("base", "tuner", {"rounds": "3"})
    assert session.describe_variable("base").optimizer_id == "tuner"
    with pytest.raises(PreconditionFailed):
        session["base"] = 5
    session.update_variable("base", 6, {"optimizer_id": "tuner"})
    with pytest.raises(SnakepitError):
        session.stop_optimization("base", "somebody")
    assert session.stop_optimization("base", "tuner") == 6 and not session.describe_variable("base").optimizing


def test_constraints_are_replaced_unless_the_value_breaks_them(session):
    session.register_variable("x", "integer", 5, {"max": 9})
    session.update_variable_constraints("x", {"max": 6}, {"why": "test"})
    assert session.describe_variable("x").constraints == {"max": 6}
    with pytest.raises(PreconditionFailed):
        session.update_variable_constraints("x", {"max": 4})
    session.update_variable_constraints("x", {})
    session["x"] = 100
    without = SessionContext(session.stub, session.session_id)
    with pytest.raises(SnakepitError, match="needs a channel"):
        without.update_variable_constraints("x", {})


def test_a_session_tells_of_itself(sidecar):
    with SessionContext.connect(
            sidecar.address, f"python-{uuid.uuid4()}", metadata={"team": "a"}, ttl_seconds=100, history_limit=2,
            end_on_exit=True) as context:
        for value in range(5):
            context["x"] = value
        info = context.get_session()
        assert (info.metadata, info.variable_count) == ({"team": "a"}, 1)
        assert info.revision == context.describe_variable("x").revision
        assert 50 < (info.expires_at - info.created_at).total_seconds() < 150
        assert len(context.get_history("x")) == 2


def test_values_that_were_read_are_not_asked_for_again_until_they_may_be_old(counted, other):
    context, stub = counted
    other["x"] = 1
    assert context["x"] == context["x"] == context.get_variables(["x"])["x"] == 1 and len(stub.calls) == 1
    context.clear_cache()
    assert context["x"] == 1 and len(stub.calls) == 2
    context.set_cache_ttl(0)
    other["x"] = 2
    assert context["x"] == 2 and len(stub.calls) == 3
    context.set_cache_ttl(timedelta(hours=1))
    context["x"] = 3
    assert context["x"] == 3 and context["x"] == 3
    assert [name for name, _ in stub.calls[3:]] == ["SetVariable", "GetVariable"]
    assert context.get_variable("x", bypass_cache=True) == 3 and len(stub.calls) == 6


def test_binary_values_come_out_of_the_cache_as_they_were(counted):
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    context, stub = counted
    context["embedding"] = numpy.arange(2000, dtype="float32")
    context["tensor"] = numpy.arange(6).reshape(2, 3)
    for _ in range(2):
        assert context["embedding"].dtype == "float32" and context["embedding"].sum() == 1999 * 1000
        assert context["tensor"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert [name for name, _ in stub.calls].count("GetVariable") == 2 + 2
    context["tensor"][0][0] = 99
    assert context["tensor"][0][0] == 0
    assert context.list_variables("t*")[0]["value"].shape == (2, 3)
    assert context.get_history("tensor")[0].value["shape"] == [2, 3]


def test_embeddings_and_tensors_are_registered_with_their_constraints(session):
    session.register_variable("e", "embedding", [1, 2.5, 3], {"dimensions": 3})
    session.register_variable("t", "tensor", [[1, 2], [3, 4]], {"shape": [2, 2]})
    assert session["e"] == [1, 2.5, 3]
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    session["e"] = numpy.ones(3)
    with pytest.raises(ConstraintViolation, match="must have exactly 3 dimensions"):
        session["e"] = numpy.ones(4)
    with pytest.raises(ConstraintViolation, match="shape must be"):
        session["t"] = numpy.ones((2, 3))
    assert session["t"].tolist() == [[1, 2], [3, 4]]


def test_a_value_that_cannot_be_read_hides_no_other(session):
    session["x"] = 1
    session.stub.RegisterVariable(pb.RegisterVariableRequest(
        session_id=session.session_id, name="old", type="embedding", initial_binary_value=b"\x80\x04K\x01.",
        initial_value={"type_url": "type.googleapis.com/snakepit.embedding.binary",
                       "value": b'{"shape": [1], "dtype": "float32", "binary_format": "pickle"}'}))
    listed = session.list_variables()
    assert listed[0]["value"] == 1 and "never unpickled" in listed[1]["value"].reason
    with pytest.raises(ValueError, match="never unpickled"):
        session.get_variable("old")


def test_a_name_that_was_given_to_another_type_is_set_as_that(counted, other):
    context, _ = counted
    context["x"] = 1
    assert context["x"] == 1
    other.delete_variable("x")
    other["x"] = "text"
    context["x"] = "more"
    assert context["x"] == "more"
    other.delete_variable("x")
    other["x"] = [1]
    context.update_variable("x", [2])
    assert other.get_variable("x", bypass_cache=True) == [2]


def test_a_set_whose_answer_was_lost_is_sent_again_and_applied_once(counted):
    context, stub = counted
    context["x"] = 0
    stub.calls.clear()
    stub.lose_replies = 2
    assert context.update_variable("x", 1) == 1
    sent = [request for name, request in stub.calls if name == "SetVariable"]
    assert len(sent) == 3 and len({request.request_id for request in sent}) == 1 and sent[0].request_id
    assert context.describe_variable("x").version == 1
    stub.lose_replies = 1
    assert context.update_variables({"x": 2}) == {"x": True} and context.describe_variable("x").version == 2
    stub.lose_replies = 1
    context.register_variable("y", "integer", 1)
    stub.lose_replies = 1
    assert context.rollback_variable("x", 0) == 3
    stub.lose_replies = 1
    context.delete_variable("y")


def test_a_request_id_of_ones_own_makes_a_mutation_one(session):
    session["x"] = 0
    assert session.update_variable("x", 1, request_id="mine") == session.update_variable("x", 1, request_id="mine") == 1
    with pytest.raises(InvalidArgument):
        session.update_variable("x", 2, request_id="mine")


def test_a_server_that_is_not_there_is_unavailable_after_the_time_allowed():
    began = time.monotonic()
    with pytest.raises(Unavailable) as failure:
        SessionContext.connect("localhost:1", "nowhere", timeout=0.5)
    assert isinstance(failure.value, ConnectionError) and time.monotonic() - began < 10


def test_many_threads_share_a_context(session):
    session.register_variable("sum", "integer", 0)

    def add(_):
        while True:
            info = session.describe_variable("sum")
            try:
                return session.update_variable("sum", info.value + 1, expected_version=info.version)
            except VersionConflict:
                continue

    with futures.ThreadPoolExecutor(16) as pool:
        versions = list(pool.map(add, range(100)))
    assert sorted(versions) == list(range(1, 101)) and session["sum"] == 100


def test_a_context_reads_what_it_has_written_whatever_other_threads_read(session):
    """A read that began before a write must not bring the old value into the cache after it."""
    session.register_variable("x", "integer", 0)
    stop = threading.Event()

    def read():
        while not stop.is_set():
            session.get_variable("x")
            session.get_variable("x", bypass_cache=True)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for value in range(1, 200):
            session["x"] = value
            assert session["x"] == value
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def test_heartbeats_keep_a_session_that_nobody_uses(sidecar):
    context = SessionContext.connect(sidecar.address, f"python-{uuid.uuid4()}", ttl_seconds=3, end_on_exit=True)
    with context:
        context.start_heartbeats(0.3)
        probe = SessionContext.connect(sidecar.address, f"python-{uuid.uuid4()}", ttl_seconds=3)
        deadline = time.monotonic() + 20
        # The other, of the same time to live, goes; looking at it by listing does not use it.
        while any(one.session_id == probe.session_id for one in sessions(context)):
            assert time.monotonic() < deadline, "the session that nobody uses is still there"
            time.sleep(0.2)
        assert any(one.session_id == context.session_id for one in sessions(context))
        probe.close()


def sessions(context):
    from snakepit_bridge._calls import Stubs
    from snakepit_bridge._proto import snakepit_sessions_pb2 as sessions_pb

    return Stubs.over(context.channel).sessions.ListSessions(sessions_pb.ListSessionsRequest(pattern="python-*", page_size=1000)).sessions
