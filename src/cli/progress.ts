import { Presets, SingleBar } from "cli-progress";
import { printable } from "../base/index.js";

/** Progress of a long run: a bar with rate and ETA on a terminal, nothing in a pipe. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/**
 * @param label a name from anywhere: no control character of it gets to the terminal, and no field
 *   of the bar is made of its braces
 * @param total expected number of steps; 0 when unknown (the bar then counts only).
 */
export function startProgress(label: string, total: number, unit: string): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const format =
    total > 0
      ? `{label} {bar} {value}/{total} ${unit}  {rate} ${unit}/s  ETA {eta_formatted}`
      : `{label} {value} ${unit}  {rate} ${unit}/s`;
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true, etaBuffer: 50 },
    Presets.shades_classic,
  );
  const startMs = performance.now();
  bar.start(total, 0, { rate: "-", label: printable(label).replaceAll("\n", " ") });
  return {
    update(done) {
      const seconds = (performance.now() - startMs) / 1000;
      bar.update(done, { rate: seconds > 0 ? (done / seconds).toFixed(1) : "-" });
    },
    stop: () => bar.stop(),
  };
}
