import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Shown } from "../data/values";
import { shortNumber } from "../data/values";

export function Badge({ tone = "plain", children, title }: { tone?: string; children: ComponentChildren; title?: string }) {
  return <span class={`badge ${tone}`} title={title}>{children}</span>;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A value on one line. */
export function Preview({ value }: { value: Shown }) {
  return value.kind === "boolean"
    ? <span class={`mono value bool ${value.text}`}>{value.text}</span>
    : <span class={`mono value ${value.kind}`}>{value.kind === "number" ? shortNumber(value.text) : value.text || "“”"}</span>;
}

/** Something to fill in or agree to, in front of all else. Escape is no. */
export function Dialog(props: { title: string; children: ComponentChildren; onClose: () => void; wide?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);

  // Before the next key is pressed: it may be Escape.
  useLayoutEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={props.wide ? "wide" : ""}
      aria-label={props.title}
      onCancel={event => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={event => event.target === dialog.current && props.onClose()}
    >
      <div class="dialog">
        <h2>{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  );
}

/** A button whose doing takes a while and may fail; what failed is said beside it. */
export function Action(props: {
  children: ComponentChildren;
  run: () => Promise<void>;
  kind?: string;
  disabled?: boolean;
  failed: (words: string) => void;
  wordsOf: (failure: unknown) => string;
}) {
  const [running, setRunning] = useState(false);
  const there = useRef(true);
  useEffect(() => () => void (there.current = false), []);
  return (
    <button
      type="button"
      class={props.kind ?? "primary"}
      disabled={running || props.disabled}
      onClick={async () => {
        setRunning(true);
        props.failed("");
        try {
          await props.run();
        } catch (failure) {
          props.failed(props.wordsOf(failure));
        } finally {
          if (there.current) {
            setRunning(false);
          }
        }
      }}
    >
      {props.children}
    </button>
  );
}

export function SearchField(props: { value: string; onInput: (text: string) => void; label: string }) {
  return (
    <input
      type="search"
      class="search"
      placeholder={props.label}
      aria-label={props.label}
      value={props.value}
      spellcheck={false}
      autocomplete="off"
      onInput={event => props.onInput(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === "Escape") {
          props.value ? props.onInput("") : event.currentTarget.blur();
          event.stopPropagation();
        }
      }}
    />
  );
}

/** Whether a text matches what was typed: a `*` is a wildcard, else it may stand anywhere. */
export function matcher(typed: string): (text: string) => boolean {
  const sought = typed.trim().toLowerCase();
  if (!sought.includes("*")) {
    return text => text.toLowerCase().includes(sought);
  }

  const pattern = new RegExp(`^${sought.split("*").map(part => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`, "s");
  return text => pattern.test(text.toLowerCase());
}
