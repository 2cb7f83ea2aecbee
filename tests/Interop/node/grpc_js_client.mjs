// Checks a running server with @grpc/grpc-js: node grpc_js_client.mjs HOST:PORT.
// Prints `ok NAME` or `FAIL NAME: why` for each check; the exit status is 1 if any failed.
import grpc from "@grpc/grpc-js";
import { equal, failure, holds, run } from "./checks.mjs";
import { Bridge, Session, SNAKEPIT, anyOf, refused, unary, valueOf } from "./grpc_js_bridge.mjs";
import { watchChecks } from "./grpc_js_watch_checks.mjs";

const { status } = grpc;
const target = process.argv[2];
const bridge = new Bridge(target);

const checks = {
  async ping_answers_with_the_message_and_the_time() {
    const answer = await bridge.call("Ping", { message: "hello" });
    equal(answer.message, "pong: hello");
    holds(Math.abs(answer.server_time.seconds * 1000 - Date.now()) < 60_000, "the server's time is far from ours");
  },

  async initialize_session_twice_loses_nothing() {
    const session = await Session.open(bridge, { metadata: { who: "first" } });
    await session.register("kept", 7);
    const answer = await session.call("InitializeSession", { metadata: { who: "second" } });
    equal(Object.values(answer.initial_variables).map((one) => valueOf(one.value)), [7]);
    const found = await session.call("GetSession");
    equal([found.metadata, found.variable_count], [{ who: "first" }, 1]);
    equal((await session.call("Heartbeat")).session_valid, true);
    equal((await session.call("CleanupSession")).resources_cleaned, 1);
    equal((await session.call("Heartbeat")).session_valid, false);
  },

  async register_get_and_set() {
    const session = await Session.open(bridge);
    const registered = await session.register("x", 3);
    holds(registered.success && registered.variable_id.startsWith("var_x_"), `odd id ${registered.variable_id}`);
    const answer = await session.set("x", 5, { metadata: { by: "me" } });
    equal([answer.success, answer.new_version, answer.revision], [true, 1, registered.revision + 1]);
    for (const identifier of ["x", registered.variable_id]) {
      const found = await session.get(identifier);
      equal([found.name, found.type, found.version, found.metadata], ["x", "integer", 1, { by: "me" }]);
      equal([found.value.type_url, valueOf(found.value)], [SNAKEPIT + "integer", 5]);
    }
  },

  async set_at_another_version_is_aborted_with_the_current_one() {
    const session = await Session.open(bridge);
    await session.register("x");
    equal((await session.set("x", 1, { expected_version: 0 })).new_version, 1);
    await refused(status.ABORTED, "1", () => session.set("x", 2, { expected_version: 0 }));
    equal(valueOf((await session.get("x")).value), 1);
  },

  async batches_name_what_failed_and_what_is_missing() {
    const session = await Session.open(bridge);
    await session.register("x");
    await session.register("y", 0, "integer", { max: 10 });
    const updates = { x: anyOf("integer", 1), y: anyOf("integer", 11) };
    const whole = await session.call("SetVariables", { updates, atomic: true });
    equal([whole.success, Object.keys(whole.errors), whole.new_versions], [false, ["y"], {}]);
    const each = await session.call("SetVariables", { updates });
    equal([each.success, Object.keys(each.errors), each.new_versions], [true, ["y"], { x: 1 }]);
    const found = await session.call("GetVariables", { variable_identifiers: ["x", "y", "nowhere"] });
    equal([valueOf(found.variables.x.value), valueOf(found.variables.y.value)], [1, 0]);
    equal(found.missing_variables, ["nowhere"]);
  },

  async list_by_pattern_oldest_first() {
    const session = await Session.open(bridge);
    for (const name of ["b.one", "a.two", "b.three"]) {
      await session.register(name);
    }
    const names = async (pattern) => (await session.call("ListVariables", { pattern })).variables.map((one) => one.name);
    equal([await names(""), await names("b.*")], [["b.one", "a.two", "b.three"], ["b.one", "b.three"]]);
  },

  async delete_then_not_found() {
    const session = await Session.open(bridge);
    await session.register("x");
    equal((await session.call("DeleteVariable", { variable_identifier: "x" })).success, true);
    await refused(status.NOT_FOUND, "Variable not found: x", () => session.get("x"));
  },

  async history_newest_first_and_rollback() {
    const session = await Session.open(bridge);
    await session.register("x", 10);
    await session.set("x", 11, { metadata: { changed_by: "ann" } });
    const { entries } = await session.call("GetVariableHistory", { variable_identifier: "x" });
    equal(entries.map((one) => [one.version, valueOf(one.value)]), [[1, 11], [0, 10]]);
    equal(entries[0].changed_by, "ann");
    const back = await session.call("RollbackVariable", { variable_identifier: "x", target_version: 0 });
    equal([back.variable.version, valueOf(back.variable.value)], [2, 10]);
  },

  async dependencies_and_locks_are_kept() {
    const session = await Session.open(bridge);
    await session.register("from");
    await session.register("to");
    await session.call("AddDependency", { from_variable: "from", to_variable: "to", dependency_type: "data" });
    await refused(status.FAILED_PRECONDITION, "from", () => session.call("DeleteVariable", { variable_identifier: "to" }));
    await session.call("StartOptimization", { variable_identifier: "to", optimizer_id: "holder" });
    await refused(status.FAILED_PRECONDITION, "holder", () => session.set("to", 1));
    equal((await session.get("to")).optimization_status.optimizing, true);
    const stopped = await session.call("StopOptimization", { variable_identifier: "to", force: true });
    equal(valueOf(stopped.final_value), 0);
  },

  async call_that_is_cancelled_leaves_the_connection_in_order() {
    const error = await failure(
      () =>
        new Promise((resolve, reject) => {
          const call = bridge.client.Ping({ message: "x".repeat(1_000_000) }, (refusal, answer) =>
            refusal ? reject(refusal) : resolve(answer),
          );
          call.cancel();
        }),
    );
    equal(error.code, status.CANCELLED);
    equal((await bridge.call("Ping", { message: "after" })).message, "pong: after");
  },

  async refusals_have_their_code_and_their_words() {
    const session = await Session.open(bridge);
    await refused(status.NOT_FOUND, "Session not found: nobody", () => bridge.call("GetSession", { session_id: "nobody" }));
    await refused(status.INVALID_ARGUMENT, "session_id", () => bridge.call("InitializeSession", {}));
    await session.register("x", 0, "integer", { max: 5 });
    await refused(status.INVALID_ARGUMENT, "value 6 is above maximum 5", () => session.set("x", 6));
    await refused(status.ALREADY_EXISTS, "x", () => session.register("x", "text", "string"));
    await refused(status.RESOURCE_EXHAUSTED, "1000", () =>
      session.call("GetVariables", { variable_identifiers: Array.from({ length: 1001 }, (_, index) => `x${index}`) }),
    );
    equal((await session.call("ExecuteTool", { tool_name: "add" })).error_message, "Tool not found: add");
    await refused(status.NOT_FOUND, "größe 100% 你", () => session.get("größe 100% 你"));
  },

  async gzip_both_ways() {
    const zipped = new Bridge(target, { "grpc.default_compression_algorithm": 2 });
    const message = "long ".repeat(50_000);
    equal((await zipped.call("Ping", { message })).message, `pong: ${message}`);
    zipped.close();
  },

  async large_values_travel_whole() {
    const roomy = new Bridge(target, { "grpc.max_receive_message_length": 64 * 1024 * 1024 });
    const session = await Session.open(roomy);
    const text = "v".repeat(8 * 1024 * 1024);
    await session.register("x", text, "string");
    equal(valueOf((await session.get("x")).value) === text, true);
    roomy.close();
  },

  async calculator_answers_and_forgets() {
    const calculate = (method, request) => unary(bridge.calculator, method, request);
    const { token } = await calculate("Create", { value: 0 });
    for (const [operation, value] of [["Add", 5], ["Subtract", 3], ["Multiply", 10], ["Divide", 2]]) {
      await calculate(operation, { token, value });
    }
    await refused(status.INVALID_ARGUMENT, "zero", () => calculate("Divide", { token, value: 0 }));
    equal((await calculate("Answer", { token })).value, 10);
    await refused(status.NOT_FOUND, token, () => calculate("Answer", { token }));
  },

  async health_says_serving() {
    equal((await unary(bridge.health, "Check", { service: "" })).status, "SERVING");
  },
};

const failed = await run({ ...checks, ...watchChecks(bridge) });
bridge.close();
process.exitCode = failed ? 1 : 0;
