import { timestampDate, type Timestamp } from "@bufbuild/protobuf/wkt";

/** Milliseconds since 1970; 0 where there is none. */
export function ms(time: Timestamp | undefined): number {
  return time ? timestampDate(time).getTime() : 0;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

export function timeOf(at: number): string {
  return `${clock.format(at)}.${String(Math.floor(at) % 1000).padStart(3, "0")}`;
}

export function dateOf(at: number): string {
  return at === 0 ? "—" : `${day.format(at)}, ${clock.format(at)}`;
}

/** A length of time in its largest unit, `14 s`, `3 min`, `2 h`, `5 d`. */
export function span(duration: number): string {
  const seconds = Math.max(0, Math.round(duration / 1000));
  if (seconds < 90) {
    return `${seconds} s`;
  }

  const minutes = Math.round(seconds / 60);
  if (minutes < 90) {
    return `${minutes} min`;
  }

  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

export function ago(at: number, now: number): string {
  return at === 0 ? "—" : now - at < 1500 ? "now" : `${span(now - at)} ago`;
}

export function within(at: number, now: number): string {
  return at === 0 ? "—" : at <= now ? "due" : `in ${span(at - now)}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
