// The services as @grpc/grpc-js calls them, with promises for its callbacks.
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { equal, failure, holds } from "./checks.mjs";

export const SNAKEPIT = "type.googleapis.com/snakepit.";

const protos = fileURLToPath(new URL("../../../protos", import.meta.url));
const options = { includeDirs: [protos], keepCase: true, longs: Number, enums: String, defaults: true };
const definition = loader.loadSync(["snakepit_bridge.proto", "calculator.proto", "grpc_health.proto"], options);
const packages = grpc.loadPackageDefinition(definition);

export function anyOf(type, value, prefix = SNAKEPIT) {
  return { type_url: prefix + type, value: Buffer.from(JSON.stringify(value)) };
}

export function valueOf(any) {
  return JSON.parse(any.value.toString());
}

export class Bridge {
  constructor(target, channelOptions = {}) {
    const open = (Service) => new Service(target, grpc.credentials.createInsecure(), channelOptions);
    this.client = open(packages.snakepit.bridge.BridgeService);
    this.calculator = open(packages.Calculator);
    this.health = open(packages.grpc.health.v1.Health);
  }

  call(method, request, callOptions = {}) {
    return unary(this.client, method, request, callOptions);
  }

  close() {
    this.client.close();
    this.calculator.close();
    this.health.close();
  }
}

/** Deadlines are given in milliseconds from now. */
export function unary(client, method, request, { timeout = 10_000, metadata = new grpc.Metadata() } = {}) {
  return new Promise((resolve, reject) =>
    client[method](request, metadata, { deadline: Date.now() + timeout }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    ),
  );
}

/** The call ends with the code, and its details have the words in them. */
export async function refused(code, words, call) {
  const error = await failure(call);
  equal(grpc.status[error.code] ?? String(error), grpc.status[code]);
  holds(error.details.includes(words), `expected details with '${words}', got '${error.details}'`);
  return error;
}

/** A new session of its own for one check. */
export class Session {
  constructor(bridge) {
    this.bridge = bridge;
    this.id = `node-${randomUUID()}`;
  }

  static async open(bridge, fields = {}) {
    const session = new Session(bridge);
    await session.call("InitializeSession", fields);
    return session;
  }

  call(method, fields = {}) {
    return this.bridge.call(method, { session_id: this.id, ...fields });
  }

  register(name, value = 0, type = "integer", constraints = "") {
    return this.call("RegisterVariable", {
      name,
      type,
      initial_value: anyOf(type, value),
      constraints_json: constraints && JSON.stringify(constraints),
    });
  }

  set(name, value, fields = {}) {
    return this.call("SetVariable", { variable_identifier: name, value: anyOf("integer", value), ...fields });
  }

  async get(name) {
    return (await this.call("GetVariable", { variable_identifier: name })).variable;
  }

  /** The stream, once its start point is fixed: what happens from now on is told. */
  async watch(fields = {}, callOptions = {}) {
    const stream = this.bridge.client.WatchVariables({ session_id: this.id, ...fields }, callOptions);
    stream.updates = stream[Symbol.asyncIterator]();
    await new Promise((resolve, reject) => {
      stream.once("metadata", (metadata) => {
        stream.revision = Number(metadata.get("snakepit-revision")[0]);
        resolve();
      });
      stream.once("error", reject);
    });
    return stream;
  }
}
