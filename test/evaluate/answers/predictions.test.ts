import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AnswerRow,
  AnswersInputError,
  openPredictions,
  readPredictions,
} from "../../../src/evaluate/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "predictions-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(...lines: readonly unknown[]): Promise<string> {
  const path = join(folder, "predictions.jsonl");
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  await writeFile(path, text.join("\n"));
  return path;
}

async function read(...lines: readonly unknown[]): Promise<AnswerRow[]> {
  const path = await write(...lines);
  const rows: AnswerRow[] = [];
  for await (const row of readPredictions(await openPredictions(path))) rows.push(row);
  return rows;
}

const HOW_FAR = "How far is the mug from the tray?";

describe("predictions of other programs", () => {
  it("have ground truths in words and any unit, as numbers of metres, or booleans", async () => {
    const rows = await read(
      { question: HOW_FAR, ground_truth: "35 cm", prediction: "About 14 inches." },
      { question: HOW_FAR, ground_truth: "a foot and a half", prediction: "0.5 m" },
      { question: HOW_FAR, ground_truth: 0.35, prediction: "1,200 mm" },
      { question: "Is the mug left of the tray?", ground_truth: true, prediction: "No." },
      { question: "Is the mug left of the tray?", ground_truth: "yes", prediction: "Yes, it is." },
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      "distance",
      "distance",
      "distance",
      "left_predicate",
      "left_predicate",
    ]);
    const truths = rows.map(({ truth }) => ("value_m" in truth ? truth.value_m : truth));
    expect(truths[0]).toBeCloseTo(0.35, 9);
    expect(truths[1]).toBeCloseTo(0.4572, 9);
    expect(truths[2]).toBe(0.35);
    expect(truths[3]).toEqual({ shape: "yes_no", yes: true });
    expect(rows[0]!.said.value).toMatchObject({ shape: "quantity" });
    expect(rows[2]!.said.value).toMatchObject({ valueM: 1.2 });
    expect(rows[3]!.said.value).toMatchObject({ yes: false });
  });

  it("keep what says nothing as refusals with their reason", async () => {
    const rows = await read(
      { question: HOW_FAR, ground_truth: "35 cm", prediction: "120 pixels" },
      { question: HOW_FAR, ground_truth: "35 cm", prediction: "0.35" },
      { question: HOW_FAR, ground_truth: "35 cm", prediction: "" },
    );
    expect(rows.map(({ said }) => said.refusal?.reason)).toEqual(["pixels", "no_unit", "unclear"]);
  });

  it("understand choices by the words of the question, and questions of no known kind by theirs", async () => {
    const rows = await read(
      {
        question: "Which is taller, the mug or the tray?",
        ground_truth: "the mug",
        prediction: "The tray.",
      },
      {
        question: "How much string would I need around the box?",
        ground_truth: "2 feet",
        prediction: "60 cm",
      },
    );
    expect(rows[0]).toMatchObject({
      kind: "tall_choice",
      truth: { choice: "subject" },
      said: { value: { choice: "object" } },
    });
    expect(rows[1]).toMatchObject({ kind: "open", said: { value: { valueM: 0.6 } } });
  });

  it("are compared with the best that saying one thing could do", async () => {
    const rows = await read(
      ...[0.1, 0.2, 0.9].map((ground_truth) => ({
        question: HOW_FAR,
        ground_truth,
        prediction: "1 m",
      })),
    );
    for (const { baselines } of rows) {
      expect(baselines.constant!.value).toMatchObject({ valueM: 0.2 });
    }
  });

  it("that are null or empty count as questions without an answer", async () => {
    const row = { question: HOW_FAR, ground_truth: 1 };
    const rows = await read({ ...row, prediction: null }, { ...row, prediction: "" });
    expect(rows.map(({ said }) => said)).toEqual(
      Array(2).fill({ text: "", refusal: { reason: "unclear", detail: expect.any(String) } }),
    );
  });

  it("that share an image are drawn together; others stand alone", async () => {
    const row = { question: HOW_FAR, ground_truth: 1, prediction: "1 m" };
    const rows = await read({ ...row, image: "a.jpg" }, { ...row, image: "a.jpg" }, row, row);
    expect(new Set(rows.map(({ frame }) => frame)).size).toBe(3);
  });

  it("survive a byte order mark, empty lines and Windows line ends", async () => {
    const line = JSON.stringify({ question: HOW_FAR, ground_truth: 1, prediction: "1 m" });
    expect(await read(`\uFEFF${line}\r`, "", `${line}\r`)).toHaveLength(2);
  });
});

