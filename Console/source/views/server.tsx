import { DescribeServerResponse_Kind as Kind, type DescribeServerResponse } from "#messages/snakepit_sessions_pb";
import { useMemo, useRef } from "preact/hooks";
import { ago, dateOf, ms, span } from "../data/format";
import { usePolled } from "../data/polled";
import { sessions } from "../data/rpc";
import { useNow } from "../data/store";
import type { Point } from "../data/watch";
import { Badge } from "../ui/parts";
import { Sparkline } from "../ui/pictures";
import { Stale } from "./stale";

export function ServerView() {
  const polled = usePolled(signal => sessions.describeServer({}, { signal }), 2_000, []);
  const now = useNow();
  const server = polled.value;
  const seen = useSeen(server);
  return (
    <main class="page">
      <header class="page-head">
        <h1>{server?.kind === Kind.GATEWAY ? "Cluster" : "Server"}</h1>
        {server ? <span class="muted">{server.kind === Kind.GATEWAY ? <>gateway of <span class="mono">{server.clusterId}</span></> : "a sidecar"}, version {server.version}</span> : null}
      </header>
      <Stale failure={polled.failure} at={polled.at} what="This page" />
      {server ? (
        <>
          <section class="tiles">
            <Tile name="Sessions stored" value={server.sessionCount === undefined ? "—" : Number(server.sessionCount).toLocaleString("en")} note={`kept in ${server.store}`} points={seen.stored} />
            <Tile name="In memory" value={Number(server.activeSessionCount).toLocaleString("en")} note={server.silos.length > 0 ? "on all silos" : "used not long ago"} points={seen.active} />
            <Tile name="Watches" value={server.watcherCount.toLocaleString("en")} note="through this server" points={seen.watches} />
            <Tile name="Up for" value={span(ms(server.serverTime) - ms(server.startedAt))} note={`since ${dateOf(ms(server.startedAt))}`} />
          </section>
          {server.kind === Kind.GATEWAY ? <Cluster server={server} now={now} /> : null}
        </>
      ) : null}
    </main>
  );
}

/** What was told since the page was opened. */
function useSeen(server: DescribeServerResponse | undefined): { stored: Point[]; active: Point[]; watches: Point[] } {
  const seen = useRef({ stored: [] as Point[], active: [] as Point[], watches: [] as Point[] });
  return useMemo(() => {
    if (server) {
      const at = ms(server.serverTime);
      const add = (points: Point[], value: number) => [...points, { at, value }].slice(-120);
      seen.current = {
        stored: add(seen.current.stored, Number(server.sessionCount ?? 0n)),
        active: add(seen.current.active, Number(server.activeSessionCount)),
        watches: add(seen.current.watches, server.watcherCount),
      };
    }

    return seen.current;
  }, [server]);
}

function Tile({ name, value, note, points }: { name: string; value: string; note: string; points?: Point[] }) {
  return (
    <div class="panel tile">
      <span class="tile-name">{name}</span>
      <span class="tile-value">{value}</span>
      {points && points.length > 2 ? <Sparkline points={points} label={`${name}, as seen here`} /> : null}
      <span class="muted small">{note}</span>
    </div>
  );
}

function Cluster({ server, now }: { server: DescribeServerResponse; now: number }) {
  const most = Math.max(1, ...server.silos.map(silo => Number(silo.activeSessionCount ?? 0n)));
  return (
    <>
      <section class="panel">
        <h2>Silos</h2>
        <table>
          <thead><tr><th>Address</th><th>Status</th><th class="num">Sessions in memory</th><th class="bar-cell" /><th class="num">Up for</th><th class="num wide-only">Last heard</th></tr></thead>
          <tbody>
            {server.silos.map(silo => (
              <tr key={silo.address}>
                <td class="mono">{silo.address.split("@")[0]}</td>
                <td><Badge tone={silo.status === "Active" ? (silo.activeSessionCount === undefined ? "warn" : "good") : "warn"}>
                  {silo.status === "Active" && silo.activeSessionCount === undefined ? "silent" : silo.status.toLowerCase()}
                </Badge></td>
                <td class="num">{silo.activeSessionCount === undefined ? "—" : Number(silo.activeSessionCount).toLocaleString("en")}</td>
                <td class="bar-cell"><span class="bar" style={{ width: `${(Number(silo.activeSessionCount ?? 0n) / most) * 100}%` }} /></td>
                <td class="num" title={dateOf(ms(silo.startedAt))}>{span(now - ms(silo.startedAt))}</td>
                <td class="num wide-only">{ago(ms(silo.aliveAt), now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section class="panel">
        <h2>Gateways</h2>
        <table>
          <thead><tr><th>Address</th><th /><th class="num">Hosts of tools</th></tr></thead>
          <tbody>
            {server.gateways.map(gateway => (
              <tr key={gateway.address}>
                <td class="mono">{gateway.address}</td>
                <td>{gateway.answers ? <Badge tone="accent">this one</Badge> : null}</td>
                <td class="num">{gateway.hostCount}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
