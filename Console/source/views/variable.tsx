import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { Variable, VariableHistoryEntry } from "#messages/snakepit_bridge_pb";
import { ago, dateOf, ms } from "../data/format";
import { readHistory } from "../data/history";
import { hrefOf, route } from "../data/route";
import { wordsOf } from "../data/rpc";
import { useNow } from "../data/store";
import { measure, parse, pretty, shown, type Shown } from "../data/values";
import type { Point, SessionWatch } from "../data/watch";
import { Chart } from "../ui/chart";
import { Difference } from "../ui/diff";
import { Badge, Empty, Fact, Preview } from "../ui/parts";
import { HeatMap } from "../ui/pictures";
import { RollbackDialog, SetDialog } from "./change";
import { DeleteDialog } from "./removal";
import { Timeline } from "./timeline";

const HistoryShown = 100;

export function VariablePane({ watch, identifier }: { watch: SessionWatch; identifier: string }) {
  const variable = watch.byName(identifier);
  const close = () => route.go("session", watch.sessionId, "variables");
  // What is seen takes keys: an effect would run only after the screen is painted, and miss a quick one.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
        close();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <section class="panel fill detail" aria-label={`Variable ${identifier}`}>
      {variable
        ? <Detail watch={watch} variable={variable} close={close} />
        : <Empty title={`There is no variable ${identifier}`}><p><a href={hrefOf("session", watch.sessionId, "variables")}>All variables</a></p></Empty>}
    </section>
  );
}

function Detail({ watch, variable, close }: { watch: SessionWatch; variable: Variable; close: () => void }) {
  const [asked, setAsked] = useState<"set" | "delete" | VariableHistoryEntry | undefined>();
  const { entries, failure } = useHistory(watch, variable);
  const value = shown(variable.type, variable.value, variable.binaryValue);
  const now = useNow();
  const writable = watch.phase === "live";
  return (
    <>
      <header class="panel-head">
        <h2 class="clip">{variable.name}</h2>
        <Badge>{variable.type}</Badge>
        <span class="grow" />
        <button type="button" class="quiet" disabled={!writable} onClick={() => setAsked("delete")}>Delete…</button>
        <button type="button" class="primary" disabled={!writable} onClick={() => setAsked("set")}>Set value</button>
        <button type="button" class="quiet" aria-label="Close" onClick={close}>✕</button>
      </header>
      <div class="detail-body">
        <Current value={value} />
        <Picture variable={variable} value={value} entries={entries} />
        <dl class="facts-grid">
          <Fact name="Version">{variable.version}</Fact>
          <Fact name="Revision">{Number(variable.revision).toLocaleString("en")}</Fact>
          <Fact name="Changed"><span title={dateOf(ms(variable.lastUpdatedAt))}>{ago(ms(variable.lastUpdatedAt), now)}</span></Fact>
          <Fact name="Id"><span class="mono small">{variable.id}</span></Fact>
          {variable.constraintsJson && variable.constraintsJson !== "{}" ? <Fact name="Constraints"><Pairs json={variable.constraintsJson} /></Fact> : null}
          {variable.accessControlJson ? <Fact name="Access"><span class="mono small">{variable.accessControlJson}</span></Fact> : null}
          {variable.optimizationStatus?.optimizing ? <Fact name="Held by">{variable.optimizationStatus.optimizerId}</Fact> : null}
          {Object.keys(variable.metadata).length > 0 ? <Fact name="Metadata"><Pairs json={JSON.stringify(variable.metadata)} /></Fact> : null}
        </dl>
        <h3>History</h3>
        {failure ? <div class="banner warn" role="status">{failure}</div> : null}
        <History variable={variable} entries={entries} now={now} canRollBack={writable} rollBack={setAsked} />
      </div>
      {asked === "set" ? <SetDialog watch={watch} variable={variable} onClose={() => setAsked(undefined)} /> : null}
      {asked === "delete" ? <DeleteDialog sessionId={watch.sessionId} variable={variable} onDeleted={close} onClose={() => setAsked(undefined)} /> : null}
      {typeof asked === "object"
        ? <RollbackDialog watch={watch} variable={variable} entry={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}

/** The kept versions, read again soon after a new one. */
function useHistory(watch: SessionWatch, variable: Variable): { entries: VariableHistoryEntry[]; failure: string } {
  const [state, setState] = useState<{ entries: VariableHistoryEntry[]; failure: string }>({ entries: [], failure: "" });
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        readHistory(watch.sessionId, variable.id, HistoryShown, abort.signal).then(
          entries => setState({ entries, failure: "" }),
          failure => abort.signal.aborted || setState(before => ({ ...before, failure: `The history could not be read: ${wordsOf(failure)}` })));
      },
      state.entries.length === 0 ? 0 : 150);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [watch, variable.id, variable.version, watch.phase === "live"]);
  return state;
}

