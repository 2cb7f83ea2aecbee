"""Watches: order, callbacks, what the cache learns, and going on after the server was killed."""

import queue
import threading
import time
import uuid

import grpc
import pytest

from snakepit_bridge import SessionContext, SessionEnded, SessionNotFound, Unavailable, VariableNotFoundError, launch
from snakepit_bridge import _resume
from snakepit_bridge._cache import VariableCache
from snakepit_bridge._proto import snakepit_bridge_pb2 as pb
from snakepit_bridge.errors import error_of

DEADLINE = 30


def test_every_change_comes_once_in_order_with_its_own_values(session, other, take):
    session["x"] = 0
    watch = session.watch("x")
    for value in range(1, 6):
        other["x"] = value
    updates = take(watch, 5)
    assert [(update.old, update.value) for update in updates] == [(value - 1, value) for value in range(1, 6)]
    assert [update.version for update in updates] == [1, 2, 3, 4, 5] and watch.revision == updates[-1].revision
    assert {update.type for update in updates} == {"value_change"} and updates[0].source == "python"
    watch.close()
    assert list(watch) == []


def test_a_watch_of_the_whole_session_tells_registrations_and_deletions(session, other, take):
    watch = session.watch()
    other["x"] = 1
    other.delete_variable("x")
    registered, deleted = take(watch, 2)
    assert (registered.type, registered.value, registered.old) == ("registered", 1, None)
    assert (deleted.type, deleted.value, deleted.variable.value) == ("deleted", None, 1)


def test_initial_values_come_first_and_patterns_include_later_ones(session, other, take):
    session["a.one"], session["b.one"] = 1, 2
    watch = session.watch(patterns=["a.*"], include_initial_values=True)
    other["b.two"], other["a.two"] = 3, 4
    initial, later = take(watch, 2)
    assert (initial.type, initial.name, initial.value, initial.revision) == ("initial_value", "a.one", 1, 0)
    assert (later.type, later.name, later.value) == ("registered", "a.two", 4)


def test_a_watch_goes_on_from_a_revision_another_has_reached(session, other, take):
    session["x"] = 0
    with session.watch("x") as first:
        other["x"] = 1
        take(first, 1)
        reached = first.revision
    other["x"] = 2
    other["x"] = 3
    assert [update.value for update in take(session.watch("x", from_revision=reached), 2)] == [2, 3]


def test_a_watch_of_what_is_not_there_is_refused_at_once(session, sidecar):
    with pytest.raises(VariableNotFoundError, match="never, nowhere"):
        session.watch("nowhere", "never")
    with SessionContext.connect(sidecar.address, f"python-{uuid.uuid4()}") as ended:
        ended.cleanup()
        with pytest.raises(SessionNotFound):
            ended.watch()


def test_a_watch_ends_with_its_session_and_says_so(session, other, take):
    session["x"] = 1
    watch = session.watch()
    other.cleanup()
    late = threading.Timer(DEADLINE, watch.close)
    late.start()
    assert list(watch) == [] and isinstance(watch.ended, SessionEnded)
    late.cancel()


def test_a_watch_that_is_closed_lets_its_reader_go(session):
    watch = session.watch()
    reader = threading.Thread(target=lambda: list(watch))
    reader.start()
    watch.close()
    reader.join(DEADLINE)
    assert not reader.is_alive() and watch.ended is None


def test_a_context_that_is_closed_ends_its_watches(sidecar, session_id):
    context = SessionContext.connect(sidecar.address, session_id)
    called = context.watch(callback=print)
    iterated = context.watch()
    context.close()
    assert called.join(DEADLINE) and list(iterated) == []


def test_callbacks_get_name_old_new_and_metadata(session, other):
    told = queue.Queue()
    session["x"] = 1
    with session.watch("x", callback=lambda *arguments: told.put(arguments)) as watch:
        other.update_variable("x", 2, {"why": "test"})
        name, old, new, metadata = told.get(timeout=DEADLINE)
        assert (name, old, new) == ("x", 1, 2)
        assert metadata["why"] == "test" and metadata["update_type"] == "value_change" and int(metadata["revision"]) > 0
        other.delete_variable("x")
        name, _, new, metadata = told.get(timeout=DEADLINE)
        assert (name, new, metadata["update_type"]) == ("x", None, "deleted")
    assert watch.join(DEADLINE)


