import { WorkerStatus_Kind as Kind, WorkerStatus_State as State, type WorkerStatus } from "#messages/snakepit_tools_pb";
import { ago, count, dateOf, ms } from "../data/format";
import { usePolled } from "../data/polled";
import { tools } from "../data/rpc";
import { useNow } from "../data/store";
import { Badge, Empty } from "../ui/parts";
import { Stale } from "./stale";

const kinds = { [Kind.ANNOUNCED]: "announced", [Kind.LAUNCHED]: "launched", [Kind.ATTACHED]: "attached" };
const states: { [state: number]: [string, string] } = {
  [State.READY]: ["ready", "good"],
  [State.STARTING]: ["starting", "plain"],
  [State.DOWN]: ["down", "bad"],
  [State.DRAINING]: ["draining", "warn"],
};

export function WorkersView() {
  const polled = usePolled(async signal => (await tools.listWorkers({}, { signal })).workers, 2_000, []);
  const now = useNow();
  const workers = polled.value ?? [];
  return (
    <main class="page">
      <header class="page-head">
        <h1>Workers</h1>
        <span class="muted">{polled.value ? count(workers.length, "host") + " of tools" : ""}</span>
      </header>
      <Stale failure={polled.failure} at={polled.at} what="This list" />
      {polled.value && workers.length === 0 ? (
        <section class="panel">
          <Empty title="Nothing runs tools here">
            <p>A worker that listens is announced with <code>snakepit workers add HOST:PORT</code>; a client attaches by itself.</p>
          </Empty>
        </section>
      ) : (
        <div class="cards">{workers.map(worker => <Worker key={worker.workerId} worker={worker} now={now} />)}</div>
      )}
    </main>
  );
}

function Worker({ worker, now }: { worker: WorkerStatus; now: number }) {
  const [state, tone] = states[worker.state] ?? ["unknown", "plain"];
  const since = ms(worker.since);
  return (
    <article class="panel card">
      <header>
        <h2 class="clip" title={worker.workerId}>{worker.workerId}</h2>
        <Badge tone={tone}>{state}</Badge>
      </header>
      <p class="muted">
        {kinds[worker.kind]}{worker.address ? <> at <span class="mono">{worker.address}</span></> : null}
        {worker.processId ? <>, process <span class="mono">{worker.processId}</span></> : null}
      </p>
      {worker.detail ? <p class="clip-2" title={worker.detail}>{worker.detail}</p> : null}
      <dl class="figures">
        <div><dt>now</dt><dd>{worker.callsInFlight.toLocaleString("en")}</dd></div>
        <div><dt>calls</dt><dd>{Number(worker.calls).toLocaleString("en")}</dd></div>
        <div><dt>failed</dt><dd class={worker.failedCalls > 0n ? "bad" : ""}>{Number(worker.failedCalls).toLocaleString("en")}</dd></div>
        {worker.kind === Kind.LAUNCHED ? <div><dt>restarts</dt><dd>{worker.restarts}</dd></div> : null}
        <div><dt>since</dt><dd title={dateOf(since)}>{ago(since, now)}</dd></div>
      </dl>
      {Object.keys(worker.metadata).length > 0 ? (
        <p class="muted mono small clip-2">{Object.entries(worker.metadata).map(([key, value]) => `${key}=${value}`).join("  ")}</p>
      ) : null}
    </article>
  );
}
