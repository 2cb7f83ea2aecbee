import { useMemo } from "preact/hooks";
import type { VariableDependency } from "#messages/snakepit_sessions_pb";
import { layered, type Layout, type Placed } from "../data/layers";
import { usePolled } from "../data/polled";
import { hrefOf } from "../data/route";
import { sessions } from "../data/rpc";
import { shown } from "../data/values";
import type { SessionWatch } from "../data/watch";
import { Empty } from "../ui/parts";
import { Stale } from "./stale";

const NodeWidth = 176;
const NodeHeight = 46;
const ColumnGap = 84;
const RowGap = 18;
const MostNodes = 400;

export function GraphTab({ watch }: { watch: SessionWatch }) {
  const polled = usePolled(
    async signal => (await sessions.listDependencies({ sessionId: watch.sessionId }, { signal })).dependencies, 5_000, [watch, watch.generation]);
  const edges = polled.value ?? [];
  const shape = useMemo(() => layered(edges.map(edge => [edge.fromVariableId, edge.toVariableId] as const), MostNodes), [polled.at]);
  return (
    <section class="panel fill">
      <header class="panel-head">
        <h2>Dependencies</h2>
        <span class="muted small">{edges.length === 0 ? "" : "what is needed stands left of what needs it"}</span>
        <span class="grow" />
        {edges.length > 0 ? <span class="edge-legend small muted narrow-hide"><i class="data" />data<i class="constraint" />constraint<i class="optimization" />optimization</span> : null}
      </header>
      <Stale failure={polled.failure} at={polled.at} what="This picture" />
      {polled.value && edges.length === 0
        ? <Empty title="No variable depends on another" />
        : <div class="graph">{edges.length === 0 ? null : <Drawing watch={watch} edges={edges} layout={shape} />}</div>}
      {shape.left > 0 ? <p class="muted small">{shape.left} more variables have dependencies and are left out.</p> : null}
    </section>
  );
}

function Drawing({ watch, edges, layout }: { watch: SessionWatch; edges: VariableDependency[]; layout: Layout }) {
  const { placed, bends } = layout;
  const point = (place: Placed) => ({ x: 12 + place.column * (NodeWidth + ColumnGap), y: 12 + place.row * (NodeHeight + RowGap) });
  const at = (id: string) => {
    const place = placed.get(id);
    return place && point(place);
  };
  return (
    <svg width={layout.columns * (NodeWidth + ColumnGap) - ColumnGap + 24} height={layout.rows * (NodeHeight + RowGap) + 12} role="img" aria-label="dependencies of the session's variables">
      <defs>
        <marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="arrow-head" /></marker>
      </defs>
      {edges.map(edge => {
        const [from, to] = [at(edge.toVariableId), at(edge.fromVariableId)];
        if (!from || !to) {
          return null;
        }

        let [x, y] = [from.x + NodeWidth, from.y + NodeHeight / 2];
        let path = `M${x} ${y}`;
        const curve = (x2: number, y2: number) => {
          const bend = Math.max(28, Math.abs(x2 - x) / 2);
          path += `C${x + bend} ${y} ${x2 - bend} ${y2} ${x2} ${y2}`;
          [x, y] = [x2, y2];
        };
        for (const bend of bends.get(`${edge.fromVariableId} ${edge.toVariableId}`) ?? []) {
          const passed = point(bend);
          curve(passed.x, passed.y + NodeHeight / 2);
          x += NodeWidth;
          path += `L${x} ${y}`;
        }

        curve(to.x - 2, to.y + NodeHeight / 2);
        return <path key={`${edge.fromVariableId} ${edge.toVariableId} ${edge.dependencyType}`} class={`edge ${edge.dependencyType}`} d={path} marker-end="url(#end)" />;
      })}
      {[...placed.keys()].map(id => {
        const variable = watch.variables.get(id);
        const place = at(id)!;
        return (
          <a key={id} href={hrefOf("session", watch.sessionId, "variables", variable?.name ?? id)} class="node">
            <rect x={place.x} y={place.y} width={NodeWidth} height={NodeHeight} rx={8} />
            <text x={place.x + 12} y={place.y + 19} class="node-name">{cut(variable?.name ?? id, 22)}</text>
            <text x={place.x + 12} y={place.y + 36} class="node-value">{variable ? cut(shown(variable.type, variable.value, variable.binaryValue).text, 21) : ""}</text>
          </a>
        );
      })}
    </svg>
  );
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