def test_a_callback_that_fails_does_not_end_its_watch(session, other, caplog):
    told = queue.Queue()

    def callback(name, old, new, metadata):
        told.put(new)
        if new == 1:
            raise RuntimeError("mine")

    session["x"] = 0
    with session.watch_variable("x", callback):
        other["x"] = 1
        other["x"] = 2
        assert [told.get(timeout=DEADLINE), told.get(timeout=DEADLINE)] == [1, 2]
    assert "mine" in caplog.text


def test_the_cache_never_gives_a_value_older_than_the_watch_has_told(session, other):
    """Readers fill the cache all the time; what a callback has been told is what a read gives from then on."""
    session.set_cache_ttl(3600)
    session.register_variable("x", "integer", 0)
    stale, done = [], threading.Event()

    def callback(name, old, new, metadata):
        seen = session.get_variable("x")
        if seen < new:
            stale.append((seen, new))
        if new == 300:
            done.set()

    stop = threading.Event()

    def read():
        while not stop.is_set():
            session.get_variable("x")
            session.get_variable("x", bypass_cache=True)

    readers = [threading.Thread(target=read) for _ in range(3)]
    with session.watch("x", callback=callback):
        for reader in readers:
            reader.start()
        for value in range(1, 301):
            other["x"] = value
        assert done.wait(DEADLINE)
        stop.set()
        for reader in readers:
            reader.join()
    assert stale == [] and session["x"] == 300


def test_an_open_watch_keeps_the_cache_fresh_without_reads(session, other, take):
    session.set_cache_ttl(3600)
    session["x"] = 1
    watch = session.watch("x")
    assert session["x"] == 1
    other["x"] = 2
    assert session["x"] == 1, "the watch was not read yet, and the value is younger than its time to live"
    take(watch, 1)
    assert session["x"] == 2
    other.delete_variable("x")
    take(watch, 1)
    assert "x" not in session


