import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DenseReward } from "./Session.js";

/** What the gauges read at the time of a scrape. */
export interface Levels {
  readonly sessions: number;
  readonly waiting: number;
}

/** Of a step, s: a rendered simulator steps in milliseconds, a model behind a server in seconds. */
const BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** What a server has done, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #steps: Counter<"validity">;
  readonly #errors: Counter<"code">;
  readonly #requests: Counter<"route" | "method" | "status">;
  readonly #seconds: Histogram;

  constructor(levels: () => Levels) {
    const registers = [this.#registry];
    this.#steps = new Counter({
      name: "spatial_reward_steps_total",
      help: "Steps that gave a reward, by its validity.",
      labelNames: ["validity"],
      registers,
    });
    this.#errors = new Counter({
      name: "spatial_reward_errors_total",
      help: "Errors that were answered, by their code (docs/errors.md).",
      labelNames: ["code"],
      registers,
    });
    this.#requests = new Counter({
      name: "spatial_reward_http_requests_total",
      help: "HTTP requests that were answered.",
      labelNames: ["route", "method", "status"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "spatial_reward_step_seconds",
      help: "From a step's admission to its reward, waiting for the model included.",
      buckets: BUCKETS_S,
      registers,
    });
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name: `spatial_reward_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    gauge("sessions", "Sessions that are open.", () => levels().sessions);
    gauge("steps_waiting", "Steps that wait or are at work.", () => levels().waiting);
    gauge("cpu_seconds_total", "CPU time of the process.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    gauge("resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
  }

  /** Of the text. */
  get type(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  countStep({ validity }: DenseReward, seconds: number): void {
    this.#steps.inc({ validity: String(validity) });
    this.#seconds.observe(seconds);
  }

  countError(code: string): void {
    this.#errors.inc({ code });
  }

  /** @param route the pattern, not the path: ids would make a series each */
  countRequest(route: string, method: string, status: number): void {
    this.#requests.inc({ route, method, status: String(status) });
  }
}
