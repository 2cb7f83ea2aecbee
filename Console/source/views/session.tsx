import { useEffect, useRef, useState } from "preact/hooks";
import { count, dateOf, ms, span, timeOf } from "../data/format";
import { usePolled } from "../data/polled";
import { hrefOf } from "../data/route";
import { sessions } from "../data/rpc";
import { useNow, useStore } from "../data/store";
import { SessionWatch } from "../data/watch";
import { Badge, Empty } from "../ui/parts";
import { ActivityPane } from "./activity";
import { GraphTab } from "./graph";
import { EndDialog } from "./removal";
import { ToolsTab } from "./tools";
import { VariableList } from "./variables";
import { VariablePane } from "./variable";
import { WatchersTab } from "./watchers";

const tabs: [string, string][] = [
  ["variables", "Variables"], ["activity", "Activity"], ["graph", "Dependencies"], ["tools", "Tools"], ["watchers", "Watchers"],
];

export function SessionView({ id, tab, item }: { id: string; tab: string; item?: string }) {
  const [watch, setWatch] = useState(() => new SessionWatch(id));
  useEffect(() => {
    const fresh = new SessionWatch(id);
    setWatch(fresh);
    fresh.start();
    return () => fresh.stop();
  }, [id]);
  useStore(watch);
  const info = usePolled(async signal => (await sessions.describeSession({ sessionId: id }, { signal })).session, 3_000, [id, watch.phase === "live"]);
  const summary = info.value;
  const [ending, setEnding] = useState(false);
  const tabBar = useRef<HTMLElement>(null);
  useEffect(() => tabBar.current?.querySelector(".here")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [tab]);
  return (
    <main class={`page fill session ${watch.phase}`}>
      <header class="page-head">
        <h1 class="clip" title={id}><a class="back" href={hrefOf()} aria-label="All sessions">‹</a>{id}</h1>
        <PhaseBadge watch={watch} />
        <span class="muted facts">
          {watch.revision === undefined ? null : <span>revision <b class="mono" data-testid="revision">{watch.revision.toLocaleString("en")}</b></span>}
          {watch.revision === undefined ? null : <span>{count(watch.variables.size, "variable")}</span>}
          {summary ? <span>{count(summary.watcherCount, "watcher")}</span> : null}
          {summary?.createdAt ? <span class="wide-only" title={dateOf(ms(summary.createdAt))}>began {dateOf(ms(summary.createdAt))}</span> : null}
          {summary?.silo ? <span class="wide-only">on <span class="mono">{summary.silo.split("@")[0]}</span></span> : null}
        </span>
        <span class="grow" />
        <button type="button" class="quiet small" disabled={watch.phase !== "live"} onClick={() => setEnding(true)}>End…</button>
      </header>
      <PhaseBanner watch={watch} />
      <nav class="tabs" aria-label="Parts of the session" ref={tabBar}>
        {tabs.map(([key, name]) => (
          <a key={key} href={hrefOf("session", id, key)} class={tab === key ? "here" : ""} aria-current={tab === key ? "page" : undefined}>
            {name}
            {key === "activity" && watch.feed.length > 0 ? <span class="tally">{watch.feed.length >= 5_000 ? "5,000+" : watch.feed.length.toLocaleString("en")}</span> : null}
            {key === "tools" && summary && summary.toolCount > 0 ? <span class="tally">{summary.toolCount}</span> : null}
          </a>
        ))}
      </nav>
      <Body watch={watch} tab={tab} item={item} />
      {ending ? <EndDialog id={id} variables={watch.variables.size} onClose={() => setEnding(false)} /> : null}
    </main>
  );
}

function Body({ watch, tab, item }: { watch: SessionWatch; tab: string; item?: string }) {
  if (watch.revision === undefined) {
    return watch.phase === "connecting"
      ? <Empty title={watch.arriving > 0 ? `${count(watch.arriving, "variable")} so far…` : "Asking the server…"} />
      : <Empty title="Nothing is known of this session" />;
  }

  switch (tab) {
    case "activity": return <ActivityPane watch={watch} />;
    case "graph": return <GraphTab watch={watch} />;
    case "tools": return <ToolsTab watch={watch} chosen={item} />;
    case "watchers": return <WatchersTab watch={watch} />;
    default:
      return (
        <div class={`split${item === undefined ? "" : " opened"}`}>
          <VariableList watch={watch} chosen={item} />
          {item === undefined ? <ActivityPane watch={watch} /> : <VariablePane key={item} watch={watch} identifier={item} />}
        </div>
      );
  }
}

function PhaseBadge({ watch }: { watch: SessionWatch }) {
  const [tone, text] = {
    connecting: ["plain", "connecting"], live: ["good live", "live"], lost: ["warn", "not live"],
    paused: ["plain", "paused"], ended: ["bad", "ended"], refused: ["bad", "refused"],
  }[watch.phase]!;
  return (
    <span data-testid="phase" data-phase={watch.phase} title={watch.phase === "live" ? "Every change arrives as it happens; the session does not expire while it is watched." : watch.reason}>
      <Badge tone={tone}>{text}</Badge>
    </span>
  );
}

function PhaseBanner({ watch }: { watch: SessionWatch }) {
  const now = useNow();
  if (watch.phase === "live" || watch.phase === "connecting") {
    return null;
  }

  const asOf = watch.revision === undefined ? "" : ` What you see is revision ${watch.revision.toLocaleString("en")}, heard ${span(now - watch.heard)} ago, at ${timeOf(watch.heard)}.`;
  const words = {
    lost: `${watch.reason || "The connection was lost."}${asOf} It is tried again, and nothing in between will be missing.`,
    paused: `Paused while nobody looked.${asOf}`,
    ended: `This session is over: ${watch.reason}.${asOf}`,
    refused: `The server refuses: ${watch.reason}.${asOf}`,
  }[watch.phase];
  return (
    <div class={`banner ${watch.phase === "lost" || watch.phase === "paused" ? "warn" : "bad"}`} role="status" data-testid="stale">
      {words} <button type="button" class="link" onClick={() => watch.retry()}>{watch.phase === "ended" ? "Look again" : "Try now"}</button>
    </div>
  );
}
