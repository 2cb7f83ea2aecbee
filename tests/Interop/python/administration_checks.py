"""The administrative service: ListSessions, UpdateVariable."""

import json
import uuid

from grpc import StatusCode

import snakepit_sessions_pb2 as messages
import snakepit_sessions_pb2_grpc as services
from bridge import Session, value_of
from checks import check, equal, holds, refused


@check
def list_sessions_a_page_at_a_time(bridge):
    ids = sorted(f"page-{uuid.uuid4()}" for _ in range(5))
    for session_id in ids:
        bridge.call("InitializeSession", session_id=session_id, metadata={"who": "me"})
    pages, token = [], ""
    while not pages or token:
        answer = administration(bridge).ListSessions(
            messages.ListSessionsRequest(page_size=2, page_token=token, pattern="page-*"), timeout=10)
        pages.append([one.session_id for one in answer.sessions])
        holds(all(one.active and dict(one.metadata) == {"who": "me"} for one in answer.sessions), "odd summary")
        token = answer.next_page_token
    equal([one for page in pages for one in page], ids)
    holds(all(len(page) <= 2 for page in pages), f"a page is too long: {pages}")


@check
def list_sessions_refuses_a_page_that_is_too_large(bridge):
    refused(StatusCode.INVALID_ARGUMENT, "1000", administration(bridge).ListSessions,
            messages.ListSessionsRequest(page_size=1001), timeout=10)


@check
def update_variable_changes_constraints_and_metadata_but_not_the_value(bridge):
    session = Session(bridge)
    session.register("x", value=3, constraints={"max": 5}, metadata={"unit": "K"})
    stream = session.watch("x")
    answer = update(session, bridge, constraints_json='{"max": 4}', metadata={"by": "me"}, expected_version=0)
    found = answer.variable
    equal((value_of(found), json.loads(found.constraints_json)), (3, {"max": 4}))
    equal(dict(found.metadata), {"unit": "K", "by": "me"})
    told = next(one for one in stream if one.update_type != "heartbeat")
    equal((told.update_type, told.revision), ("constraint_change", answer.revision))
    refused(StatusCode.INVALID_ARGUMENT, "value 5 is above maximum 4", session.set, "x", 5)
    stream.cancel()


@check
def update_variable_refuses_constraints_that_the_value_breaks(bridge):
    session = Session(bridge)
    session.register("x", value=3)
    refused(StatusCode.FAILED_PRECONDITION, "value 3 is above maximum 2", update, session, bridge,
            constraints_json='{"max": 2}')
    refused(StatusCode.ABORTED, "0", update, session, bridge, constraints_json='{"max": 9}', expected_version=7)


def administration(bridge):
    return services.SessionsStub(bridge.channel)


def update(session, bridge, **fields):
    request = messages.UpdateVariableRequest(session_id=session.id, variable_identifier="x", **fields)
    return administration(bridge).UpdateVariable(request, timeout=10)
