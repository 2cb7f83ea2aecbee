import { Code, ConnectError } from "@connectrpc/connect";
import type { Variable, VariableUpdate } from "#messages/snakepit_bridge_pb";
import { ms } from "./format";
import { bridge, identity, isUnreachable, Patience, sessions, silenceOf, wordsOf } from "./rpc";
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
  /** Why the phase is what it is, in the server's words, or in ours where it says nothing. */
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
  #ear = 0;
  /** A watch is open, or being opened. */
  #following = false;
  /** Since when the watch has said nothing, and nothing else showed that the server lives. */
  #quietSince = 0;
  #asking = false;
  /** When the first question was asked that the server has not answered since; 0 where there is none. */
  #unansweredSince = 0;
  /** The revision that the server told of when it was asked last. */
  #told = 0;
  /** Why the watch was given up, where it broke by nothing but silence. */
  #silence = "";
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
    this.#ear = window.setInterval(() => void this.#listen(), 1_000);
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#ear);
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
        this.#following = true;
        await this.#follow();
      } catch (failure) {
        this.#following = false;
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
    this.#silence = "";
    this.#told = 0;
    this.#quietSince = Date.now();
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
          this.#hear();
          if (!isFirst) {
            this.#become("live", "");
          }
        },
      });
    for await (const update of updates) {
      this.#hear();
      this.#take(update);
    }

    throw new ConnectError("the server ended the watch", Code.Unavailable);
  }

  #hear(): void {
    this.heard = this.#quietSince = Date.now();
    this.#unansweredSince = 0;
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

    if (this.#silence !== "") {
      this.#become("lost", this.#silence);
    } else if (error.code === Code.NotFound || (error.code === Code.Canceled && !this.#abort.signal.aborted)) {
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

  // A watch where nothing happens and one of a server that hangs look the same: while it is quiet, something else is asked.
  async #listen(): Promise<void> {
    const now = Date.now();
    if (!this.#following || this.#asking || document.hidden || now - this.#quietSince < Patience) {
      return;
    }

    // What was told a while ago should have come by now: the server lives, and the way of the watch is broken.
    if (this.phase === "live" && this.#told > this.revision!) {
      this.#giveUp("The server's changes do not arrive.");
      return;
    }

    this.#asking = true;
    this.#unansweredSince ||= now;
    const watch = this.#abort;
    const question = new AbortController();
    const giveUp = () => question.abort();
    const late = setTimeout(giveUp, Patience);
    watch.signal.addEventListener("abort", giveUp);
    let silence = "";
    try {
      await this.#ask(question.signal);
    } catch (failure) {
      // That the server refuses shows as well that it lives.
      silence = question.signal.aborted ? silenceOf(Date.now() - this.#unansweredSince) : isUnreachable(failure) ? wordsOf(failure) : "";
    } finally {
      clearTimeout(late);
      watch.signal.removeEventListener("abort", giveUp);
      this.#asking = false;
    }

    if (watch.signal.aborted || watch !== this.#abort || this.#quietSince > now || document.hidden) {
      return;
    }

    if (silence !== "") {
      this.#giveUp(silence);
      return;
    }

    this.#quietSince = Date.now();
    this.#unansweredSince = 0;
  }

  /** Of a session that is shown as live it is asked where it stands; before that it may take long to be read. */
  async #ask(signal: AbortSignal): Promise<void> {
    if (this.phase !== "live") {
      await bridge.ping({}, { signal });
      return;
    }

    const began = Date.now();
    const { session } = await sessions.describeSession({ sessionId: this.sessionId }, { signal });
    this.#told = Number(session?.revision ?? 0n);
    if (this.#told <= this.revision!) {
      this.heard = Math.max(this.heard, began);
    }
  }

  #giveUp(silence: string): void {
    this.#silence = silence;
    this.#abort.abort();
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
