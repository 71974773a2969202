import { type Annotation, FaultCounts, type FrameCounters } from "../annotate/index.js";
import { secondsOf } from "../base/index.js";
import type { Drift } from "../calibrate/index.js";
import { truthOf, type Validity } from "../estimate/index.js";
import { medianOf, pearson, spearman } from "../evaluate/index.js";
import type { SourceInfo } from "../sources/index.js";
import type { Task } from "../task/index.js";

interface MeasuredAndTrue {
  readonly measured: number[];
  readonly truth: number[];
}

/** What a person wants to know after a run, gathered frame by frame in bounded memory. */
export class RunSummary {
  readonly #task: Task;
  readonly #info: SourceInfo;
  readonly #model: string;
  readonly #drifts: () => readonly Drift[];
  readonly #title: string;
  readonly #validity: Record<Validity, number> = { ok: 0, stale: 0, invalid: 0 };
  readonly #faults = new FaultCounts();
  /** Images without a reward, by the kind of their reason, with the first reason of each kind. */
  readonly #invalid = new Map<string, { readonly reason: string; count: number }>();
  readonly #contradictions: string[] = [];
  readonly #doubts: string[] = [];
  readonly #pairs = new Map<string, MeasuredAndTrue>();
  /** Answers with a value, by the model that gave them. */
  readonly #answered = new Map<string, number>();
  #return = 0;
  /** Rewards between images. */
  #predicted = 0;
  #firstNs: bigint | undefined;
  #end: { readonly how: string; readonly atS: number } | undefined;
  /** How each attempt of each episode ended; undefined where it did not. */
  readonly #ends = new Map<string, string | undefined>();
  #last: Annotation["reward"] | undefined;
  /** The last that was valid. */
  #progress = 0;

  /**
   * @param drifts those that were found by the end
   * @param title what the recording is called
   */
  constructor(
    task: Task,
    info: SourceInfo,
    model: string,
    drifts: () => readonly Drift[] = () => [],
    title = info.name,
  ) {
    this.#task = task;
    this.#info = info;
    this.#model = model;
    this.#drifts = drifts;
    this.#title = title;
  }

  add({ frame, reward, measurements, facts, outcome, attempt }: Annotation): void {
    this.#ends.set(`${attempt} ${reward.episode}`, reward.ended);
    for (const { answer } of facts) {
      if (!answer.value) continue;
      this.#answered.set(answer.model, (this.#answered.get(answer.model) ?? 0) + 1);
    }
    if (outcome === "predicted") this.#predicted += 1;
    else this.#validity[reward.validity] += 1;
    if (outcome === "annotated" && reward.validity === "invalid") this.#lack(reward.reason);
    this.#return += reward.reward ?? 0;
    this.#firstNs ??= reward.stampNs;
    this.#last = reward;
    this.#progress = reward.progress ?? this.#progress;
    if (reward.ended && !this.#end) {
      this.#end = { how: reward.ended, atS: secondsOf(reward.stampNs - this.#firstNs) };
    }
    if (outcome === "failed") this.#faults.add(reward.reason);
    for (const [i, measured] of measurements.entries()) {
      const { name, value, unit } = measured;
      const measurement = this.#task.measurements[i]!;
      const truth = truthOf(measured, measurement, frame, this.#task.support);
      if (truth === undefined || value === null || unit !== "m") continue;
      const pairs = this.#pairs.get(name) ?? { measured: [], truth: [] };
      this.#pairs.set(name, pairs);
      pairs.measured.push(value);
      pairs.truth.push(truth);
    }
  }

  #lack(reason: string): void {
    const kind = reason.split(":", 2).join(":");
    const known = this.#invalid.get(kind);
    if (known) known.count += 1;
    else this.#invalid.set(kind, { reason, count: 1 });
  }

  /** What cannot be right in the frames. */
  contradict(finding: string): void {
    this.#contradictions.push(finding);
  }

  /** What may be wrong in them. */
  doubt(note: string): void {
    this.#doubts.push(note);
  }

  /** Lines for a terminal. */
  lines({ in: all, annotated, dropped, failed }: FrameCounters): string[] {
    const { ok, stale, invalid } = this.#validity;
    return [
      `${this.#title}  (task ${this.#task.name}, model ${this.#model})`,
      `  frames   ${all} in = ${annotated} annotated + ${dropped} dropped + ${failed} failed`,
      ...this.#contradictions.map((line) => `  wrong    ${line}`),
      ...this.#doubts.map((line) => `  doubt    ${line}`),
      ...this.#faults.lines().map((line) => `           ${line}`),
      `  reward   return ${this.#return.toFixed(3)}; ${ok} ok, ${stale} stale, ${invalid} invalid` +
        (this.#predicted > 0 ? `; ${this.#predicted} predicted between images` : ""),
      ...this.#invalidLine(),
      ...this.#answersLine(),
      `  ${this.#ends.size > 1 ? "episodes" : "episode "} ${this.#episode()}`,
      ...[...this.#pairs].flatMap(([name, pairs]) => this.#truthLine(name, pairs)),
      ...this.#drifts().map(
        ({ measurement, sinceNs, reason }) =>
          `  drift    ${measurement}, since ${secondsOf(sinceNs - (this.#firstNs ?? sinceNs)).toFixed(1)} s: ${reason}`,
      ),
      ...this.#info.damage.map((line) => `  damage   ${line}`),
      ...(this.#info.notes ?? []).map((line) => `  note     ${line}`),
    ];
  }

  /** Why most rewards that are invalid are so; what is wrong with the recording has its own line. */
  #invalidLine(): string[] {
    const [most] = [...this.#invalid.values()].sort((a, b) => b.count - a.count);
    if (!most || this.#contradictions.length > 0) return [];
    return [`  invalid  ${most.count}× ${most.reason}`];
  }

  /** Of a chain, which model answered how often, the busiest first. */
  #answersLine(): string[] {
    const counts = [...this.#answered]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([model, count]) => `${count} by ${model}`);
    const isChain = [...this.#answered.keys()].some((model) => model !== this.#model);
    return isChain ? [`  answers  ${counts.join(", ")}`] : [];
  }

  #episode(): string {
    if (this.#ends.size > 1) {
      const counts = new Map<string, number>();
      for (const end of this.#ends.values()) {
        const how = end ?? "not ended";
        counts.set(how, (counts.get(how) ?? 0) + 1);
      }
      return [...counts].map(([how, count]) => `${count} × ${how}`).join(", ");
    }
    const stage = this.#last?.stage ? `, stage ${this.#last.stage}` : "";
    const progress = `progress ${this.#progress.toFixed(2)}${stage}`;
    return this.#end
      ? `${this.#end.how} at ${this.#end.atS.toFixed(1)} s, ${progress}`
      : `not ended, ${progress}`;
  }

  #truthLine(name: string, { measured, truth }: MeasuredAndTrue): string[] {
    const error = medianOf(measured.map((value, i) => Math.abs(value - truth[i]!)));
    const rho = spearman(measured, truth);
    const r = pearson(measured, truth);
    if (error === undefined || rho === undefined || r === undefined) return [];
    return [
      `  truth    ${name}: median error ${(100 * error).toFixed(2)} cm, Spearman ${rho.toFixed(3)}, ` +
        `Pearson ${r.toFixed(3)} (${truth.length} frames)`,
    ];
  }
}
