import type { VariableHistoryEntry } from "#messages/snakepit_bridge_pb";
import { ms } from "./format";
import { bridge } from "./rpc";
import { measure, shown } from "./values";
import type { SessionWatch } from "./watch";

const AtOnce = 4;
const PointsWanted = 48;

/** Newest first. */
export async function readHistory(sessionId: string, variableId: string, limit: number, signal?: AbortSignal): Promise<VariableHistoryEntry[]> {
  return (await bridge.getVariableHistory({ sessionId, variableIdentifier: variableId, limit }, { signal })).entries;
}

/** Fetches what the rows in sight were before the page was opened; a few at a time, each once. */
export class EarlierPoints {
  #asked = new Set<string>();
  #waiting: string[] = [];
  #running = 0;

  constructor(readonly watch: SessionWatch) {}

  want(id: string, version: number): void {
    if (version > 0 && !this.#asked.has(id)) {
      this.#asked.add(id);
      this.#waiting.push(id);
      this.#next();
    }
  }

  #next(): void {
    while (this.#running < AtOnce && this.#waiting.length > 0) {
      // Who scrolls fast sees the last ones.
      const id = this.#waiting.pop()!;
      this.#running++;
      void this.#read(id).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  async #read(id: string): Promise<void> {
    const variable = this.watch.variables.get(id);
    if (!variable) {
      return;
    }

    try {
      const entries = await readHistory(this.watch.sessionId, id, PointsWanted);
      const points = entries.reverse().flatMap(entry => {
        const value = measure(shown(variable.type, entry.value));
        return value === undefined || !Number.isFinite(value) ? [] : [{ at: ms(entry.timestamp), value }];
      });
      this.watch.addEarlier(id, points);
    } catch {
      this.#asked.delete(id);
    }
  }
}
