import { describe, expect, it } from "vitest";
import type { Refusal, SpatialAnswer, SpatialQuestion } from "../../src/language/index.js";
import {
  ModelAwayError,
  ModelRefusesError,
  type PatienceOptions,
  patient,
} from "../../src/models/index.js";
import type { SpatialVlm } from "../../src/models/SpatialVlm.js";
import { frameOf } from "../support/frames.js";
import { scriptedVlm } from "../support/models.js";

const QUESTIONS: SpatialQuestion[] = [
  { kind: "open", text: "How far is the mug?" },
  { kind: "open", text: "How far is the tray?" },
];
const FRAME = frameOf({ stampNs: 1n });
const { signal } = new AbortController();
const AWAY: Refusal = { reason: "transport", detail: "HTTP 503: loading" };

/** What a server says, try after try, to each question; a number is an answer. */
function serverOf(...tries: (number | Refusal)[][]): SpatialVlm & { readonly asked: number[] } {
  const asked: number[] = [];
  const base = scriptedVlm(() => 0);
  return {
    ...base,
    asked,
    async ask(_, questions) {
      asked.push(questions.length);
      const said = tries[Math.min(asked.length, tries.length) - 1] ?? [];
      return questions.map((question, i): SpatialAnswer => {
        const given = said[i] ?? 0;
        const rest = { question, text: "", model: base.id, latencyMs: 1 };
        return typeof given === "number"
          ? { ...rest, value: { shape: "quantity", valueM: given, sigmaM: 0.1 } }
          : { ...rest, refusal: given };
      });
    },
  };
}

/** Time that passes only in pauses. */
function clock(): Required<Pick<PatienceOptions, "sleep" | "now">> & { pauses: number[] } {
  let nowMs = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => nowMs,
    async sleep(ms) {
      pauses.push(ms);
      nowMs += ms;
    },
  };
}

const valuesOf = (answers: readonly SpatialAnswer[]) =>
  answers.map(({ value, refusal }) =>
    value?.shape === "quantity" ? value.valueM : refusal?.reason,
  );

describe("patient", () => {
  it("asks a model that is away again, with growing pauses, and only what it left open", async () => {
    const server = serverOf([1, AWAY], [AWAY], [AWAY], [2]);
    const time = clock();
    const told: string[] = [];
    const vlm = patient(server, { waitMs: 60_000, onWait: (why) => told.push(why), ...time });
    expect(valuesOf(await vlm.ask(FRAME, QUESTIONS, signal))).toEqual([1, 2]);
    expect(server.asked).toEqual([2, 1, 1, 1]);
    expect(time.pauses).toEqual([1000, 2000, 4000]);
    expect(told).toEqual([AWAY.detail]);
  });

  it("ends when the model has been away for too long, and says why", async () => {
    const time = clock();
    const vlm = patient(serverOf([1, 2], [AWAY, AWAY]), { waitMs: 90_000, ...time });
    await vlm.ask(FRAME, QUESTIONS, signal);
    const asked = vlm.ask(FRAME, QUESTIONS, signal);
    await expect(asked).rejects.toThrow(ModelAwayError);
    await expect(asked).rejects.toMatchObject({ exitCode: 75 });
    await expect(asked).rejects.toThrow(/has not answered for 90 s: .*503: loading$/);
    expect(time.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(90_000);
  });

  it("counts the time anew after an answer", async () => {
    const time = clock();
    const vlm = patient(serverOf([AWAY], [1], [AWAY], [2]), { waitMs: 1000, ...time });
    const one = QUESTIONS.slice(1);
    expect(valuesOf(await vlm.ask(FRAME, one, signal))).toEqual([1]);
    expect(valuesOf(await vlm.ask(FRAME, one, signal))).toEqual([2]);
  });

  it.each<[string, Refusal]>([
    ["a wrong key or model", { reason: "transport", detail: "HTTP 401", outlook: "lasting" }],
    ["a server never reached", { reason: "transport", detail: "no one", outlook: "unreached" }],
  ])("ends at once at %s", async (_, refusal) => {
    const time = clock();
    const asked = patient(serverOf([AWAY, refusal]), { waitMs: 60_000, ...time }).ask(
      ...([FRAME, QUESTIONS, signal] as const),
    );
    await expect(asked).rejects.toThrow(ModelRefusesError);
    await expect(asked).rejects.toMatchObject({ exitCode: 1 });
    await expect(asked).rejects.toThrow(refusal.detail);
    expect(time.pauses).toEqual([]);
  });

  it("waits for a server that was reached before", async () => {
    const gone: Refusal = { reason: "transport", detail: "refused", outlook: "unreached" };
    const vlm = patient(serverOf([1, 1], [gone, gone], [3, 4]), { waitMs: 60_000, ...clock() });
    await vlm.ask(FRAME, QUESTIONS, signal);
    expect(valuesOf(await vlm.ask(FRAME, QUESTIONS, signal))).toEqual([3, 4]);
  });

  it("does not wait for a budget, which the same run never gets back", async () => {
    const spent: Refusal = { reason: "budget", detail: "budget_calls" };
    const time = clock();
    const asked = patient(serverOf([spent, 1]), { waitMs: 60_000, ...time }).ask(
      ...([FRAME, QUESTIONS, signal] as const),
    );
    await expect(asked).rejects.toThrow(ModelAwayError);
    expect(time.pauses).toEqual([]);
  });

  it("takes a rejected image for that image's fault, until none was ever taken", async () => {
    const rejected: Refusal = { reason: "transport", detail: "HTTP 400", outlook: "rejected" };
    const options = { waitMs: 60_000, ...clock() };
    const some = patient(serverOf([rejected, rejected], [1, 2]), options);
    expect(valuesOf(await some.ask(FRAME, QUESTIONS, signal))).toEqual(["transport", "transport"]);
    expect(valuesOf(await some.ask(FRAME, QUESTIONS, signal))).toEqual([1, 2]);
    const none = patient(serverOf([rejected, rejected]), options);
    const all = Array.from({ length: 6 }, () => none.ask(FRAME, QUESTIONS, signal));
    const ends = await Promise.allSettled(all);
    expect(ends.some(({ status }) => status === "rejected")).toBe(true);
  });

  it("gives refusals as results where it is not to wait, and tells of them", async () => {
    const open: Refusal[] = [];
    const options = { waitMs: 0, onOpen: (refusal: Refusal) => open.push(refusal) };
    const vlm = patient(serverOf([1, AWAY]), options);
    expect(valuesOf(await vlm.ask(FRAME, QUESTIONS, signal))).toEqual([1, "transport"]);
    expect(open).toEqual([AWAY]);
  });

  it("passes a refusal that speaks of the image on", async () => {
    const vlm = patient(serverOf([{ reason: "no_object", detail: "no mug" }, 2]), {
      waitMs: 60_000,
      ...clock(),
    });
    expect(valuesOf(await vlm.ask(FRAME, QUESTIONS, signal))).toEqual(["no_object", 2]);
  });

  it("ends its pause when it is aborted", async () => {
    const controller = new AbortController();
    const vlm = patient(serverOf([AWAY, AWAY]), {
      waitMs: 600_000,
      onWait: () => queueMicrotask(() => controller.abort(new Error("stop"))),
    });
    await expect(vlm.ask(FRAME, QUESTIONS, controller.signal)).rejects.toThrow("stop");
  });
});
