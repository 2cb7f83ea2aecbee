// A client over gRPC, to see in the browser what others do. Bundled by clients.mjs with the messages of Console's build.
import { create } from "@bufbuild/protobuf";
import { AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import { createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { BridgeService } from "#messages/snakepit_bridge_pb";
import { Sessions } from "#messages/snakepit_sessions_pb";
import { Tools } from "#messages/snakepit_tools_pb";

export function any(type: string, value: unknown): Any {
  return create(AnySchema, { typeUrl: `type.googleapis.com/snakepit.${type}`, value: new TextEncoder().encode(JSON.stringify(value)) });
}

export function connect(address: string, token = "") {
  const authorize: Interceptor = next => request => {
    if (token) {
      request.header.set("authorization", `Bearer ${token}`);
    }

    return next(request);
  };
  const transport = createGrpcTransport({ baseUrl: address, interceptors: [authorize] });
  const bridge = createClient(BridgeService, transport);
  const sessions = createClient(Sessions, transport);
  const tools = createClient(Tools, transport);
  return {
    bridge, sessions, tools,
    begin: (sessionId: string, metadata = {}) => bridge.initializeSession({ sessionId, metadata }),
    register: (sessionId: string, name: string, type: string, value: unknown, constraints?: object, metadata = {}) =>
      bridge.registerVariable({
        sessionId, name, type, initialValue: any(type, value),
        constraintsJson: constraints ? JSON.stringify(constraints) : "", metadata,
      }),
    set: (sessionId: string, name: string, type: string, value: unknown, metadata = {}) =>
      bridge.setVariable({ sessionId, variableIdentifier: name, value: any(type, value), metadata }),
    setMany: (sessionId: string, type: string, values: { [name: string]: unknown }, metadata = {}) =>
      bridge.setVariables({ sessionId, updates: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, any(type, value)])), metadata }),
    depend: (sessionId: string, fromVariable: string, toVariable: string, dependencyType = "data") =>
      bridge.addDependency({ sessionId, fromVariable, toVariable, dependencyType }),
    /** A host of tools that answers by a function of the parameters' JSON; streaming ones answer an array of chunks. */
    attach: (sessionId: string, hostId: string, specs: object[], answer: (name: string, parameters: { [name: string]: unknown }) => unknown) =>
      attach(tools, sessionId, hostId, specs, answer),
  };
}

async function attach(
  tools: ReturnType<typeof createClient<typeof Tools>>, sessionId: string, hostId: string, specs: object[],
  answer: (name: string, parameters: { [name: string]: unknown }) => unknown): Promise<() => void> {
  const waiting: object[] = [];
  let wake = () => {};
  const send = (message: object) => {
    waiting.push(message);
    wake();
  };
  const end = new AbortController();
  async function* messages() {
    while (!end.signal.aborted) {
      while (waiting.length > 0) {
        yield waiting.shift() as never;
      }

      await new Promise<void>(resolve => { wake = resolve; });
    }
  }

  send({ content: { case: "hello", value: { hostId } } });
  send({ content: { case: "offer", value: { offerId: 1n, sessionId, tools: specs } } });
  let offered = () => {};
  const ready = new Promise<void>(resolve => { offered = resolve; });
  void (async () => {
    try {
      for await (const message of tools.attach(messages(), { signal: end.signal })) {
        if (message.content.case === "offerAnswer") {
          offered();
        } else if (message.content.case === "call") {
          const { callId, request, streaming } = message.content.value;
          const parameters = Object.fromEntries(Object.entries(request!.parameters).map(([name, value]) => [name, JSON.parse(new TextDecoder().decode(value.value))]));
          const result = answer(request!.toolName, parameters);
          const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
          if (streaming) {
            const chunks = result as unknown[];
            chunks.forEach((chunk, index) => send({ content: { case: "chunk", value: { callId, chunk: { chunkId: `${index}`, data: encode(chunk), isFinal: index === chunks.length - 1 } } } }));
          } else {
            send({ content: { case: "result", value: { callId, response: { success: true, result: { typeUrl: "type.googleapis.com/google.protobuf.StringValue", value: encode(result) } } } } });
          }
        }
      }
    } catch {
      // It was told to end, or the server has.
    }
  })();
  await ready;
  return () => {
    end.abort();
    wake();
  };
}
