"""WatchVariables while others write, and many at once."""

import threading

from bridge import Session, value_of
from checks import check, equal
from watch_checks import changes


@check
def watch_tells_a_hundred_changes_of_another_thread(bridge):
    session = Session(bridge)
    session.register("x", value=0)
    stream = session.watch("x")
    with Writer(session, 100):
        updates = changes(stream, 100)
    equal([value_of(one.variable) for one in updates], list(range(1, 101)))
    equal([one.variable.version for one in updates], list(range(1, 101)))
    equal([int(one.old_value.value) for one in updates], list(range(100)))
    equal([one.revision for one in updates], sorted({one.revision for one in updates}))
    stream.cancel()


@check
def watch_that_breaks_again_and_again_resumes_while_another_thread_writes(bridge):
    session = Session(bridge)
    seen = session.register("x", value=0).revision
    values = []
    with Writer(session, 100):
        while len(values) < 100:
            stream = session.watch("x", from_revision=seen)
            updates = changes(stream, 10)
            stream.cancel()
            values += [value_of(one.variable) for one in updates]
            seen = updates[-1].revision
    equal(values, list(range(1, 101)))


@check
def watch_a_thousand_times_on_one_connection(bridge):
    session = Session(bridge)
    session.register("x", value=0)
    streams = [session.call("WatchVariables", variable_identifiers=["x"], timeout=60) for _ in range(1000)]
    for stream in streams:
        stream.initial_metadata()
    session.set("x", 1)
    equal({value_of(changes(stream, 1)[0].variable) for stream in streams}, {1})
    for stream in streams:
        stream.cancel()


class Writer(threading.Thread):
    """Sets `x` to 1, 2, … up to the last, one after the other, while the block runs."""

    def __init__(self, session, last):
        super().__init__()
        self._session = session
        self._last = last

    def run(self):
        for value in range(1, self._last + 1):
            self._session.set("x", value)

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.join()
