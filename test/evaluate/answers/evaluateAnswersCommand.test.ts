import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { evaluateAnswersCommand } from "../../../src/cli/evaluateAnswers.js";
import { Interrupted } from "../../../src/cli/interrupt.js";
import { chatServer, say } from "../../support/chatServer.js";
import { printedBy } from "../../support/cli.js";
import { writeDataSet } from "./dataset.js";

/** Two pairs of objects, asked in 22 kinds each. */
const ROWS_PER_IMAGE = 44;

let folder: string;
let vqa: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evaluate-answers-"));
  vqa = join(folder, "vqa");
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  await writeDataSet(vqa, { frames: 7, width: 320, height: 240, testFrames: 5 });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** What the command prints; it rejects with its error. */
function evaluate(...args: string[]): Promise<string> {
  return printedBy(evaluateAnswersCommand(), ...args);
}

async function failure(...args: string[]): Promise<Error> {
  return evaluate(...args).then(
    () => expect.fail("it did not fail"),
    (error: Error) => error,
  );
}

interface Document {
  readonly rows: number;
  readonly figures: Record<string, { value: number | null; n: number; of: number; low: number }>;
  readonly predictors: readonly { readonly name: string; readonly note: string }[];
  readonly refusals: Record<string, Record<string, Record<string, number>>>;
}

async function metricsIn(output: string): Promise<Document> {
  return JSON.parse(await readFile(join(output, "metrics.json"), "utf8")) as Document;
}

const REPLY = "About 30 cm. Yes. To the left.";

