"""WatchVariables: start, order, replay, end."""

import time

from grpc import StatusCode

from bridge import Session, value_of
from checks import check, equal, holds, refused


@check
def watch_begins_with_initial_values_and_a_heartbeat(bridge):
    session = Session(bridge)
    revision = session.register("x", value=1).revision
    stream = session.watch("x", include_initial_values=True)
    first, second = next(stream), next(stream)
    equal((first.update_type, first.variable.name, value_of(first.variable), first.revision), ("initial_value", "x", 1, 0))
    equal((second.update_type, second.revision), ("heartbeat", revision))
    equal(dict(stream.initial_metadata()).get("snakepit-revision"), str(revision))
    stream.cancel()


@check
def watch_tells_every_change_with_its_own_values_in_order(bridge):
    session = Session(bridge)
    session.register("x", value=0)
    stream = session.watch("x")
    revisions = [session.set("x", value).revision for value in range(1, 6)]
    updates = changes(stream, 5)
    equal([value_of(one.variable) for one in updates], [1, 2, 3, 4, 5])
    equal([one.old_value.value for one in updates], [b"0", b"1", b"2", b"3", b"4"])
    equal([one.revision for one in updates], revisions)
    stream.cancel()


@check
def watch_of_the_whole_session_tells_registrations_and_deletions(bridge):
    session = Session(bridge)
    stream = session.watch()
    session.register("x")
    session.set("x", 1)
    session.call("DeleteVariable", variable_identifier="x")
    equal([one.update_type for one in changes(stream, 3)], ["registered", "value_change", "deleted"])
    stream.cancel()


@check
def watch_by_pattern_includes_later_variables(bridge):
    session = Session(bridge)
    stream = session.watch(patterns=["a.*"])
    session.register("b.one")
    session.register("a.one")
    equal([one.variable.name for one in changes(stream, 1)], ["a.one"])
    stream.cancel()


@check
def watch_resumes_by_revision_without_gap_or_repeat(bridge):
    session = Session(bridge)
    session.register("x", value=0)
    seen = session.set("x", 1).revision
    session.set("x", 2)
    session.set("x", 3)
    stream = session.watch("x", from_revision=seen)
    session.set("x", 4)
    equal([value_of(one.variable) for one in changes(stream, 3)], [2, 3, 4])
    stream.cancel()


@check
def watch_from_a_revision_that_never_was_starts_anew(bridge):
    session = Session(bridge)
    session.register("x", value=7)
    stream = session.watch("x", from_revision=1_000_000)
    first, second = next(stream), next(stream)
    equal((first.update_type, second.update_type, value_of(second.variable)), ("resync", "initial_value", 7))
    stream.cancel()


@check
def watch_tells_only_the_types_asked_for(bridge):
    session = Session(bridge)
    session.register("x")
    stream = session.watch("x", update_types=["deleted"])
    session.set("x", 1)
    session.call("DeleteVariable", variable_identifier="x")
    equal([one.update_type for one in changes(stream, 1)], ["deleted"])
    stream.cancel()


@check
def watch_merges_changes_within_an_interval(bridge):
    session = Session(bridge)
    session.register("x", value=0)
    stream = session.watch("x", min_interval_ms=1000)
    for value in range(1, 51):
        session.set("x", value)
    updates = changes_until(stream, 50)
    holds(len(updates) < 50, "nothing was merged")
    values = [0, *(value_of(one.variable) for one in updates)]
    equal([int(one.old_value.value) for one in updates], values[:-1])
    stream.cancel()


@check
def watch_ends_with_cancelled_when_its_session_ends(bridge):
    session = Session(bridge)
    session.register("x")
    stream = session.watch("x")
    session.call("CleanupSession")
    error = refused(StatusCode.CANCELLED, f"session {session.id} ended", list, stream)
    holds("snakepit-revision" in dict(error.trailing_metadata()), "the trailer snakepit-revision is missing")


@check
def watch_ends_with_its_deadline(bridge):
    session = Session(bridge)
    stream = session.call("WatchVariables", timeout=0.5)
    refused(StatusCode.DEADLINE_EXCEEDED, "", list, stream)


@check
def watch_that_its_client_left_is_cleaned_up(bridge):
    session = Session(bridge)
    stream = session.watch()
    equal(session.call("GetSession").watcher_count, 1)
    stream.cancel()
    deadline = time.monotonic() + 10
    while session.call("GetSession").watcher_count > 0:
        holds(time.monotonic() < deadline, "the watcher is still counted after 10 s")


@check
def watch_of_variables_that_are_not_there_names_them_all(bridge):
    session = Session(bridge)
    session.register("x")
    error = refused(StatusCode.NOT_FOUND, "not found", session.call,
                    "WatchVariables", variable_identifiers=["x", "nowhere", "never"])
    holds("nowhere" in error.details() and "never" in error.details(), f"not all named: {error.details()!r}")


def changes(stream, count):
    """The next changes, heartbeats left out."""
    found = []
    while len(found) < count:
        update = next(stream)
        if update.update_type != "heartbeat":
            found.append(update)
    return found


def changes_until(stream, value):
    found = changes(stream, 1)
    while value_of(found[-1].variable) != value:
        found += changes(stream, 1)
    return found
