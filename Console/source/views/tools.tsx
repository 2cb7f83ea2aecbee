import { useMemo, useRef, useState } from "preact/hooks";
import { create } from "@bufbuild/protobuf";
import { AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import type { ParameterSpec } from "#messages/snakepit_bridge_pb";
import { ToolHost_Kind as HostKind, type HostedTool } from "#messages/snakepit_tools_pb";
import { timeOf } from "../data/format";
import { usePolled } from "../data/polled";
import { hrefOf } from "../data/route";
import { bridge, signed, tools, wordsOf } from "../data/rpc";
import { parse, pretty } from "../data/values";
import type { SessionWatch } from "../data/watch";
import { checked, Editor } from "../ui/editor";
import { Badge, Empty } from "../ui/parts";
import { Stale } from "./stale";

/** What every worker reads: JSON under the url of a text. */
const ParameterUrl = "type.googleapis.com/google.protobuf.StringValue";
const MostChunks = 2_000;
const aliases: { [name: string]: string } = { str: "string", int: "integer", bool: "boolean", dict: "map", number: "float" };
const utf8 = new TextDecoder();

export function ToolsTab({ watch, chosen }: { watch: SessionWatch; chosen?: string }) {
  const polled = usePolled(async signal => (await tools.listTools({ sessionId: watch.sessionId }, { signal })).tools, 3_000, [watch]);
  const all = polled.value ?? [];
  const tool = all.find(candidate => candidate.spec?.name === chosen) ?? all[0];
  return (
    <div class="split tools">
      <section class="panel fill scrolls">
        <header class="panel-head"><h2>Tools</h2></header>
        <Stale failure={polled.failure} at={polled.at} what="This list" />
        {polled.value && all.length === 0
          ? <Empty title="This session has no tools"><p>A worker registers its tools with a session when it is first called for it.</p></Empty>
          : null}
        <ul class="tool-list">
          {all.map(({ spec, hosts }) => (
            <li key={spec!.name}>
              <a href={hrefOf("session", watch.sessionId, "tools", spec!.name)} class={spec!.name === tool?.spec?.name ? "here" : ""}>
                <span class="tool-name"><b class="clip">{spec!.name}</b>{spec!.supportsStreaming ? <Badge>streams</Badge> : null}</span>
                <span class="muted small clip">{spec!.description || "no description"}</span>
                <span class="faint small clip">{hosts.length === 0 ? "no host" : hosts.map(host => `${host.id}${host.kind === HostKind.ATTACHED ? " (attached)" : ""}`).join(", ")}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
      <section class="panel fill scrolls">{tool ? <Call key={tool.spec!.name} watch={watch} tool={tool} /> : null}</section>
    </div>
  );
}

interface Result {
  at: number;
  chunks: { at: number; text: string; final: boolean }[];
  left: number;
  failure: string;
  done: boolean;
  facts: string;
}

function Call({ watch, tool }: { watch: SessionWatch; tool: HostedTool }) {
  const spec = tool.spec!;
  const [typed, setTyped] = useState<{ [name: string]: string }>(() => Object.fromEntries(spec.parameters.map(parameter => [parameter.name, initial(parameter)])));
  const [streams, setStreams] = useState(spec.supportsStreaming);
  const [result, setResult] = useState<Result>();
  const abort = useRef<AbortController | undefined>(undefined);
  const parameters = useMemo(() => read(spec.parameters, typed), [spec, typed]);
  const running = result !== undefined && !result.done;

  const call = async () => {
    const began = performance.now();
    const state: Result = { at: Date.now(), chunks: [], left: 0, failure: "", done: false, facts: "" };
    const show = () => setResult({ ...state });
    abort.current = new AbortController();
    show();
    const request = { sessionId: watch.sessionId, toolName: spec.name, parameters: parameters.values, metadata: signed("") };
    try {
      if (streams) {
        for await (const chunk of bridge.executeStreamingTool({ ...request, stream: true }, { signal: abort.current.signal })) {
          if (chunk.data.length > 0) {
            state.chunks.push({ at: Date.now(), text: textOf(chunk.data), final: chunk.isFinal });
          }

          if (state.chunks.length > MostChunks) {
            state.left++;
            state.chunks.shift();
          }

          show();
        }
      } else {
        const answer = await bridge.executeTool(request, { signal: abort.current.signal });
        state.failure = answer.success ? "" : answer.errorMessage || "The tool failed and said nothing.";
        if (answer.success) {
          const text = answer.result ? textOf(answer.result.value) : "null";
          state.chunks.push({ at: Date.now(), text: answer.binaryResult.length > 0 ? `${text}\nand ${answer.binaryResult.length} bytes` : text, final: true });
        }

        state.facts = [answer.metadata["worker_id"] && `by ${answer.metadata["worker_id"]}`].filter(Boolean).join(", ");
      }
    } catch (failure) {
      state.failure = abort.current.signal.aborted ? "Cancelled." : wordsOf(failure);
    }

    state.done = true;
    state.facts = `${Math.round(performance.now() - began).toLocaleString("en")} ms${state.facts ? `, ${state.facts}` : ""}`;
    show();
  };

  return (
    <form
      class="call"
      onSubmit={event => {
        event.preventDefault();
        void call();
      }}
    >
      <header class="panel-head">
        <h2 class="clip">{spec.name}</h2>
        <span class="grow" />
        {running ? <button type="button" class="quiet" onClick={() => abort.current?.abort()}>Cancel</button> : null}
        <button type="submit" class="primary" disabled={running || parameters.mistakes.size > 0 || watch.phase !== "live"}>{running ? "Running…" : "Call"}</button>
      </header>
      {spec.description ? <p class="muted">{spec.description}</p> : null}
      {spec.parameters.length === 0 ? <p class="faint">It takes no parameters.</p> : null}
      {spec.parameters.map(parameter => (
        <div key={parameter.name} class="parameter">
          <Editor
            type={typeOf(parameter)}
            text={typed[parameter.name] ?? ""}
            constraints={parse(parameter.validationJson) as { [key: string]: unknown } | undefined}
            label={`${parameter.name}${parameter.required ? "" : ", optional"}`}
            clearable={!parameter.required}
            onInput={text => setTyped(before => ({ ...before, [parameter.name]: text }))}
          />
          <p class="hint">
            {parameters.mistakes.get(parameter.name) && typed[parameter.name] !== "" ? <span class="bad">{parameters.mistakes.get(parameter.name)} </span> : null}
            <span class="faint">{[parameter.type, parameter.description].filter(Boolean).join(" — ")}</span>
          </p>
        </div>
      ))}
      {spec.supportsStreaming ? (
        <label class="check"><input type="checkbox" checked={streams} onChange={event => setStreams(event.currentTarget.checked)} /><span>Show chunks as they come</span></label>
      ) : null}
      {result ? <ResultView result={result} /> : null}
    </form>
  );
}

function ResultView({ result }: { result: Result }) {
  return (
    <section class="result" aria-live="polite" data-testid="result">
      <h3>{result.done ? (result.failure ? "Failed" : "Result") : "Under way"} <span class="faint small">{result.facts}</span></h3>
      {result.failure ? <p class="banner bad" role="alert">{result.failure}</p> : null}
      {result.left > 0 ? <p class="faint small">{result.left} earlier chunks are not shown.</p> : null}
      {result.chunks.map((chunk, index) => (
        <div key={index} class="chunk">
          {result.chunks.length > 1 ? <span class="mono faint small">{timeOf(chunk.at)}</span> : null}
          <pre>{result.chunks.length > 1 ? chunk.text : pretty(chunk.text)}</pre>
        </div>
      ))}
    </section>
  );
}

function typeOf(parameter: ParameterSpec): string {
  const name = parameter.type.toLowerCase();
  const type = aliases[name] ?? name;
  return ["float", "integer", "boolean", "string", "choice", "module"].includes(type) ? type : type === "any" || type === "" ? "any" : "json";
}

function initial(parameter: ParameterSpec): string {
  if (!parameter.defaultValue || parameter.defaultValue.value.length === 0) {
    return "";
  }

  const json = textOf(parameter.defaultValue.value);
  const value = parse(json);
  return typeof value === "string" ? value : json;
}

/** An empty field is a parameter that is left out; what a type of no particular kind is not as JSON is a text. */
function read(specs: ParameterSpec[], typed: { [name: string]: string }) {
  const values: { [name: string]: Any } = {};
  const mistakes = new Map<string, string>();
  for (const spec of specs) {
    const text = typed[spec.name] ?? "";
    if (text === "") {
      if (spec.required) {
        mistakes.set(spec.name, "It is required.");
      }

      continue;
    }

    const type = typeOf(spec);
    const { json, mistake } = type === "any" && parse(text) === undefined ? { json: JSON.stringify(text), mistake: "" } : checked(type, text);
    if (mistake) {
      mistakes.set(spec.name, mistake);
    } else {
      values[spec.name] = create(AnySchema, { typeUrl: ParameterUrl, value: new TextEncoder().encode(json) });
    }
  }

  return { values, mistakes };
}

function textOf(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  return text.includes("\ufffd") ? `${bytes.length} bytes` : text;
}
