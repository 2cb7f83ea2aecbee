import { pretty, shortNumber, type Shown } from "../data/values";
import { HeatMap } from "./pictures";

interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

const MostPieces = 1_500;

/** What is different between two values: numbers by how much, texts and JSON by what is gone and what is new. */
export function Difference({ before, after }: { before: Shown; after: Shown }) {
  if (before.number !== undefined && after.number !== undefined && before.kind === "number") {
    const by = after.number - before.number;
    const share = before.number === 0 ? "" : ` (${by >= 0 ? "+" : "−"}${shortNumber(String(Number(Math.abs((by / before.number) * 100).toPrecision(3))))} %)`;
    return (
      <p class="mono diff-line">
        <del>{before.text}</del> <span class="muted">→</span> <ins>{after.text}</ins>
        <span class="muted">  {Number.isFinite(by) ? `${by >= 0 ? "+" : "−"}${shortNumber(String(Number(Math.abs(by).toPrecision(8))))}${share}` : ""}</span>
      </p>
    );
  }

  if (before.numbers && after.numbers && before.numbers.length === after.numbers.length) {
    const delta = after.numbers.map((number, index) => number - before.numbers![index]!);
    const most = delta.reduce((largest, number) => Math.max(largest, Math.abs(number)), 0);
    return (
      <div class="diff-pictures">
        <span>before</span><HeatMap numbers={before.numbers} shape={before.shape ?? []} label="before" />
        <span>after</span><HeatMap numbers={after.numbers} shape={after.shape ?? []} label="after" />
        <span>change</span><HeatMap numbers={delta} shape={after.shape ?? []} label="change" />
        <span class="muted mono">largest change of an element: {shortNumber(String(Number(most.toPrecision(4))))}</span>
      </div>
    );
  }

  const isText = before.kind === "text" && after.kind === "text" && !before.full.includes("\n") && !after.full.includes("\n");
  const pieces = isText
    ? differences(before.full.split(/(\s+)/), after.full.split(/(\s+)/))
    : differences(lines(before), lines(after));
  return (
    <pre class={isText ? "diff text" : "diff"}>
      {pieces.map((piece, index) =>
        piece.kind === "same" ? <span key={index}>{piece.text}</span>
          : piece.kind === "gone" ? <del key={index}>{piece.text}</del>
            : <ins key={index}>{piece.text}</ins>)}
    </pre>
  );
}

function lines(value: Shown): string[] {
  return (value.kind === "json" ? pretty(value.full) : value.full).split(/(?<=\n)/);
}

/** The longest common subsequence, by the table; texts too long for it are shown as a whole. */
export function differences(before: string[], after: string[]): Piece[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start++;
  }

  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) {
    end++;
  }

  const [a, b] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const pieces: Piece[] = [{ kind: "same", text: before.slice(0, start).join("") }];
  if (a.length > MostPieces || b.length > MostPieces) {
    pieces.push({ kind: "gone", text: a.join("") }, { kind: "new", text: b.join("") });
  } else {
    pieces.push(...compare(a, b));
  }

  pieces.push({ kind: "same", text: before.slice(before.length - end).join("") });
  return pieces.filter(piece => piece.text !== "");
}

function compare(a: string[], b: string[]): Piece[] {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j]
        ? table[(i + 1) * width + j + 1]! + 1
        : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }

  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const kind = i < a.length && j < b.length && a[i] === b[j] ? "same"
      : j >= b.length || (i < a.length && table[(i + 1) * width + j]! >= table[i * width + j + 1]!) ? "gone" : "new";
    const text = kind === "new" ? b[j]! : a[i]!;
    const last = pieces[pieces.length - 1];
    if (last?.kind === kind) {
      last.text += text;
    } else {
      pieces.push({ kind, text });
    }

    i += kind === "new" ? 0 : 1;
    j += kind === "gone" ? 0 : 1;
  }

  return pieces;
}
