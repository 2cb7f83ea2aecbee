import type { Any } from "@bufbuild/protobuf/wkt";

export type Kind = "number" | "text" | "boolean" | "vector" | "tensor" | "json" | "bytes" | "none";

/** A value as people see it. Its contents are anybody's: they are text and pictures, never markup. */
export interface Shown {
  type: string;
  kind: Kind;
  /** On one line, cut where it is long. */
  text: string;
  /** The JSON, or the text where it is one; whole. */
  full: string;
  number?: number;
  numbers?: Float64Array;
  shape?: number[];
  bytes: number;
}

const ShortLength = 240;
const MostNumbers = 65_536;
const utf8 = new TextDecoder();
const known = new WeakMap<object, Shown>();

/** What a value is; of one message always the same. */
export function shown(type: string, value: Any | undefined, binary?: Uint8Array): Shown {
  if (!value) {
    return { type, kind: "none", text: "—", full: "", bytes: 0 };
  }

  let result = known.get(value);
  if (!result) {
    result = binary && binary.length > 0 ? ofBytes(type, value, binary) : ofJson(type, utf8.decode(value.value));
    known.set(value, result);
  }

  return result;
}

/** A value of no declared type, as a tool's result: text that may be JSON. */
export function ofJson(type: string, json: string): Shown {
  const base = { type, full: json, bytes: json.length };
  switch (type) {
    case "float":
    case "integer": {
      const text = json.replace(/^"|"$/g, "");
      return { ...base, kind: "number", text: type === "float" ? shortNumber(text) : text, full: text, number: Number(text) };
    }
    case "boolean":
      return { ...base, kind: "boolean", text: json, number: json === "true" ? 1 : 0 };
    case "embedding": {
      const numbers = numbersOf(parse(json));
      return { ...base, kind: "vector", text: describe([numbers.length], numbers), numbers, shape: [numbers.length] };
    }
    case "tensor": {
      const tensor = parse(json) as { shape?: number[]; data?: unknown } | undefined;
      const numbers = numbersOf(tensor?.data);
      const shape = Array.isArray(tensor?.shape) ? tensor.shape.map(Number) : [numbers.length];
      return { ...base, kind: "tensor", text: describe(shape, numbers), numbers, shape };
    }
    case "string":
    case "choice":
    case "module": {
      const text = parse(json);
      const full = typeof text === "string" ? text : json;
      return { ...base, kind: "text", text: short(full), full };
    }
    default:
      return { ...base, kind: "json", text: short(json) };
  }
}

// Only what is plainly an array of floats is taken for one; what else the bytes are is their owner's affair.
function ofBytes(type: string, value: Any, binary: Uint8Array): Shown {
  const descriptor = parse(utf8.decode(value.value)) as { shape?: number[]; dtype?: string } | undefined;
  const shape = Array.isArray(descriptor?.shape) ? descriptor.shape.map(Number) : undefined;
  const count = shape?.reduce((product, length) => product * length, 1) ?? -1;
  const view = new DataView(binary.buffer, binary.byteOffset, binary.byteLength);
  const base = { type, full: `${utf8.decode(value.value)}\n${binary.length} bytes`, bytes: binary.length };
  const width = descriptor?.dtype === "float32" ? 4 : descriptor?.dtype === "float64" ? 8 : 0;
  if (!shape || width === 0 || binary.length !== count * width) {
    return { ...base, kind: "bytes", text: `${binary.length.toLocaleString("en")} bytes${shape ? ` [${shape.join("×")}]` : ""}`, shape };
  }

  const numbers = new Float64Array(Math.min(count, MostNumbers));
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = width === 4 ? view.getFloat32(i * 4, true) : view.getFloat64(i * 8, true);
  }

  return { ...base, kind: type === "tensor" ? "tensor" : "vector", text: describe(shape, numbers), numbers, shape };
}

export function norm(numbers: Float64Array): number {
  let sum = 0;
  for (const number of numbers) {
    sum += number * number;
  }

  return Math.sqrt(sum);
}

/** What is drawn of a value over time; undefined where it has no size. */
export function measure(value: Shown): number | undefined {
  return value.number ?? (value.numbers ? norm(value.numbers) : undefined);
}

export function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** JSON on many lines; other text as it is. */
export function pretty(text: string): string {
  const value = parse(text);
  return typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : text;
}

export function shortNumber(text: string): string {
  const number = Number(text);
  if (!Number.isFinite(number) || text.length <= 12) {
    return text;
  }

  const size = Math.abs(number);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? number.toExponential(4) : String(Number(number.toPrecision(8)));
}

function describe(shape: number[], numbers: Float64Array): string {
  return `[${shape.join("×")}] ‖${shortNumber(String(Number(norm(numbers).toPrecision(4))))}‖`;
}

function short(text: string): string {
  const line = text.length > ShortLength ? `${text.slice(0, ShortLength)}…` : text;
  return line.replace(/\s+/g, " ");
}

function numbersOf(data: unknown): Float64Array {
  const found: number[] = [];
  const collect = (value: unknown): void => {
    if (found.length >= MostNumbers) {
      return;
    }

    if (Array.isArray(value)) {
      value.forEach(collect);
    } else {
      found.push(typeof value === "boolean" ? Number(value) : Number(value as number));
    }
  };
  if (data !== undefined) {
    collect(data);
  }

  return Float64Array.from(found);
}
