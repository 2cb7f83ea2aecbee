import { Code, ConnectError } from "@connectrpc/connect";
import type { Variable, VariableUpdate } from "#messages/snakepit_bridge_pb";
import { ms } from "./format";
import { bridge, identity, wordsOf } from "./rpc";
import { Store } from "./store";
import { measure, shown, type Shown } from "./values";

/**
 * connecting: nothing is known yet. live: every change arrives. lost: what is shown may be old, and it is tried again.
 * paused: nobody looks. ended: there is no such session any more. refused: the server does not let us.
 */
export type Phase = "connecting" | "live" | "lost" | "paused" | "ended" | "refused";

export interface FeedEntry {
  key: string;
  revision: number;
  kind: string;
  id: string;
  name: string;
  version: number;
  before?: Shown;
  after: Shown;
  at: number;
  by: string;
  why: string;
  /** Of a change that was only touched: the variable it depends on that was really changed. */
  cause?: string;
  /** Of what came before this entry something is not shown, and why. */
  gap?: string;
}

export interface Point {
  at: number;
  value: number;
}

const FeedLength = 5_000;
const PointsKept = 240;
const SilenceAllowed = 75_000;
const HiddenAllowed = 30_000;
const Delays = [250, 500, 1_000, 2_000, 4_000];

/**
 * A session as it is and as it changes: one watch of everything in it. A watch that broke goes on after the last
 * revision seen, so that the feed has no gap; where the server's log does not reach back that far, the feed says so.
 */
export class SessionWatch extends Store {
  readonly variables = new Map<string, Variable>();
  readonly points = new Map<string, Point[]>();
  readonly feed: FeedEntry[] = [];
  phase: Phase = "connecting";
  /** Why the phase is what it is, in the server's words. */
  reason = "";
  /** The revision that is shown. */
  revision?: number;
  /** When the server was last heard. */
  heard = 0;
  /** How many variables have come of a snapshot that is not whole yet. */
  arriving = 0;
  /** Counts what changes which variables there are, for lists that are made of them. */
  generation = 0;
  reconnects = 0;

  #incoming?: Map<string, Variable>;
  #resyncing = false;
  #gap = "";
  #abort = new AbortController();
  #wake: () => void = () => {};
  #stopped = false;
  #hidden = 0;
  #silence = 0;
  #undo: (() => void)[] = [];

  constructor(readonly sessionId: string) {
    super();
  }

  start(): void {
    const onVisible = () => {
      clearTimeout(this.#hidden);
      if (document.hidden) {
        this.#hidden = window.setTimeout(() => this.#pause(), HiddenAllowed);
      } else {
        this.#resume();
      }
    };
    const onOnline = () => this.#wake();
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("online", onOnline);
    this.#undo = [
      () => document.removeEventListener("visibilitychange", onVisible),
      () => removeEventListener("online", onOnline),
      identity.subscribe(() => this.retry()),
    ];
    this.#silence = window.setInterval(() => this.#listen(), 5_000);
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#silence);
    clearTimeout(this.#hidden);
    this.#undo.forEach(undo => undo());
    this.#abort.abort();
    this.#wake();
  }

  /** Tries again now: the session may be there by now, or the token right. */
  retry(): void {
    if (this.phase === "ended") {
      this.revision = undefined;
    }

    if (this.phase !== "live" && this.phase !== "connecting") {
      this.#wake();
    }
  }

  byName(identifier: string): Variable | undefined {
    return this.variables.get(identifier) ?? [...this.variables.values()].find(variable => variable.name === identifier);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      this.#abort = new AbortController();
      const before = this.heard;
      const token = identity.token;
      try {
        await this.#follow();
      } catch (failure) {
        if (this.#stopped) {
          return;
        }

        this.#lose(failure);
        if (this.phase === "refused" && token !== identity.token) {
          // Another was given while the server refused this one.
          continue;
        }
      }

      failures = this.heard > before ? 0 : failures + 1;
      const delay = this.phase === "lost" ? Delays[Math.min(failures, Delays.length - 1)]! * (0.75 + Math.random() / 2) : undefined;
      await this.#sleep(delay);
      this.reconnects++;
    }
  }

  async #follow(): Promise<void> {
    this.#incoming = undefined;
    this.#resyncing = false;
    const isFirst = this.revision === undefined;
    const updates = bridge.watchVariables(
      {
        sessionId: this.sessionId,
        includeInitialValues: isFirst,
        fromRevision: isFirst ? undefined : BigInt(this.revision!),
      },
      {
        signal: this.#abort.signal,
        onHeader: () => {
          this.heard = Date.now();
          if (!isFirst) {
            this.#become("live", "");
          }
        },
      });
    for await (const update of updates) {
      this.heard = Date.now();
      this.#take(update);
    }

