import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import type { Point } from "../data/watch";
import { dateOf } from "../data/format";
import { color } from "./pictures";

/** A number over time. Drag to zoom in, double click to see all. */
export function Chart({ points, label, height = 180 }: { points: readonly Point[]; label: string; height?: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const said = useRef<HTMLDivElement>(null);
  const data = (): UPlot.AlignedData => [points.map(point => point.at / 1000), points.map(point => point.value)];

  useEffect(() => {
    const element = frame.current!;
    const make = () => {
      plot.current?.destroy();
      const axis = {
        stroke: color("muted"),
        grid: { stroke: color("hairline"), width: 1 },
        ticks: { show: false },
        font: `11px ${getComputedStyle(document.body).fontFamily}`,
      };
      plot.current = new UPlot(
        {
          width: element.clientWidth,
          height,
          legend: { show: false },
          cursor: { points: { size: 7 }, y: false },
          padding: [8, 30, 0, 0],
          series: [
            {},
            {
              stroke: color("accent"),
              width: 1.75,
              fill: color("accent-wash"),
              paths: UPlot.paths.stepped!({ align: 1 }),
              points: { show: points.length < 60, size: 5, fill: color("surface"), stroke: color("accent") },
            },
          ],
          scales: { x: { time: true }, y: { range: (_, low, high) => rangeOf(low, high) } },
          axes: [
            { ...axis, size: 26, space: 84, values: (_, ticks) => labels(ticks) },
            { ...axis, size: 56 },
          ],
          hooks: {
            setCursor: [
              self => {
                const index = self.cursor.idx;
                const x = index == null ? undefined : self.data[0][index];
                if (said.current) {
                  said.current.textContent = x === undefined ? "" : `${dateOf(x * 1000)}   ${self.data[1]![index!]}`;
                }
              },
            ],
          },
        },
        data(),
        element);
    };
    make();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    addEventListener("themechange", make);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", make);
      removeEventListener("themechange", make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.setData(data()), [points, points.length]);
  return (
    <figure class="chart" role="img" aria-label={label}>
      <div ref={frame} />
      <figcaption ref={said} class="mono muted" />
    </figure>
  );
}

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** On one line, with the day where there is more than one. */
function labels(ticks: number[]): string[] {
  const isLong = ticks.length > 1 && ticks[ticks.length - 1]! - ticks[0]! > 86_400;
  return ticks.map(tick => (isLong ? minute : time).format(tick * 1000));
}

function rangeOf(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) {
    return [0, 1];
  }

  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}
