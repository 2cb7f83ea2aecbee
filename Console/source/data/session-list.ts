import type { SessionSummary } from "#messages/snakepit_sessions_pb";
import { sessions } from "./rpc";

const PageSize = 1_000;

/** All sessions, page by page; each page is shown as it comes, if nothing was shown before. */
export async function listSessions(signal: AbortSignal, progress: (some: SessionSummary[]) => void): Promise<SessionSummary[]> {
  const all: SessionSummary[] = [];
  let pageToken = "";
  do {
    const page = await sessions.listSessions({ pageSize: PageSize, pageToken }, { signal });
    all.push(...page.sessions);
    pageToken = page.nextPageToken;
    if (pageToken !== "") {
      progress([...all]);
    }
  } while (pageToken !== "");
  return all;
}

export type SortKey = "id" | "age" | "expiry" | "variables" | "watchers" | "revision";

const collator = new Intl.Collator("en", { numeric: true });

/** What is not known, as it is only of sessions in memory, comes last either way. */
export function sorted(list: readonly SessionSummary[], key: SortKey, descending: boolean): SessionSummary[] {
  const measure = (session: SessionSummary): number => {
    switch (key) {
      case "age": return -Number(session.createdAt?.seconds ?? 0n);
      case "expiry": return Number(session.expiresAt?.seconds ?? 0n);
      case "variables": return session.active ? session.variableCount : NaN;
      case "watchers": return session.active ? session.watcherCount : NaN;
      default: return session.active ? Number(session.revision) : NaN;
    }
  };
  const sign = descending ? -1 : 1;
  const byId = (a: SessionSummary, b: SessionSummary) => collator.compare(a.sessionId, b.sessionId);
  if (key === "id") {
    return [...list].sort((a, b) => sign * byId(a, b));
  }

  const measured = list.map(session => ({ session, size: measure(session) }));
  measured.sort((a, b) =>
    Number.isNaN(a.size) || Number.isNaN(b.size)
      ? Number(Number.isNaN(a.size)) - Number(Number.isNaN(b.size)) || byId(a.session, b.session)
      : sign * (a.size - b.size) || byId(a.session, b.session));
  return measured.map(({ session }) => session);
}
