// Watches with @grpc/grpc-js: start, order, replay, end.
import grpc from "@grpc/grpc-js";
import { changes, equal, holds } from "./checks.mjs";
import { Session, refused, valueOf } from "./grpc_js_bridge.mjs";

const { status } = grpc;
const next = (stream, count) => changes(stream.updates, count, (update) => update.update_type);

export const watchChecks = (bridge) => ({
  async watch_begins_with_a_snapshot_and_goes_on_live() {
    const session = await Session.open(bridge);
    const { revision } = await session.register("x", 1);
    const stream = await session.watch({ variable_identifiers: ["x"], include_initial_values: true });
    equal(stream.revision, revision);
    const first = (await stream.updates.next()).value;
    equal([first.update_type, valueOf(first.variable.value)], ["initial_value", 1]);
    const second = (await stream.updates.next()).value;
    equal([second.update_type, second.revision], ["heartbeat", revision]);
    for (let value = 2; value <= 21; value++) {
      await session.set("x", value);
    }
    const told = await next(stream, 20);
    equal(told.map((one) => [valueOf(one.old_value), valueOf(one.variable.value)]), pairs(1, 21));
    equal(told.map((one) => one.revision), told.map((_, index) => revision + 1 + index));
    stream.cancel();
  },

  async watch_resumes_by_revision_without_gap_or_repeat() {
    const session = await Session.open(bridge);
    let seen = (await session.register("x", 0)).revision;
    const writing = (async () => {
      for (let value = 1; value <= 50; value++) {
        await session.set("x", value);
      }
    })();
    const values = [];
    while (values.length < 50) {
      const stream = await session.watch({ from_revision: seen });
      const told = await next(stream, 5);
      stream.cancel();
      stream.on("error", () => {});
      values.push(...told.map((one) => valueOf(one.variable.value)));
      seen = told.at(-1).revision;
    }
    await writing;
    equal(values, Array.from({ length: 50 }, (_, index) => index + 1));
  },

  async watch_ends_with_cancelled_when_its_session_ends() {
    const session = await Session.open(bridge);
    const stream = await session.watch();
    await session.call("CleanupSession");
    const error = await refused(status.CANCELLED, `session ${session.id} ended`, () => next(stream, 1));
    holds(error.metadata.get("snakepit-revision").length === 1, "the trailer snakepit-revision is missing");
  },

  async watch_ends_with_its_deadline() {
    const session = await Session.open(bridge);
    const stream = await session.watch({}, { deadline: Date.now() + 500 });
    await refused(status.DEADLINE_EXCEEDED, "", () => next(stream, 1));
  },

  async watch_that_is_cancelled_is_cleaned_up() {
    const session = await Session.open(bridge);
    const stream = await session.watch();
    equal((await session.call("GetSession")).watcher_count, 1);
    stream.cancel();
    await refused(status.CANCELLED, "", () => next(stream, 1));
    const deadline = Date.now() + 10_000;
    while ((await session.call("GetSession")).watcher_count > 0) {
      holds(Date.now() < deadline, "the watcher is still counted after 10 s");
    }
  },
});

/** [[first, first + 1], …] up to last. */
function pairs(first, last) {
  return Array.from({ length: last - first }, (_, index) => [first + index, first + index + 1]);
}
