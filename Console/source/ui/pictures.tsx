import { useEffect, useRef } from "preact/hooks";
import type { Point } from "../data/watch";

/** Draws on a canvas of the size it has on the screen, in the pixels that the screen has. */
function useCanvas(draw: (context: CanvasRenderingContext2D, width: number, height: number) => void, inputs: unknown[]) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const redraw = () => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0) {
        return;
      }

      const ratio = devicePixelRatio || 1;
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      const context = element.getContext("2d")!;
      context.scale(ratio, ratio);
      draw(context, width, height);
    };
    redraw();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const observer = new ResizeObserver(redraw);
    observer.observe(element);
    scheme.addEventListener("change", redraw);
    addEventListener("themechange", redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", redraw);
      removeEventListener("themechange", redraw);
    };
  }, inputs);
  return canvas;
}

/** A colour of the stylesheet as a canvas takes it: what a variable says depends on light and dark. */
export function color(name: string): string {
  const probe = document.createElement("span");
  probe.className = `ink-${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** The last values of a number: steps, as a value holds until the next one. */
export function Sparkline({ points, label }: { points: readonly Point[]; label: string }) {
  const last = points[points.length - 1];
  const canvas = useCanvas((context, width, height) => {
    if (points.length < 2) {
      return;
    }

    let [low, high] = [Infinity, -Infinity];
    for (const { value } of points) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }

    const y = (value: number) => (high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6));
    const step = (width - 5) / (points.length - 1);
    context.beginPath();
    points.forEach(({ value }, index) => {
      if (index === 0) {
        context.moveTo(1, y(value));
      } else {
        context.lineTo(1 + index * step, y(points[index - 1]!.value));
        context.lineTo(1 + index * step, y(value));
      }
    });
    context.strokeStyle = color("line");
    context.lineWidth = 1.25;
    context.lineJoin = "round";
    context.stroke();
    context.beginPath();
    context.arc(width - 4, y(last!.value), 2.2, 0, 7);
    context.fillStyle = color("accent");
    context.fill();
  }, [points, points.length, last?.at]);
  return <canvas ref={canvas} class="spark" role="img" aria-label={label} />;
}

// From deep blue over nothing to deep orange: legible on light and dark, and to the colour-blind.
function heat(value: number): [number, number, number, number] {
  const strength = Math.min(1, Math.abs(value));
  return value < 0 ? [37, 99, 200, 30 + strength * 225] : [217, 108, 20, 30 + strength * 225];
}

/** Numbers as a picture: a strip, or rows and columns where the shape has them. */
export function HeatMap({ numbers, shape, label, big }: { numbers: Float64Array; shape: number[]; label: string; big?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const columns = shape.length >= 2 ? shape[shape.length - 1]!
      : big ? Math.ceil(numbers.length / Math.ceil(numbers.length / 64))
        : Math.min(numbers.length, 128);
    const rows = shape.length >= 2 || big ? Math.min(256, Math.ceil(numbers.length / Math.max(1, columns))) : 1;
    if (columns <= 0 || rows <= 0) {
      return;
    }

    let most = 0;
    for (const number of numbers) {
      most = Number.isFinite(number) ? Math.max(most, Math.abs(number)) : most;
    }

    element.width = columns;
    element.height = rows;
    const context = element.getContext("2d")!;
    const image = context.createImageData(columns, rows);
    // A strip shows means where there is more than it has room for.
    const perCell = rows === 1 ? numbers.length / columns : 1;
    for (let cell = 0; cell < columns * rows; cell++) {
      let [sum, count] = [0, 0];
      for (let i = Math.floor(cell * perCell); i < Math.min(numbers.length, Math.max(Math.floor(cell * perCell) + 1, Math.floor((cell + 1) * perCell))); i++) {
        sum += numbers[i]!;
        count++;
      }

      if (count > 0) {
        image.data.set(heat(most === 0 ? 0 : sum / count / most), cell * 4);
      }
    }

    context.putImageData(image, 0, 0);
  }, [numbers]);
  return <canvas ref={canvas} class={big ? "heat big" : "heat"} role="img" aria-label={label} />;
}