    throw new ConnectError("the server ended the watch", Code.Unavailable);
  }

  #take(update: VariableUpdate): void {
    const revision = Number(update.revision);
    switch (update.updateType) {
      case "resync":
        this.#incoming = new Map();
        this.#resyncing = true;
        break;
      case "initial_value":
        this.#incoming ??= new Map();
        this.#incoming.set(update.variableId, update.variable!);
        this.arriving = this.#incoming.size;
        break;
      case "heartbeat":
        if (this.revision === undefined || this.#resyncing) {
          this.#replace(revision);
        }

        this.revision = Math.max(this.revision ?? 0, revision);
        this.#become("live", "");
        break;
      default:
        this.#apply(update, revision);
    }

    this.changed();
  }

  /** A snapshot is whole: it is what there is. */
  #replace(revision: number): void {
    if (this.#resyncing && this.revision !== undefined) {
      this.#gap = `Changes between revisions ${this.revision} and ${revision} are no longer in the log: what happened there is not shown.`;
    }

    this.variables.clear();
    for (const [id, variable] of this.#incoming ?? []) {
      this.variables.set(id, variable);
    }

    this.revision = revision;
    this.#incoming = undefined;
    this.#resyncing = false;
    this.arriving = 0;
    this.generation++;
  }

  #apply(update: VariableUpdate, revision: number): void {
    if (this.revision !== undefined && revision <= this.revision) {
      return;
    }

    // All of the session is watched, so revisions follow each other: a hole would be a loss.
    if (this.revision !== undefined && revision !== this.revision + 1) {
      this.#gap = `Revisions ${this.revision + 1} to ${revision - 1} did not arrive.`;
    }

    this.revision = revision;
    const variable = update.variable!;
    const after = shown(variable.type, variable.value, variable.binaryValue);
    if (update.updateType === "deleted") {
      this.variables.delete(update.variableId);
      this.generation++;
    } else {
      if (!this.variables.has(update.variableId)) {
        this.generation++;
      }

      this.variables.set(update.variableId, variable);
      if (update.updateType === "value_change" || update.updateType === "registered") {
        this.#addPoint(update.variableId, ms(update.timestamp), measure(after));
      }
    }

    this.feed.push({
      key: `${revision}`,
      revision,
      kind: update.updateType,
      id: update.variableId,
      name: variable.name,
      version: variable.version,
      before: update.oldValue ? shown(variable.type, update.oldValue, update.oldBinaryValue) : undefined,
      after,
      at: ms(update.timestamp),
      by: update.updateMetadata["changed_by"] || update.updateSource || "",
      why: update.updateMetadata["why"] ?? "",
      cause: update.updateMetadata["dependency"],
      gap: this.#gap || undefined,
    });
    this.#gap = "";
    if (this.feed.length > FeedLength) {
      this.feed.splice(0, this.feed.length - FeedLength);
    }
  }

  #addPoint(id: string, at: number, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) {
      return;
    }

    const points = this.points.get(id) ?? [];
    points.push({ at, value });
    if (points.length > PointsKept) {
      points.shift();
    }

    this.points.set(id, points);
  }

  /** Puts what was before in front of what came since. */
  addEarlier(id: string, earlier: Point[]): void {
    const later = this.points.get(id) ?? [];
    const first = later[0]?.at ?? Infinity;
    this.points.set(id, [...earlier.filter(point => point.at < first), ...later].slice(-PointsKept));
    this.changed();
  }

  #lose(failure: unknown): void {
    const error = ConnectError.from(failure);
    if (this.phase === "paused") {
      return;
    }

    if (error.code === Code.NotFound || (error.code === Code.Canceled && !this.#abort.signal.aborted)) {
      this.#become("ended", error.rawMessage);
    } else if ([Code.Unauthenticated, Code.PermissionDenied, Code.InvalidArgument].includes(error.code)) {
      this.#become("refused", error.rawMessage);
    } else {
      this.#become("lost", wordsOf(failure));
    }
  }

  #become(phase: Phase, reason: string): void {
    this.phase = phase;
    this.reason = reason;
    this.changed();
  }

  #sleep(delay: number | undefined): Promise<void> {
    return new Promise(resolve => {
      const timer = delay === undefined ? 0 : window.setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  // The server speaks every 30 s, even where there is nothing to say.
  #listen(): void {
    if (this.phase === "live" && Date.now() - this.heard > SilenceAllowed) {
      this.#abort.abort();
    }
  }

  // A browser has six connections to a server: pages that nobody sees must not hold them.
  #pause(): void {
    if (this.phase === "live") {
      this.#become("paused", "");
      this.#abort.abort();
    }
  }

  #resume(): void {
    if (this.phase === "paused") {
      this.#become("lost", "");
    }

    if (this.phase === "lost") {
      this.#wake();
    }
  }
}
