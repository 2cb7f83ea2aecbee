import { ago, count, dateOf, ms } from "../data/format";
import { usePolled } from "../data/polled";
import { sessions } from "../data/rpc";
import { useNow } from "../data/store";
import type { SessionWatch } from "../data/watch";
import { Badge, Empty } from "../ui/parts";
import { Stale } from "./stale";

export function WatchersTab({ watch }: { watch: SessionWatch }) {
  const polled = usePolled(signal => sessions.listWatchers({ sessionId: watch.sessionId }, { signal }), 2_000, [watch]);
  const now = useNow();
  const watchers = polled.value?.watchers ?? [];
  return (
    <section class="panel fill scrolls">
      <header class="panel-head">
        <h2>Watchers</h2>
        <span class="muted small">through this server{polled.value ? `: ${count(polled.value.watcherCount, "watch", "watches")}, yours among them` : ""}</span>
      </header>
      <Stale failure={polled.failure} at={polled.at} what="This list" />
      {polled.value && watchers.length === 0 ? <Empty title="Nobody watches this session here" /> : (
        <table>
          <thead><tr><th>Client</th><th>Follows</th><th class="num wide-only">At revision</th><th class="num">Behind</th><th class="num wide-only">Since</th></tr></thead>
          <tbody>
            {watchers.map(watcher => (
              <tr key={`${watcher.peer} ${ms(watcher.since)}`}>
                <td class="mono">{watcher.peer.replace(/^ipv[46]:/, "")}</td>
                <td>
                  {watcher.variableIdentifiers.length + watcher.patterns.length === 0 ? "everything"
                    : <span class="mono clip-2">{[...watcher.variableIdentifiers, ...watcher.patterns].slice(0, 20).join(", ")}</span>}
                  {watcher.updateTypes.length > 0 ? <span class="muted small"> only {watcher.updateTypes.join(", ")}</span> : null}
                </td>
                <td class="num wide-only">{Number(watcher.revision).toLocaleString("en")}</td>
                <td class="num">{watcher.lag > 0n ? <Badge tone="warn">{Number(watcher.lag).toLocaleString("en")}</Badge> : <span class="faint">level</span>}</td>
                <td class="num wide-only" title={dateOf(ms(watcher.since))}>{ago(ms(watcher.since), now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
