import { ago } from "../data/format";
import { useNow } from "../data/store";

/** Says that what is shown is old, and how old. */
export function Stale({ failure, at, what }: { failure: string; at: number; what: string }) {
  const now = useNow();
  if (failure === "") {
    return null;
  }

  return (
    <div class="banner warn" role="status">
      <strong>{at === 0 ? failure : `${what} is from ${ago(at, now)}.`}</strong>{" "}
      {at === 0 ? "It is tried again." : `${failure} It is tried again.`}
    </div>
  );
}
