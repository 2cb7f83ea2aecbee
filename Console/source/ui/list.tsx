import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props<T> {
  items: readonly T[];
  rowHeight: number;
  keyOf: (item: T) => string;
  row: (item: T, selected: boolean) => ComponentChildren;
  onOpen?: (item: T) => void;
  /** Of the item under the cursor, by the key Delete. */
  onDelete?: (item: T) => void;
  label: string;
  selectedKey?: string;
  /** Keeps to the first row while it is in sight, as new ones come in above. */
  newestFirst?: boolean;
  /** What the list is of: another search or order begins at its top. */
  of?: string;
}

const Overscan = 8;

/** A list of any length: only the rows in sight are there. Arrow keys move, Enter opens, Delete removes. */
export function VirtualList<T>({ items, rowHeight, keyOf, row, onOpen, onDelete, label, selectedKey, newestFirst, of }: Props<T>) {
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [cursor, setCursor] = useState(-1);
  const known = useRef({ length: items.length, first: "" });

  useLayoutEffect(() => {
    const element = frame.current!;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    setHeight(element.clientHeight);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    frame.current!.scrollTop = 0;
    setTop(0);
    setCursor(-1);
  }, [of]);

  // Who has scrolled down to read must not have it moved away by what comes in above.
  useLayoutEffect(() => {
    const before = known.current;
    const first = items[0] === undefined ? "" : keyOf(items[0]);
    const element = frame.current!;
    if (newestFirst && first !== before.first && element.scrollTop > rowHeight && before.first !== "") {
      const moved = items.findIndex(item => keyOf(item) === before.first);
      element.scrollTop += Math.max(0, moved) * rowHeight;
    }

    known.current = { length: items.length, first };
  });

  useEffect(() => {
    if (cursor >= items.length) {
      setCursor(items.length - 1);
    }
  }, [items.length, cursor]);

  const show = (index: number) => {
    const element = frame.current!;
    if (index * rowHeight < element.scrollTop) {
      element.scrollTop = index * rowHeight;
    } else if ((index + 1) * rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = (index + 1) * rowHeight - element.clientHeight;
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }

    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const steps: { [key: string]: number } = {
      ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = Math.min(items.length - 1, Math.max(0, cursor + step));
      setCursor(next);
      show(next);
      event.preventDefault();
    } else if (event.key === "Enter" && cursor >= 0 && items[cursor] !== undefined) {
      onOpen?.(items[cursor]);
      event.preventDefault();
    } else if (event.key === "Delete" && cursor >= 0 && items[cursor] !== undefined) {
      onDelete?.(items[cursor]);
      event.preventDefault();
    }
  };

  const first = Math.max(0, Math.floor(top / rowHeight) - Overscan);
  const last = Math.min(items.length, Math.ceil((top + height) / rowHeight) + Overscan);
  const rows = [];
  for (let index = first; index < last; index++) {
    const item = items[index]!;
    const key = keyOf(item);
    rows.push(
      <div
        key={key}
        role="option"
        aria-selected={key === selectedKey}
        aria-setsize={items.length}
        aria-posinset={index + 1}
        class={`row${index === cursor ? " cursor" : ""}${key === selectedKey ? " selected" : ""}${onOpen ? " opens" : ""}`}
        style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
        onClick={() => {
          setCursor(index);
          onOpen?.(item);
        }}
      >
        {row(item, key === selectedKey)}
      </div>);
  }

  return (
    <div
      ref={frame}
      class="list"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div class="list-all" style={{ height: `${items.length * rowHeight}px` }}>{rows}</div>
    </div>
  );
}