function Current({ value }: { value: Shown }) {
  switch (value.kind) {
    case "number":
    case "boolean":
      return <p class="current big mono" data-testid="current">{value.full}</p>;
    case "text":
      return <p class={value.full.length < 40 && !value.full.includes("\n") ? "current big" : "current text"} data-testid="current">{value.full === "" ? <span class="faint">empty text</span> : value.full}</p>;
    case "vector":
    case "tensor":
      return <p class="current mono muted" data-testid="current">{value.text}</p>;
    default:
      return <pre class="current" data-testid="current">{value.kind === "json" ? pretty(value.full) : value.full}</pre>;
  }
}

function Picture({ variable, value, entries }: { variable: Variable; value: Shown; entries: VariableHistoryEntry[] }) {
  const points = useMemo<Point[]>(
    () => [...entries].reverse().flatMap(entry => {
      const size = measure(shown(variable.type, entry.value));
      return size === undefined || !Number.isFinite(size) ? [] : [{ at: ms(entry.timestamp), value: size }];
    }),
    [entries]);
  return (
    <>
      {value.numbers && value.numbers.length > 0 ? <HeatMap big numbers={value.numbers} shape={value.shape ?? []} label={`the elements of ${variable.name}`} /> : null}
      {value.kind !== "boolean" && points.length > 1
        ? <><h3>{value.kind === "number" ? "Over time" : "Norm over time"}</h3><Chart points={points} label={`${variable.name} over time`} /></> : null}
      {(value.kind === "text" || value.kind === "boolean") && entries.length > 1
        ? <><h3>Over time</h3><Timeline type={variable.type} entries={entries} /></> : null}
    </>
  );
}

function Pairs({ json }: { json: string }) {
  const object = parse(json);
  if (typeof object !== "object" || object === null) {
    return <span class="mono small">{json}</span>;
  }

  return (
    <span class="pairs">
      {Object.entries(object).map(([key, value]) => (
        <span key={key} class="pair"><span class="muted">{key}</span> <span class="mono">{typeof value === "string" ? value : JSON.stringify(value)}</span></span>
      ))}
    </span>
  );
}

function History(props: {
  variable: Variable;
  entries: VariableHistoryEntry[];
  now: number;
  canRollBack: boolean;
  rollBack: (entry: VariableHistoryEntry) => void;
}) {
  const [open, setOpen] = useState<number | undefined>();
  const { variable, entries, now } = props;
  return (
    <ol class="history">
      {entries.map((entry, index) => {
        const value = shown(variable.type, entry.value);
        const before = entries[index + 1];
        const why = entry.metadata["why"];
        return (
          <li key={entry.version} data-version={entry.version} class={open === entry.version ? "open" : ""}>
            <div class="history-line">
              <button
                type="button"
                class="disclose"
                aria-expanded={open === entry.version}
                onClick={() => setOpen(open === entry.version ? undefined : entry.version)}
                disabled={!before}
                title={before ? "What changed" : "The oldest version that is kept"}
              >
                <span class="mono">v{entry.version}</span>
              </button>
              <span class="history-value"><Preview value={value} /></span>
              {entry.version === variable.version
                ? <Badge tone="accent">now</Badge>
                : <button type="button" class="quiet small" disabled={!props.canRollBack} onClick={() => props.rollBack(entry)}>Roll back</button>}
            </div>
            <p class="history-who muted small">
              <span title={dateOf(ms(entry.timestamp))}>{ago(ms(entry.timestamp), now)}</span>
              {entry.changedBy ? <> by <b>{entry.changedBy}</b></> : null}{why ? <>: “{why}”</> : null}
            </p>
            {open === entry.version && before ? <Difference before={shown(variable.type, before.value)} after={value} /> : null}
          </li>
        );
      })}
    </ol>
  );
}
