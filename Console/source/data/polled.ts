import { useEffect, useState } from "preact/hooks";
import { Patience, silenceOf, wordsOf } from "./rpc";
import { Store, useStore } from "./store";

/** Asks; what is answered in several parts tells of each but the last, so that a long answer is no silence. */
type Ask<T> = (signal: AbortSignal, heard: () => void) => Promise<T>;

/** An answer that is late is still awaited, in case the server is only slow, but not longer than this. */
const GivenUp = 3 * Patience;
const LongestPause = 10_000;

/** What is asked for again and again. What was answered last stays when the server is silent, with the time it is of. */
export class Polled<T> extends Store {
  value?: T;
  failure = "";
  /** When the value was answered. */
  at = 0;
  #timer = 0;
  #stopped = false;
  #ask: Ask<T>;
  #abort = new AbortController();
  /** When the first look began that the server has not answered since; 0 where there is none. */
  #unansweredSince = 0;

  constructor(ask: Ask<T>, readonly everyMs: number) {
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
    let pause = this.everyMs;
    try {
      if (!document.hidden || this.at === 0) {
        this.value = await this.#look(signal);
        this.at = Date.now();
        this.failure = "";

        // What takes the server long is asked for less often.
        pause = Math.max(pause, Math.min(LongestPause, 10 * (performance.now() - began)));
      }
    } catch (failure) {
      if (signal.aborted) {
        return;
      }

      this.failure = wordsOf(failure);
    }

    this.changed();
    if (!this.#stopped && !signal.aborted) {
      this.#timer = window.setTimeout(() => void this.#run(), pause);
    }
  }

  /** Asks once, and says so while the server is silent. */
  async #look(signal: AbortSignal): Promise<T> {
    const look = new AbortController();
    const giveUp = () => look.abort();
    signal.addEventListener("abort", giveUp);
    let heard = performance.now();
    let since = this.#unansweredSince ||= heard;
    let silence = "";
    const watch = window.setInterval(() => {
      const elapsed = performance.now() - heard;
      if (elapsed < Patience || signal.aborted) {
        return;
      }

      silence = silenceOf(performance.now() - since);
      this.failure = silence;
      this.changed();
      if (elapsed >= GivenUp) {
        giveUp();
      }
    }, 1_000);
    try {
      const value = await this.#ask(look.signal, () => { heard = since = this.#unansweredSince = performance.now(); });
      this.#unansweredSince = 0;
      return value;
    } catch (failure) {
      if (signal.aborted) {
        throw failure;
      }

      if (look.signal.aborted) {
        // In our words: the browser's are of the signal.
        throw new Error(silence);
      }

      // To refuse is to answer.
      this.#unansweredSince = 0;
      throw failure;
    } finally {
      clearInterval(watch);
      signal.removeEventListener("abort", giveUp);
    }
  }
}

export function usePolled<T>(ask: Ask<T>, everyMs: number, inputs: unknown[]): Polled<T> {
  const [polled, setPolled] = useState(() => new Polled(ask, everyMs));
  useEffect(() => {
    const fresh = new Polled(ask, everyMs);
    setPolled(fresh);
    fresh.start();
    return () => fresh.stop();
  }, inputs);
  return useStore(polled);
}
