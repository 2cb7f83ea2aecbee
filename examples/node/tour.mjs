// A tour of a session in Node: `npm install`, then `node tour.mjs [HOST:PORT]`.
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";

const protos = fileURLToPath(new URL("../../protos", import.meta.url));
const definition = loader.loadSync("snakepit_bridge.proto", { includeDirs: [protos], longs: Number, keepCase: true });
const { BridgeService } = grpc.loadPackageDefinition(definition).snakepit.bridge;

const target = process.argv[2] ?? "localhost:50051";
const bridge = new BridgeService(target, grpc.credentials.createInsecure());
const call = (method, request) =>
  new Promise((resolve, reject) => bridge[method](request, (error, reply) => (error ? reject(error) : resolve(reply))));
const pack = (type, value) => ({
  type_url: `type.googleapis.com/snakepit.${type}`,
  value: Buffer.from(JSON.stringify(value)),
});
const unpack = (any) => (any ? JSON.parse(any.value.toString()) : null);

const session_id = `tour-${randomUUID()}`;
const variable_identifier = "mode";
await call("RegisterVariable", {
  session_id,
  name: "mode",
  type: "choice",
  initial_value: pack("choice", "draft"),
  constraints_json: JSON.stringify({ choices: ["draft", "review", "final"] }),
});
for (const mode of ["review", "final"]) {
  const reply = await call("SetVariable", { session_id, variable_identifier, value: pack("choice", mode) });
  console.log(`set to ${mode}: version ${reply.new_version}, revision ${reply.revision}`);
}

await call("SetVariable", { session_id, variable_identifier, value: pack("choice", "lost") }).catch((error) =>
  console.log(`${grpc.status[error.code]}: ${error.details}`));

// A client that was away resumes after the last revision it saw: nothing is missed, nothing comes twice.
const first = (await call("GetSession", { session_id })).revision - 2;
const updates = bridge.WatchVariables({ session_id, from_revision: first });
let left = 2;
for await (const update of updates) {
  console.log(`replayed: revision ${update.revision}: ${unpack(update.old_value)} -> ${unpack(update.variable.value)}`);
  if (--left === 0) break;
}

await call("CleanupSession", { session_id });
bridge.close();
