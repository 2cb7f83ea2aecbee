import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Variable } from "#messages/snakepit_bridge_pb";
import { ago, dateOf, ms } from "../data/format";
import { EarlierPoints } from "../data/history";
import { route } from "../data/route";
import { useNow } from "../data/store";
import { shown } from "../data/values";
import type { SessionWatch } from "../data/watch";
import { Badge, Empty, matcher, Preview, SearchField } from "../ui/parts";
import { VirtualList } from "../ui/list";
import { HeatMap, Sparkline } from "../ui/pictures";
import { DeleteDialog } from "./removal";

type Order = "registered" | "name" | "changed" | "type";

const collator = new Intl.Collator("en", { numeric: true });

export function VariableList({ watch, chosen }: { watch: SessionWatch; chosen?: string }) {
  const [typed, setTyped] = useState("");
  const [order, setOrder] = useState<Order>("registered");
  const earlier = useMemo(() => new EarlierPoints(watch), [watch]);
  const [deleting, setDeleting] = useState<Variable | undefined>();
  const now = useNow();

  // By what changed last the order follows each revision; else only what comes and goes matters.
  const ids = useMemo(() => {
    const matches = matcher(typed);
    const all = [...watch.variables.values()].filter(variable => typed.trim() === "" || matches(variable.name) || matches(variable.type));
    const by: { [order in Order]?: (a: Variable, b: Variable) => number } = {
      name: (a, b) => collator.compare(a.name, b.name),
      changed: (a, b) => Number(b.revision - a.revision),
      type: (a, b) => a.type.localeCompare(b.type) || collator.compare(a.name, b.name),
    };
    return (by[order] ? all.sort(by[order]) : all).map(variable => variable.id);
  }, [watch, watch.generation, typed, order, order === "changed" ? watch.revision : 0]);

  return (
    <section class="panel fill variables" aria-label="Variables">
      <header class="panel-head">
        <SearchField value={typed} onInput={setTyped} label="Find a variable, or a type" />
        <span class="grow" />
        <label class="muted small">
          <span class="narrow-hide">by </span>
          <select value={order} onChange={event => setOrder(event.currentTarget.value as Order)} aria-label="Order">
            <option value="registered">registration</option>
            <option value="name">name</option>
            <option value="changed">last change</option>
            <option value="type">type</option>
          </select>
        </label>
      </header>
      {ids.length === 0 ? (
        <Empty title={watch.variables.size === 0 ? "This session has no variables" : "No variable matches"} />
      ) : (
        <VirtualList
          items={ids}
          rowHeight={52}
          label="Variables"
          of={`${typed} ${order}`}
          keyOf={id => id}
          selectedKey={chosen === undefined ? undefined : watch.byName(chosen)?.id}
          onOpen={id => route.go("session", watch.sessionId, "variables", watch.variables.get(id)?.name ?? id)}
          onDelete={id => watch.phase === "live" && setDeleting(watch.variables.get(id))}
          row={id => <Row watch={watch} id={id} now={now} earlier={earlier} />}
        />
      )}
      {deleting ? <DeleteDialog sessionId={watch.sessionId} variable={deleting} onClose={() => setDeleting(undefined)} /> : null}
    </section>
  );
}

function Row({ watch, id, now, earlier }: { watch: SessionWatch; id: string; now: number; earlier: EarlierPoints }) {
  const variable = watch.variables.get(id);
  const line = useRef<HTMLDivElement>(null);
  const version = useRef(variable?.version);
  useEffect(() => {
    if (variable && version.current !== variable.version) {
      version.current = variable.version;
      line.current?.classList.remove("fresh");
      void line.current?.offsetWidth;
      line.current?.classList.add("fresh");
    }
  }, [variable?.version]);
  if (!variable) {
    return null;
  }

  const value = shown(variable.type, variable.value, variable.binaryValue);
  const changed = ms(variable.lastUpdatedAt);
  return (
    <div class="variable" ref={line} data-name={variable.name}>
      <span class="variable-name">
        <b class="clip">{variable.name}</b>
        <span class="faint small">{variable.type}</span>
      </span>
      <span class="variable-picture"><Picture watch={watch} variable={variable} earlier={earlier} /></span>
      <span class="variable-value"><Preview value={value} /></span>
      <span class="variable-when muted small">
        <span>v{variable.version}{variable.optimizationStatus?.optimizing ? <Badge tone="accent" title={`held by ${variable.optimizationStatus.optimizerId}`}>held</Badge> : null}</span>
        <span title={dateOf(changed)}>{ago(changed, now)}</span>
      </span>
    </div>
  );
}

function Picture({ watch, variable, earlier }: { watch: SessionWatch; variable: Variable; earlier: EarlierPoints }) {
  const value = shown(variable.type, variable.value, variable.binaryValue);
  const isNumber = value.kind === "number";
  useEffect(() => {
    if (isNumber) {
      earlier.want(variable.id, variable.version);
    }
  }, [variable.id, isNumber]);
  if (isNumber) {
    const points = watch.points.get(variable.id) ?? [];
    return points.length > 1 ? <Sparkline points={points} label={`the last ${points.length} values of ${variable.name}`} /> : null;
  }

  return value.numbers && value.numbers.length > 0
    ? <HeatMap numbers={value.numbers} shape={value.kind === "tensor" && value.shape?.length === 2 ? value.shape : []} label={`the elements of ${variable.name}`} />
    : null;
}
