import type { VariableHistoryEntry } from "#messages/snakepit_bridge_pb";
import { ms, timeOf } from "../data/format";
import { useNow } from "../data/store";
import { shown } from "../data/values";

const Tones = 6;
const LongestName = 24;

/** What a text or a choice was, and for how long: one bar, of as many parts as there were values. */
export function Timeline({ type, entries }: { type: string; entries: VariableHistoryEntry[] }) {
  const now = useNow(5_000);
  const spans = [...entries].reverse();
  const start = ms(spans[0]?.timestamp);
  const total = Math.max(1, now - start);
  const tones = new Map<string, number>();
  for (const entry of spans) {
    const text = shown(type, entry.value).full;
    if (!tones.has(text)) {
      tones.set(text, tones.size % Tones);
    }
  }

  // Of long texts the beginnings would all look alike.
  const named = [...tones.keys()].every(text => text.length <= LongestName) ? [...tones].slice(0, Tones) : [];
  return (
    <figure class="timeline" role="img" aria-label="values over time">
      <div class="timeline-bar">
        {spans.map((entry, index) => {
          const from = ms(entry.timestamp);
          const to = index + 1 < spans.length ? ms(spans[index + 1]!.timestamp) : now;
          const text = shown(type, entry.value).full;
          return (
            <span
              key={entry.version}
              class={`tone-${tones.get(text)}`}
              style={{ flexGrow: Math.max((to - from) / total, 0.012) }}
              title={`${text.slice(0, 200)}\nv${entry.version}, from ${timeOf(from)}`}
            />
          );
        })}
      </div>
      <figcaption>
        {named.map(([text, tone]) => <span key={text} class="legend"><i class={`tone-${tone}`} /><span class="clip">{text || "“”"}</span></span>)}
        {tones.size > named.length ? <span class="muted">{named.length === 0 ? `${tones.size} different texts` : `and ${tones.size - named.length} others`}</span> : null}
      </figcaption>
    </figure>
  );
}
