import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SpatialQuestion } from "../../src/language/index.js";
import { AnswerJournal, JournalError, journaled } from "../../src/models/AnswerJournal.js";
import { frameOf } from "../support/frames.js";
import { scriptedVlm } from "../support/models.js";

const KEY = { recording: "run1", task: "abc", model: "scripted 1" };
const QUESTIONS: SpatialQuestion[] = [{ kind: "open", text: "How far is the mug?" }];
const { signal } = new AbortController();

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
  path = join(folder, "r.jsonl.answers.partial");
});
afterEach(() => rm(folder, { recursive: true }));

/** Asks about frames 0..count-1 through a journal and leaves it as an interrupted run would. */
async function interruptedRun(count: number): Promise<void> {
  const journal = await AnswerJournal.create(path, KEY);
  const vlm = journaled(
    scriptedVlm(({ stampNs }) => Number(stampNs) / 10),
    journal,
  );
  for (let i = 0n; i < count; i++) await vlm.ask(frameOf({ stampNs: i }), QUESTIONS, signal);
  await journal.close();
}

describe("AnswerJournal", () => {
  it("answers from the journal what was asked before, and asks the model the rest", async () => {
    await interruptedRun(2);
    const journal = await AnswerJournal.resume(path, KEY);
    const model = scriptedVlm(() => 7);
    const vlm = journaled(model, journal);
    const answers = [];
    for (let i = 0n; i < 3n; i++) {
      answers.push(...(await vlm.ask(frameOf({ stampNs: i }), QUESTIONS, signal)));
    }
    await journal.remove();
    expect(answers.map(({ value }) => value?.shape === "quantity" && value.valueM)).toEqual([
      0, 0.1, 7,
    ]);
    expect(answers.every(({ question }) => question === QUESTIONS[0])).toBe(true);
    expect(model.asked).toEqual([2n]);
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  it("goes on after an answer with separators of lines in it", async () => {
    await interruptedRun(2);
    const text = await readFile(path, "utf8");
    const first = text.split("\n")[1] ?? "";
    const odd = first.replace(/"text":"/, '"text":"far\u2028away\u2029');
    expect(odd).not.toBe(first);
    await writeFile(path, text.replace(first, odd));
    const journal = await AnswerJournal.resume(path, KEY);
    expect(journal.size).toBe(2);
    await journal.close();
    expect(await readFile(path, "utf8")).toBe(text.replace(first, odd));
  });

  it("loses no whole line wherever the interrupted run was cut, and never a half one counts", async () => {
    await interruptedRun(3);
    const whole = await readFile(path);
    const lineEnds = [...whole.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);
    for (let bytes = 0; bytes <= whole.length; bytes += 7) {
      await writeFile(path, whole);
      await truncate(path, bytes);
      const journal = await AnswerJournal.resume(path, KEY);
      const wholeLines = lineEnds.filter((end) => end <= bytes).length;
      expect(journal.size).toBe(Math.max(0, wholeLines - 1));
      await journal.add(frameOf({ stampNs: 9n }), []);
      await journal.close();
      const again = await AnswerJournal.resume(path, KEY);
      expect(again.size).toBe(journal.size + 1);
      await again.close();
    }
  });

  it("refuses a journal of another task or model and names what changed", async () => {
    await interruptedRun(1);
    await expect(AnswerJournal.resume(path, { ...KEY, task: "other" })).rejects.toThrow(
      new JournalError(
        `cannot resume from ${path}: the task changed since the interrupted run. ` +
          "Run without --resume to start again.",
      ),
    );
  });

  it("keeps no refusal that another try may cure", async () => {
    const journal = await AnswerJournal.create(path, KEY);
    const model = scriptedVlm(({ stampNs }) =>
      stampNs === 0n
        ? { reason: "timeout", detail: "30 s" }
        : { reason: "no_object", detail: "no mug in sight" },
    );
    const vlm = journaled(model, journal);
    await vlm.ask(frameOf({ stampNs: 0n }), QUESTIONS, signal);
    await vlm.ask(frameOf({ stampNs: 1n }), QUESTIONS, signal);
    await journal.close();
    const resumed = await AnswerJournal.resume(path, KEY);
    expect(resumed.find(frameOf({ stampNs: 0n }))).toBeUndefined();
    expect(resumed.find(frameOf({ stampNs: 1n }))).toMatchObject([
      { refusal: { reason: "no_object" } },
    ]);
    await resumed.close();
  });
});