class Killed:
    """A sidecar with a data folder that is killed and started again on its port."""

    def __init__(self, data):
        self._data = str(data)
        self.running = launch(data=self._data, arguments=["--heartbeat", "1s"])
        self.port = self.running.port
        self.address = self.running.address

    def kill(self):
        self.running.kill()

    def start(self):
        self.running = launch(data=self._data, port=self.port, arguments=["--heartbeat", "1s"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.kill()


def test_a_watch_goes_on_after_kill_9_without_gap_or_repeat(tmp_path):
    with Killed(tmp_path) as server, SessionContext.connect(server.address, "s", timeout=60) as writer:
        reader = SessionContext.connect(server.address, "s")
        writer.register_variable("x", "integer", 0)
        watch = reader.watch("x", include_initial_values=True)
        seen = []

        def read():
            for update in watch:
                seen.append((update.revision, update.old, update.value))
                if update.value == 300:
                    return

        thread = threading.Thread(target=read)
        thread.start()
        killer = threading.Thread(target=lambda: [(time.sleep(0.3), server.kill(), server.start()) for _ in range(2)])
        killer.start()
        # The writer retries what was lost with its id: each value is applied once.
        for value in range(1, 301):
            assert writer.update_variable("x", value) == value
            if value == 150:
                killer.join()
        thread.join(DEADLINE)
        watch.close()
        reader.close()
        assert [value for _, _, value in seen] == list(range(301))
        assert [old for _, old, _ in seen[1:]] == list(range(300))
        revisions = [revision for revision, _, _ in seen[1:]]
        assert revisions == sorted(set(revisions)) and writer.describe_variable("x").version == 300


def test_a_watch_of_a_session_that_died_with_its_server_ends(take):
    server = launch(arguments=["--heartbeat", "1s"])
    port = server.port
    context = SessionContext.connect(server.address, "s")
    context["x"] = 1
    watch = context.watch("x")
    server.kill()
    with launch(port=port):
        late = threading.Timer(DEADLINE, watch.close)
        late.start()
        assert list(watch) == [] and isinstance(watch.ended, SessionNotFound)
        late.cancel()
        assert "x" not in context
    context.close()


def test_a_name_that_was_deleted_is_still_followed_after_a_restart(tmp_path, take):
    with Killed(tmp_path) as server, SessionContext.connect(server.address, "s", timeout=60) as context:
        context["x"], context["y"] = 1, 1
        watch = context.watch("x", "y")
        context.delete_variable("x")
        assert take(watch, 1)[0].type == "deleted"
        server.kill()
        server.start()
        context["y"] = 2
        context["z"] = 5
        context["x"] = 3
        assert [(update.type, update.name, update.value) for update in take(watch, 2)] == [
            ("value_change", "y", 2), ("registered", "x", 3)]
        watch.close()


def test_the_first_connection_is_tried_only_for_so_long(sidecar, session_id):
    context = SessionContext.connect(sidecar.address, session_id)
    with grpc.insecure_channel("localhost:1") as channel:
        from snakepit_bridge._calls import Stubs

        lost = SessionContext(Stubs.over(channel).bridge, session_id, timeout=0.5)
        with pytest.raises(Unavailable):
            lost.watch()
    context.close()


# ---- What a watch makes of a server's messages, without one ----


def state(**options):
    return _resume.WatchState("s", _resume.WatchOptions(**options), VariableCache(5.0))


def message(kind, revision=0, name="x", value=b"1", variable_revision=None):
    update = pb.VariableUpdate(update_type=kind, revision=revision)
    if kind not in ("heartbeat", "resync"):
        update.variable_id = update.variable.id = f"var_{name}"
        update.variable.name, update.variable.type = name, "integer"
        update.variable.value.value = value
        update.variable.revision = revision if variable_revision is None else variable_revision
    return update


def header(revision):
    return (("snakepit-revision", str(revision)),)


def test_half_a_snapshot_is_no_state_to_resume_from():
    watch = state(include_initial_values=True)
    assert watch.request().include_initial_values and not watch.request().HasField("from_revision")
    watch.started(header(7))
    assert watch.received(message("initial_value", name="a", variable_revision=3)) == []
    assert watch.cut_off(Unavailable("gone")) is _resume.Next.AGAIN
    assert watch.request().include_initial_values and not watch.request().HasField("from_revision")
    watch.started(header(9))
    assert watch.received(message("initial_value", name="b", variable_revision=9)) == []
    released = watch.received(message("heartbeat", 9))
    assert [(update.name, reached) for update, reached in released] == [("b", 9)]
    assert watch.request().from_revision == 9


def test_a_watch_without_a_snapshot_resumes_from_where_the_server_fixed_its_start():
    watch = state()
    watch.started(header(5))
    assert watch.cut_off(error_of(grpc.StatusCode.INTERNAL, "RST_STREAM")) is _resume.Next.AGAIN
    assert watch.request().from_revision == 5


def test_a_heartbeat_moves_the_revision_and_what_was_told_is_not_told_again():
    watch = state()
    watch.started(header(5))
    assert len(watch.received(message("value_change", 6))) == 1
    assert watch.received(message("heartbeat", 20)) == [] and watch.request().from_revision == 20
    assert watch.received(message("value_change", 6)) == [] and watch.received(message("value_change", 20)) == []
    assert len(watch.received(message("value_change", 21))) == 1


def test_a_resync_is_handed_on_whole_and_may_set_the_revision_back():
    watch = state(from_revision=100)
    watch.started(header(8))
    assert watch.received(message("resync")) == []
    assert watch.received(message("initial_value", name="old", variable_revision=3)) == []
    released = watch.received(message("heartbeat", 8))
    assert [update.type for update, _ in released] == ["resync", "initial_value"] and released[-1][1] == 8
    assert watch.request().from_revision == 8 and watch.was_told(released[1][0])


def test_a_watch_is_not_resumed_where_the_server_tells_no_revisions():
    watch = state()
    watch.started(())
    watch.received(message("value_change"))
    assert watch.cut_off(Unavailable("gone")) is _resume.Next.FAILED


def test_identifiers_that_are_gone_are_waited_for_by_name_and_a_star_in_one_is_no_wildcard():
    watch = state(identifiers=("a*", "b"))
    watch.started(header(1))
    assert watch.cut_off(VariableNotFoundError("Variable not found: a*")) is _resume.Next.ASK_MISSING
    watch.lose(["a*"])
    assert list(watch.request().variable_identifiers) == ["b"] and list(watch.request().patterns) == ["a*"]
    assert [len(watch.received(message("value_change", 1 + index, name=name))) for index, name in enumerate(("ab", "a*", "b"), 1)] == [0, 1, 1]
    watch.lose(["b"])
    assert watch.cut_off(VariableNotFoundError("Variable not found")) is _resume.Next.FAILED
