import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "./rpc";
import { Store, useStore } from "./store";

/** What is asked for again and again. What was answered last stays when the server is silent, with the time it is of. */
export class Polled<T> extends Store {
  value?: T;
  failure = "";
  /** When the value was answered. */
  at = 0;
  #timer = 0;
  #stopped = false;
  #ask: (signal: AbortSignal) => Promise<T>;
  #abort = new AbortController();

  constructor(ask: (signal: AbortSignal) => Promise<T>, readonly everyMs: number) {
    super();
    this.#ask = ask;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  again(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
    void this.#run();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const began = performance.now();
    try {
      if (!document.hidden || this.at === 0) {
        this.value = await this.#ask(signal);
        this.at = Date.now();
        this.failure = "";
      }
    } catch (failure) {
      if (signal.aborted) {
        return;
      }

      this.failure = wordsOf(failure);
    }

    this.changed();
    if (!this.#stopped && !signal.aborted) {
      // What takes the server long is asked for less often.
      this.#timer = window.setTimeout(() => void this.#run(), Math.max(this.everyMs, 10 * (performance.now() - began)));
    }
  }
}

export function usePolled<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs: number, inputs: unknown[]): Polled<T> {
  const [polled, setPolled] = useState(() => new Polled(ask, everyMs));
  useEffect(() => {
    const fresh = new Polled(ask, everyMs);
    setPolled(fresh);
    fresh.start();
    return () => fresh.stop();
  }, inputs);
  return useStore(polled);
}
