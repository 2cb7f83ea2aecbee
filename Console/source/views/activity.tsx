import { useMemo, useState } from "preact/hooks";
import { timeOf } from "../data/format";
import { route } from "../data/route";
import type { FeedEntry, SessionWatch } from "../data/watch";
import { Badge, Empty, matcher, Preview, SearchField } from "../ui/parts";
import { VirtualList } from "../ui/list";

const words: { [kind: string]: [string, string] } = {
  value_change: ["set", "plain"],
  registered: ["registered", "good"],
  deleted: ["deleted", "bad"],
  constraint_change: ["described", "plain"],
  dependency_change: ["touched", "plain"],
  optimization_change: ["optimization", "accent"],
};

/** What happened since the page was opened, newest first. */
export function ActivityPane({ watch }: { watch: SessionWatch }) {
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(false);
  const newest = watch.feed[watch.feed.length - 1]?.revision;
  const entries = useMemo(() => {
    const matches = matcher(typed);
    const chosen = watch.feed.filter(entry =>
      (all || entry.kind !== "dependency_change" || entry.gap !== undefined) &&
      (typed.trim() === "" || matches(entry.name) || matches(entry.by) || matches(entry.why)));
    return chosen.reverse();
  }, [typed, all, newest, watch.feed.length, watch]);
  return (
    <section class="panel fill activity" aria-label="Activity">
      <header class="panel-head">
        <h2>Activity</h2>
        <span class="grow" />
        {watch.feed.some(entry => entry.kind === "dependency_change") ? (
          <label class="check small" title="Also tell which variables depend on what changed">
            <input type="checkbox" checked={all} onChange={event => setAll(event.currentTarget.checked)} /><span>dependents</span>
          </label>
        ) : null}
        {watch.feed.length > 0 ? <SearchField value={typed} onInput={setTyped} label="Variable, who, why" /> : null}
      </header>
      {entries.length === 0 ? (
        <Empty title={watch.feed.length === 0 ? "Nothing has changed since you came" : "Nothing matches"}>
          {watch.feed.length === 0 ? <p>Each change appears here as it happens, with who made it and why.</p> : null}
        </Empty>
      ) : (
        <VirtualList
          items={entries}
          rowHeight={56}
          newestFirst
          of={`${typed} ${all}`}
          label="Changes, newest first"
          keyOf={entry => entry.key}
          onOpen={entry => watch.variables.has(entry.id) && route.go("session", watch.sessionId, "variables", entry.name)}
          row={entry => <Entry entry={entry} />}
        />
      )}
    </section>
  );
}

function Entry({ entry }: { entry: FeedEntry }) {
  const [word, tone] = words[entry.kind] ?? [entry.kind, "plain"];
  return (
    <div class="entry" data-revision={entry.revision}>
      <span class="entry-what">
        <b class="clip">{entry.name}</b>
        {entry.kind === "value_change" ? null : <Badge tone={tone}>{word}</Badge>}
        {entry.kind === "value_change" && entry.before ? <span class="faint before"><Preview value={entry.before} /> →</span> : null}
        {entry.cause ? <span class="muted clip">by <b>{entry.cause}</b>, which it depends on</span> : null}
        {entry.kind === "value_change" || entry.kind === "registered" ? <Preview value={entry.after} /> : null}
      </span>
      <span class="entry-who muted small">
        <span class="mono">{timeOf(entry.at)}</span>
        <span class="mono wide-only">r{entry.revision}</span>
        <span class="clip">{entry.by ? <>by <b>{entry.by}</b></> : null}{entry.why ? <>: “{entry.why}”</> : null}</span>
        {entry.gap ? <Badge tone="warn" title={entry.gap}>gap before this</Badge> : null}
      </span>
    </div>
  );
}
