"""Sessions: Ping, InitializeSession, CleanupSession, GetSession, Heartbeat."""

import time
import uuid

from bridge import Session, value_of
from checks import check, equal, holds


@check
def ping_answers_with_the_message_and_the_time(bridge):
    answer = bridge.call("Ping", message="hello")
    equal(answer.message, "pong: hello")
    holds(abs(answer.server_time.ToSeconds() - time.time()) < 60, "the server's time is far from ours")


@check
def initialize_session_twice_loses_nothing(bridge):
    session = Session(bridge, metadata={"who": "first"})
    session.register("kept", value=7)
    answer = session.call("InitializeSession", metadata={"who": "second"})
    holds(answer.success, answer.error_message)
    equal([value_of(variable) for variable in answer.initial_variables.values()], [7])
    equal(dict(session.call("GetSession").metadata), {"who": "first"})


@check
def get_session_describes_it(bridge):
    session = Session(bridge, metadata={"who": "me"})
    session.register("one")
    last = session.register("two").revision
    answer = session.call("GetSession")
    equal((answer.session_id, dict(answer.metadata), answer.variable_count), (session.id, {"who": "me"}, 2))
    equal(answer.revision, last)
    holds(abs(answer.created_at.ToSeconds() - time.time()) < 60, "created_at is far from now")
    holds(answer.expires_at.ToSeconds() > time.time(), "expires_at has passed")


@check
def cleanup_session_counts_what_it_removed_and_may_be_repeated(bridge):
    session = Session(bridge)
    session.register("one")
    session.register("two")
    for removed in (2, 0):
        answer = session.call("CleanupSession")
        equal((answer.success, answer.resources_cleaned), (True, removed))


@check
def heartbeat_tells_whether_the_session_is_there(bridge):
    session = Session(bridge)
    answer = session.call("Heartbeat")
    holds(answer.session_valid, "the session should be valid")
    holds(abs(answer.server_time.ToSeconds() - time.time()) < 60, "the server's time is far from ours")
    holds(not bridge.call("Heartbeat", session_id=str(uuid.uuid4())).session_valid, "an unknown session is not valid")


@check
def revisions_never_return_when_a_session_comes_back(bridge):
    session = Session(bridge)
    last = session.register("one").revision
    session.call("CleanupSession")
    holds(session.register("one").revision > last, "the new session's revision is not above the old one's")
