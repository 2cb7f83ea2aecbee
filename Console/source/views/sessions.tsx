import { useMemo, useState } from "preact/hooks";
import type { SessionSummary } from "#messages/snakepit_sessions_pb";
import { ago, count, dateOf, ms, within } from "../data/format";
import { usePolled } from "../data/polled";
import { route } from "../data/route";
import { listSessions, sorted, type SortKey } from "../data/session-list";
import { useNow } from "../data/store";
import { Badge, Empty, matcher, SearchField } from "../ui/parts";
import { VirtualList } from "../ui/list";
import { EndDialog } from "./removal";
import { Stale } from "./stale";

const columns: { key: SortKey; name: string; class: string }[] = [
  { key: "id", name: "Session", class: "" },
  { key: "variables", name: "Variables", class: "num" },
  { key: "watchers", name: "Watchers", class: "num wide-only" },
  { key: "revision", name: "Revision", class: "num wide-only" },
  { key: "age", name: "Created", class: "num wide-only" },
  { key: "expiry", name: "Expires", class: "num" },
];

export function SessionsView() {
  const [typed, setTyped] = useState("");
  const [sort, setSort] = useState<{ key: SortKey; descending: boolean }>({ key: "id", descending: false });
  const [partial, setPartial] = useState<SessionSummary[]>([]);
  const [ending, setEnding] = useState<SessionSummary | undefined>();
  const polled = usePolled((signal, heard) => listSessions(signal, some => {
    heard();
    setPartial(some);
  }), 5_000, []);
  const now = useNow();
  const all = polled.value ?? partial;
  const hasSilos = useMemo(() => all.some(session => session.silo !== ""), [all]);
  const rows = useMemo(() => {
    const matches = matcher(typed);
    return sorted(typed.trim() === "" ? all : all.filter(session => matches(session.sessionId)), sort.key, sort.descending);
  }, [all, typed, sort]);

  return (
    <main class="page fill">
      <header class="page-head">
        <h1>Sessions</h1>
        <span class="muted" data-testid="session-count">
          {rows.length === all.length ? count(all.length, "session") : `${rows.length.toLocaleString("en")} of ${count(all.length, "session")}`}
          {polled.value ? "" : " so far…"}
        </span>
        <span class="grow" />
        <SearchField value={typed} onInput={setTyped} label="Find a session" />
      </header>
      <Stale failure={polled.failure} at={polled.at} what="This list" />
      <section class={`panel fill table sessions${hasSilos ? " with-silo" : ""}`}>
        <div class="table-head">
          {columns.map(column => (
            <button
              key={column.key}
              type="button"
              class={`${column.class}${sort.key === column.key ? " sorted" : ""}`}
              aria-pressed={sort.key === column.key}
              onClick={() => setSort({ key: column.key, descending: sort.key === column.key ? !sort.descending : column.key !== "id" && column.key !== "expiry" })}
            >
              {column.name}
              <span class="arrow">{sort.key === column.key ? (sort.descending ? "↓" : "↑") : ""}</span>
            </button>
          ))}
          {hasSilos ? <span class="wide-only">Lives on</span> : null}
        </div>
        {rows.length === 0 && polled.value ? (
          <Empty title={all.length === 0 ? "There are no sessions" : "No session matches"}>
            {all.length === 0 ? <p>One begins with its first variable: <code>snakepit register tour temperature float 20.5</code></p> : null}
          </Empty>
        ) : (
          <VirtualList
            items={rows}
            rowHeight={40}
            label="Sessions"
            of={`${typed} ${sort.key} ${sort.descending}`}
            keyOf={session => session.sessionId}
            onOpen={session => route.go("session", session.sessionId)}
            onDelete={setEnding}
            row={session => <Row session={session} now={now} hasSilos={hasSilos} />}
          />
        )}
      </section>
      {ending ? <EndDialog id={ending.sessionId} variables={ending.active ? ending.variableCount : undefined} onEnded={() => polled.again()} onClose={() => setEnding(undefined)} /> : null}
    </main>
  );
}

function Row({ session, now, hasSilos }: { session: SessionSummary; now: number; hasSilos: boolean }) {
  const created = ms(session.createdAt);
  const expires = ms(session.expiresAt);
  return (
    <>
      <span class="name">
        <span class={session.active ? "dot on" : "dot"} title={session.active ? "in memory" : "in the store; its numbers show once it is used"} />
        <span class="clip">{session.sessionId}</span>
        {session.watcherCount > 0 ? <span class="narrow-hide"><Badge tone="accent">watched</Badge></span> : null}
      </span>
      <span class="num">{session.active ? session.variableCount.toLocaleString("en") : <span class="faint">—</span>}</span>
      <span class="num wide-only">{session.active ? session.watcherCount.toLocaleString("en") : <span class="faint">—</span>}</span>
      <span class="num wide-only">{session.active ? Number(session.revision).toLocaleString("en") : <span class="faint">—</span>}</span>
      <span class="num wide-only" title={dateOf(created)}>{ago(created, now)}</span>
      <span class="num" title={dateOf(expires)}>{session.watcherCount > 0 ? <span class="faint">not while watched</span> : within(expires, now)}</span>
      {hasSilos ? <span class="clip mono wide-only">{session.silo.split("@")[0]}</span> : null}
    </>
  );
}
