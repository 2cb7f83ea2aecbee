// Checks a running server with @connectrpc/connect-node's gRPC transport: node connect_client.mjs HOST:PORT.
// Prints `ok NAME` or `FAIL NAME: why` for each check; the exit status is 1 if any failed.
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport } from "@connectrpc/connect-node";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { changes, equal, failure, holds, run } from "./checks.mjs";

// No generated code: the contracts' descriptors are all this library needs.
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const descriptors = execFileSync(process.execPath, [
  path("node_modules/@bufbuild/buf/bin/buf"), "build", path("../../../protos"), "--as-file-descriptor-set", "-o", "-",
]);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
const baseUrl = `http://${process.argv[2]}`;

const open = (service, options = {}) =>
  createClient(registry.getService(service), createGrpcTransport({ baseUrl, ...options }));
const bridge = open("snakepit.bridge.BridgeService");
const calculator = open("Calculator");
const sessions = open("snakepit.sessions.v1.Sessions");

/** Any's bytes are behind the descriptor's own field name. */
const anyOf = (type, value) => ({
  typeUrl: `type.googleapis.com/snakepit.${type}`,
  value: new TextEncoder().encode(JSON.stringify(value)),
});
const valueOf = (any) => JSON.parse(new TextDecoder().decode(any.value));
const next = (updates, count) => changes(updates, count, (update) => update.updateType);

async function newSession() {
  const sessionId = `connect-${randomUUID()}`;
  await bridge.initializeSession({ sessionId });
  return sessionId;
}

const register = (sessionId, name, value, constraintsJson = "") =>
  bridge.registerVariable({ sessionId, name, type: "integer", initialValue: anyOf("integer", value), constraintsJson });
const set = (sessionId, name, value, fields = {}) =>
  bridge.setVariable({ sessionId, variableIdentifier: name, value: anyOf("integer", value), ...fields });

/** The call ends with the code, and its message has the words in it. */
async function refused(code, words, call) {
  const error = ConnectError.from(await failure(call));
  equal(Code[error.code], Code[code]);
  holds(error.rawMessage.includes(words), `expected a message with '${words}', got '${error.rawMessage}'`);
  return error;
}

const checks = {
  async ping_answers_with_the_message() {
    const answer = await bridge.ping({ message: "hello" });
    equal(answer.message, "pong: hello");
    holds(Math.abs(Number(answer.serverTime.seconds) * 1000 - Date.now()) < 60_000, "the server's time is far from ours");
  },

  async register_get_set_and_compare() {
    const sessionId = await newSession();
    const { revision } = await register(sessionId, "x", 3);
    equal((await set(sessionId, "x", 5, { expectedVersion: 0 })).revision, revision + 1n);
    await refused(Code.Aborted, "1", () => set(sessionId, "x", 6, { expectedVersion: 0 }));
    const { variable } = await bridge.getVariable({ sessionId, variableIdentifier: "x" });
    equal([variable.name, variable.version, valueOf(variable.value)], ["x", 1, 5]);
  },

  async batches_lists_and_history() {
    const sessionId = await newSession();
    await register(sessionId, "a.x", 1);
    await register(sessionId, "a.y", 2);
    const updates = { "a.x": anyOf("integer", 3), nowhere: anyOf("integer", 3) };
    const answer = await bridge.setVariables({ sessionId, updates });
    equal([answer.success, Object.keys(answer.errors), answer.newVersions], [true, ["nowhere"], { "a.x": 1 }]);
    const { variables } = await bridge.listVariables({ sessionId, pattern: "a.*" });
    equal(variables.map((one) => [one.name, valueOf(one.value)]), [["a.x", 3], ["a.y", 2]]);
    const { entries } = await bridge.getVariableHistory({ sessionId, variableIdentifier: "a.x" });
    equal(entries.map((one) => valueOf(one.value)), [3, 1]);
    equal((await sessions.listSessions({ pattern: sessionId })).sessions.map((one) => one.sessionId), [sessionId]);
  },

  async watch_begins_with_a_snapshot_goes_on_live_and_resumes() {
    const sessionId = await newSession();
    const { revision } = await register(sessionId, "x", 0);
    const leave = new AbortController();
    const updates = bridge
      .watchVariables({ sessionId, includeInitialValues: true }, { signal: leave.signal })[Symbol.asyncIterator]();
    const first = (await updates.next()).value;
    const second = (await updates.next()).value;
    equal([first.updateType, second.updateType, second.revision], ["initial_value", "heartbeat", revision]);
    for (let value = 1; value <= 10; value++) {
      await set(sessionId, "x", value);
    }
    const told = await next(updates, 10);
    equal(told.map((one) => valueOf(one.variable.value)), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    leave.abort();
    await refused(Code.Canceled, "", () => updates.next());
    const again = bridge.watchVariables({ sessionId, fromRevision: told[6].revision })[Symbol.asyncIterator]();
    equal((await next(again, 3)).map((one) => valueOf(one.variable.value)), [8, 9, 10]);
    await bridge.cleanupSession({ sessionId });
    await refused(Code.Canceled, `session ${sessionId} ended`, () => next(again, 1));
  },

  async refusals_have_their_code_and_their_words() {
    const sessionId = await newSession();
    await refused(Code.NotFound, "Session not found: nobody", () => bridge.getSession({ sessionId: "nobody" }));
    await refused(Code.NotFound, "Variable not found: größe", () =>
      bridge.getVariable({ sessionId, variableIdentifier: "größe" }),
    );
    await register(sessionId, "x", 0, '{"max": 5}');
    await refused(Code.InvalidArgument, "value 6 is above maximum 5", () => set(sessionId, "x", 6));
    await refused(Code.AlreadyExists, "x", () => register(sessionId, "x", 0));
    equal((await bridge.executeTool({ sessionId, toolName: "add" })).errorMessage, "Tool not found: add");
  },

  async deadline_ends_a_watch() {
    const sessionId = await newSession();
    const updates = bridge.watchVariables({ sessionId }, { timeoutMs: 500 })[Symbol.asyncIterator]();
    await refused(Code.DeadlineExceeded, "", () => next(updates, 1));
  },

  async headers_and_trailers_arrive() {
    const sessionId = await newSession();
    const { revision } = await register(sessionId, "x", 0);
    let told;
    const updates = bridge
      .watchVariables({ sessionId, includeInitialValues: true }, { headers: { "x-correlation-id": "a-1" }, onHeader: (headers) => (told = headers) })[
        Symbol.asyncIterator
      ]();
    await updates.next();
    equal(told.get("snakepit-revision"), String(revision));
    await bridge.cleanupSession({ sessionId });
    const error = await refused(Code.Canceled, "", () => next(updates, 1));
    holds(error.metadata.has("snakepit-revision"), "the trailer snakepit-revision is missing");
  },

  async gzip_both_ways() {
    const zipped = open("snakepit.bridge.BridgeService", {
      sendCompression: compressionGzip,
      acceptCompression: [compressionGzip],
      compressMinBytes: 0,
    });
    const message = "long ".repeat(50_000);
    equal((await zipped.ping({ message })).message, `pong: ${message}`);
  },

  async calculator_answers() {
    const { token } = await calculator.create({ value: 0 });
    await calculator.add({ token, value: 5 });
    await calculator.multiply({ token, value: 2 });
    equal((await calculator.answer({ token })).value, 10);
    await refused(Code.NotFound, token, () => calculator.answer({ token }));
  },
};

// The transports keep their connections open; nothing waits for them.
process.exit((await run(checks)) ? 1 : 0);