describe("evaluate answers of a data set", () => {
  it("measures rgbd on exact labels, beside the constant of the training set", async () => {
    const output = join(folder, "rgbd");
    const printed = await evaluate(
      ...[vqa, "--vlm", "rgbd", "-o", output, "--min", "distance.within_90_110=0.99"],
    );
    expect(printed).toContain("5 of 5 images; model rgbd");
    const { figures, rows, predictors } = await metricsIn(output);
    expect(rows).toBe(5 * ROWS_PER_IMAGE);
    expect(figures["distance.within_90_110"]).toMatchObject({ value: 1, n: 10, of: 10 });
    expect(figures.accuracy!.value).toBeGreaterThan(0.97);
    expect(figures["constant.distance.within_90_110"]!.value).toBeLessThan(0.7);
    expect(predictors.map(({ name }) => name)).toEqual(["rgbd", "constant"]);
    expect(predictors[1]!.note).toContain("train.jsonl");
  });

  it("finds rgbd in agreement with itself, swapped, mirrored, in inches, and in triangles", async () => {
    const { figures } = await metricsIn(join(folder, "rgbd"));
    for (const probe of ["swap", "unit", "triangle", "mirror"]) {
      const { value, n } = figures[`probe.${probe}`]!;
      expect(n, probe).toBeGreaterThanOrEqual(5);
      expect(value, probe).toBeLessThan(0.1);
    }
  });

  it("writes predictions that are evaluated again to the same figures", async () => {
    const output = join(folder, "again");
    const predictions = join(folder, "rgbd", "predictions.jsonl");
    await evaluate(predictions, "-o", output);
    const [first, again] = [await metricsIn(join(folder, "rgbd")), await metricsIn(output)];
    const withoutProbes = Object.entries(first.figures).filter(([key]) => !key.startsWith("probe"));
    expect(again.figures).toEqual(Object.fromEntries(withoutProbes));
  });

  it("writes a report of its own pictures that loads nothing", async () => {
    const page = await readFile(join(folder, "rgbd", "report.html"), "utf8");
    expect(page).toContain("Lengths by kind");
    expect(page.match(/data:image\/jpeg/g)!.length).toBeGreaterThan(3);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  it("asks a server in words, tells what it refused, and holds rgbd and constant against it", async () => {
    const { spec } = await chatServer((response) => say(response, REPLY));
    const output = join(folder, "words");
    await evaluate(vqa, "--vlm", spec, "-o", output, "--images", "2", "--probes", "2");
    const { figures, predictors, refusals } = await metricsIn(output);
    expect(predictors.map(({ name }) => name)).toEqual([
      expect.stringContaining("test-model"),
      "rgbd",
      "constant",
    ]);
    expect(figures["distance.answered"]).toMatchObject({ value: 1, n: 4, of: 4 });
    expect(figures["rgbd.distance.within_90_110"]!.value).toBe(1);
    // Who says yes to everything contradicts themselves when A and B are swapped.
    expect(figures["probe.swap"]!.value).toBeGreaterThan(0);
    expect(Object.keys(refusals)[0]).toContain("test-model");
  });

  it("judges the sigma that is published, with what the server's lengths are worth", async () => {
    const { spec } = await chatServer((response) => say(response, REPLY));
    const sure = join(folder, "sure");
    const asked = [vqa, "-o", sure, "--images", "1", "--probes", "0"];
    await evaluate(...asked, "--vlm", `${spec}?relative_sigma=0.5&absolute_sigma=0.1`);
    const lines = (await readFile(join(sure, "predictions.jsonl"), "utf8")).trim().split("\n");
    const sigmas = lines.flatMap((line) => {
      const { answer } = JSON.parse(line) as { answer: { value?: { sigma_m?: number } } };
      return answer.value?.sigma_m ?? [];
    });
    expect(Math.min(...sigmas)).toBeGreaterThan(Math.hypot(0.5 * 0.3, 0.1) - 1e-9);
    // What is read again counts nothing twice.
    const again = join(folder, "again");
    await evaluate(join(sure, "predictions.jsonl"), "-o", again);
    const [first, second] = await Promise.all([sure, again].map(metricsIn));
    expect(second?.figures["distance.within_1_sigma"]).toEqual(
      first?.figures["distance.within_1_sigma"],
    );
  });

  it("fails with exit code 1 and the thresholds that did not hold, after writing the results", async () => {
    const output = join(folder, "strict");
    const error = await failure(
      ...[vqa, "-o", output, "--images", "2", "--probes", "0"],
      ...["--max", "distance.mae=0.0001", "--min", "accuracy=0.5"],
    );
    expect(error).toMatchObject({ exitCode: 1 });
    expect(error.message).toMatch(/1 of the thresholds failed:\n {2}distance\.mae is 0\.00/);
    expect((await metricsIn(output)).figures["probe.swap"]).toBeUndefined();
  });

  it("goes on after Ctrl-C without asking what was answered", async () => {
    let isSlow = true;
    // In the middle of the third image it falls silent.
    const server = await chatServer((response, request) => {
      if (!isSlow || request <= 2.3 * ROWS_PER_IMAGE) say(response, REPLY);
    });
    const output = join(folder, "resumed");
    const spec = `${server.spec}?cache=off&concurrency=1`;
    const args = [vqa, "--vlm", spec, "-o", output, "--probes", "0"];
    const running = failure(...args);
    const journal = join(output, "answers.partial");
    await vi.waitFor(async () => expect(await lines(journal)).toBe(3), { timeout: 60_000 });
    process.emit("SIGINT");
    const error = await running;
    expect(error).toBeInstanceOf(Interrupted);
    expect(error.message).toContain("--resume");
    const left = await readdir(output);
    expect(left).not.toContain("predictions.jsonl");

    isSlow = false;
    const kept = (await lines(journal)) - 1;
    const before = server.requests;
    await evaluate(...args, "--resume");
    // Never more than one request for each open question; questions of the same words share one.
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(server.requests - before).toBeLessThanOrEqual((5 - kept) * ROWS_PER_IMAGE);
    expect((await metricsIn(output)).rows).toBe(5 * ROWS_PER_IMAGE);
    expect((await readdir(output)).sort()).toEqual([
      ".spatial-reward",
      "metrics.json",
      "predictions.jsonl",
      "report.html",
    ]);
  });

  it("asks nothing again where it was complete, unless something else is asked", async () => {
    const server = await chatServer((response) => say(response, REPLY));
    const output = join(folder, "complete");
    const args = [vqa, "--vlm", `${server.spec}?cache=off`, "-o", output, "--images", "1"];
    const first = await evaluate(...args);
    const [asked, metrics] = [server.requests, await metricsIn(output)];
    expect(asked).toBeGreaterThan(0);
    expect(await evaluate(...args, "--resume")).toBe(first);
    expect(server.requests).toBe(asked);
    expect(await metricsIn(output)).toEqual(metrics);

    await evaluate(...args, "--resume", "--seed", "2", "--probes", "0");
    expect(server.requests).toBeGreaterThan(asked);
    const again = server.requests;
    await evaluate(...args, "--seed", "2", "--probes", "0");
    expect(server.requests).toBeGreaterThan(again);
  });

  it("does not resume what was asked otherwise", async () => {
    const output = join(folder, "other");
    await mkdir(output);
    await writeFile(
      join(output, "answers.partial"),
      `${JSON.stringify({ questions: "", images: "", model: "" })}\n`,
    );
    const error = await failure(vqa, "-o", output, "--resume");
    expect(error.message).toMatch(/cannot resume.*changed since/);
  });
});

async function lines(path: string): Promise<number> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

describe("bad input of evaluate answers", () => {
  it("names what is missing", async () => {
    expect((await failure(join(folder, "none"))).message).toContain("no such file or folder");
    expect((await failure(vqa)).message).toContain("--output");
    expect((await failure(folder, "-o", folder)).message).toContain("is not a VQA data set");
    expect((await failure(vqa, "-o", folder, "--split", "val")).message).toMatch(
      /has no val\.jsonl; choose --split train or --split test/,
    );
  });

  it("refuses to ask a model about answers that were given already", async () => {
    const file = join(folder, "rgbd", "predictions.jsonl");
    const error = await failure(file, "--vlm", "rgbd");
    expect(error).toMatchObject({ exitCode: 2 });
    expect(error.message).toContain("--vlm");
  });

  it("names the bad lines of a data set before it asks", async () => {
    const broken = join(folder, "broken");
    await mkdir(broken);
    await writeFile(join(broken, "frames.jsonl"), await readFile(join(vqa, "frames.jsonl")));
    const [row] = (await readFile(join(vqa, "test.jsonl"), "utf8")).split("\n");
    const parsed = JSON.parse(row!) as Record<string, unknown>;
    const bad = [
      { ...parsed, kind: "colour" },
      { ...parsed, frame: "f99" },
      { ...parsed, truth: { shape: "quantity", value_m: 1 } },
      { ...parsed, truth: { shape: "quantity" } },
    ];
    for (const line of [parsed, ...bad]) {
      await appendFile(join(broken, "test.jsonl"), `${JSON.stringify(line)}\n`);
    }
    const error = await failure(broken, "-o", join(folder, "out"));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toContain("4 of 5 lines cannot be used");
    expect(error.message).toContain('line 2: kind: "colour"');
    expect(error.message).toContain('line 3: frame: frames.jsonl has no frame "f99"');
    expect(error.message).toContain("line 4: truth.shape");
    expect(error.message).toContain("line 5: truth");
  });

  it("names an image that is missing or points outside the folder", async () => {
    const missing = join(folder, "missing");
    await mkdir(missing);
    await writeFile(join(missing, "test.jsonl"), await readFile(join(vqa, "test.jsonl")));
    const frames = await readFile(join(vqa, "frames.jsonl"), "utf8");
    await writeFile(join(missing, "frames.jsonl"), frames);
    expect((await failure(missing, "-o", join(folder, "out"))).message).toContain("images/f0.jpg");
    const outside = frames.replace("images/f0.jpg", "../../secret.jpg");
    await writeFile(join(missing, "frames.jsonl"), outside);
    const error = await failure(missing, "-o", join(folder, "out"));
    expect(error.message).toContain("points outside the folder");
  });
});