describe("bad lines of predictions", () => {
  const good = { question: HOW_FAR, ground_truth: "35 cm", prediction: "1 m" };

  const bad = [
    "{",
    "",
    { ...good, ground_truth: "0.35" },
    { ...good, ground_truth: "many" },
    { question: HOW_FAR, prediction: "1 m" },
    { ...good, prediction: 3 },
    { ...good, kind: "colour" },
    { ...good, ground_truth: true },
    { ...good, ground_truth: -0.3 },
    '{"question":"How far is it?","ground_truth":1e999,"prediction":"1 m"}',
  ];

  it.each([
    ["Is the mug left of the tray?", 1],
    ["Is the mug left of the tray?", "1"],
    ["Is the drawer open?", 1],
    ["Is the drawer open?", "1"],
    ["Would the spoon fit into the mug?", 0],
  ])("take no number for yes or no: %s %j", async (question, ground_truth) => {
    const path = await write(good, { question, ground_truth, prediction: "Yes." });
    const { faults } = await openPredictions(path);
    expect(faults).toContain("line 2: ground_truth:");
    expect(faults).toContain("is answered by yes or no: write true or false");
  });

  it.each(["How long is the drawer when open?", "Can you say what the length of the spoon is?"])(
    "take a number for metres where a length is asked for: %s",
    async (question) => {
      const [row] = await read({ question, ground_truth: 1, prediction: "1 m" });
      expect(row?.truth).toEqual({ shape: "quantity", value_m: 1 });
    },
  );

  it("are skipped and named by their numbers, and the others are evaluated", async () => {
    const path = await write(good, ...bad, good);
    const file = await openPredictions(path);
    expect(file).toMatchObject({ rows: 2, skipped: 9 });
    expect(file.faults).toContain("9 of 11 lines cannot be used");
    expect(file.faults).toContain("line 2: no JSON: {");
    expect(file.faults).toContain("line 4: ground_truth: no_unit");
    expect(file.faults).toContain('write "0.35 m", or a JSON number for metres');
    expect(file.faults).toContain("line 5: ground_truth: no_number");
    expect(file.faults).toContain("line 6: ground_truth: missing");
    expect(file.faults).toContain("line 7: prediction:");
    expect(file.faults).toContain('line 8: kind: "colour" is not one of the 43 kinds');
    expect(file.faults).toContain(
      "line 9: ground_truth: true is not an answer to a distance question",
    );
    expect(file.faults).toContain("line 10: ground_truth: a distance cannot be negative");
    expect(file.faults).toContain("line 11: ground_truth: expected words, a finite number");
    const rows: AnswerRow[] = [];
    for await (const row of readPredictions(file)) rows.push(row);
    expect(rows).toHaveLength(2);
  });

  it.each([
    ["a range behind the camera", { range_m: -5 }, /range_m: must be at least 0/],
    ["centimetres that would be metres", { ground_truth: 350 }, /350 m is longer than 100 m/],
    ["a truth that is no length", { ground_truth: 1e308 }, /1e\+308 m is longer/],
    [
      "an exact truth below zero",
      { truth: { shape: "quantity", value_m: -3 } },
      /truth.value_m: a distance cannot be negative/,
    ],
    [
      "an answer that is no length",
      { answer: { text: "1e308 m", value: { shape: "quantity", value_m: 1e308, sigma_m: 1 } } },
      /answer.value.value_m: must be a length in metres/,
    ],
  ])("are skipped where no figure can be made of them: %s", async (_, fields, why) => {
    const good = { question: HOW_FAR, ground_truth: "35 cm", prediction: "30 cm" };
    const file = await openPredictions(await write(good, { ...good, ...fields }));
    expect(file).toMatchObject({ rows: 1, skipped: 1, faults: expect.stringMatching(why) });
  });

  it("are an error where there is no other line", async () => {
    await expect(read(...bad)).rejects.toThrow(AnswersInputError);
  });

  it("are counted where they are many", async () => {
    await expect(read(...Array.from({ length: 50 }, () => "nonsense"))).rejects.toThrow(
      /50 of 50 lines[\s\S]*and 30 more/,
    );
  });

  it("include having none, and there being no file", async () => {
    await expect(read("")).rejects.toThrow(/has no rows/);
    await expect(openPredictions(join(folder, "none.jsonl"))).rejects.toThrow(/no such file/);
  });
});
