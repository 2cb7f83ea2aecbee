import { useEffect, useLayoutEffect, useState } from "preact/hooks";

/** Something that is shown and changes. What changes within one frame of the screen is drawn once. */
export class Store {
  #listeners = new Set<() => void>();
  #frame = 0;

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Draws at the next frame, and soon where there are none: a page in the background has no frames. */
  protected changed(): void {
    if (this.#frame !== 0) {
      return;
    }

    const draw = () => {
      clearTimeout(late);
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      for (const listener of [...this.#listeners]) {
        listener();
      }
    };
    const late = setTimeout(draw, 250);
    this.#frame = requestAnimationFrame(draw);
  }
}

/** Draws a component again whenever the store changes; it listens from the drawing on, so that no change falls in between. */
export function useStore<T extends Store>(store: T): T {
  const [, draw] = useState(0);
  useLayoutEffect(() => store.subscribe(() => draw(n => n + 1)), [store]);
  return store;
}

/** The time, for a component that tells how long ago something was. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
