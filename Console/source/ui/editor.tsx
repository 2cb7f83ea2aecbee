import type { Any } from "@bufbuild/protobuf/wkt";
import { parse, pretty, shown } from "../data/values";

interface EditorProps {
  type: string;
  text: string;
  onInput: (text: string) => void;
  constraints?: { [key: string]: unknown };
  label?: string;
  /** A choice that was made can be taken back. */
  clearable?: boolean;
}

const texts = ["string", "choice", "module"];
const numbers = ["float", "integer"];

/** A field for a value of a type: one of the two, one of the choices, a number, a text, or JSON. */
export function Editor({ type, text, onInput, constraints, label = "Value", clearable }: EditorProps) {
  const choices = [constraints?.["choices"], constraints?.["enum"], constraints?.["allowed_modules"]].find(Array.isArray) as unknown[] | undefined;
  if (type === "boolean") {
    return (
      <div class="field">
        <span>{label}</span>
        <div class="segments" role="radiogroup" aria-label={label}>
          {["true", "false"].map(value => (
            <button key={value} type="button" role="radio" aria-checked={text === value} class={text === value ? "here" : ""} onClick={() => onInput(clearable && text === value ? "" : value)}>{value}</button>
          ))}
        </div>
      </div>
    );
  }

  if (choices && choices.length > 0) {
    return (
      <label class="field">
        <span>{label}</span>
        <select value={text} onChange={event => onInput(event.currentTarget.value)}>
          {choices.map(String).includes(text) ? null : <option value={text}>{text}</option>}
          {choices.map(choice => <option key={String(choice)} value={String(choice)}>{String(choice)}</option>)}
        </select>
      </label>
    );
  }

  if (numbers.includes(type)) {
    const [min, max] = [constraints?.["min"], constraints?.["max"]];
    return (
      <label class="field">
        <span>{label}{min !== undefined || max !== undefined ? <span class="faint"> {min === undefined ? "" : `from ${String(min)} `}{max === undefined ? "" : `to ${String(max)}`}</span> : null}</span>
        <input type="text" inputMode="decimal" class="mono" value={text} spellcheck={false} autocomplete="off" onInput={event => onInput(event.currentTarget.value)} />
      </label>
    );
  }

  const isText = texts.includes(type);
  return (
    <label class="field">
      <span>{label}{isText ? null : <span class="faint"> as JSON</span>}</span>
      <textarea class={isText ? "" : "mono"} rows={isText ? 3 : 8} value={text} spellcheck={isText} onInput={event => onInput(event.currentTarget.value)} />
    </label>
  );
}

/** A value as it is typed. */
export function initialText(type: string, value: Any | undefined): string {
  const present = shown(type, value);
  return present.kind === "json" ? pretty(present.full) : present.full;
}

/** What was typed as JSON, or why it is none. The server has the last word on whether it is allowed. */
export function checked(type: string, text: string): { json: string; mistake: string } {
  if (texts.includes(type)) {
    return { json: JSON.stringify(text), mistake: "" };
  }

  const typed = text.trim();
  if (type === "float" && ["NaN", "Infinity", "-Infinity"].includes(typed)) {
    return { json: JSON.stringify(typed), mistake: "" };
  }

  const value = parse(typed);
  if (value === undefined) {
    return { json: "", mistake: numbers.includes(type) ? "This is no number." : "This is not JSON." };
  }

  return numbers.includes(type) && typeof value !== "number" ? { json: "", mistake: "This is no number." } : { json: typed, mistake: "" };
}
