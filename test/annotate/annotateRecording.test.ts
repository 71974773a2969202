import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Annotation,
  annotateRecording,
  MissingTopicError,
  NothingAnnotatedError,
} from "../../src/annotate/index.js";
import { createVlm } from "../../src/models/index.js";
import { jsonLinesSink } from "../../src/sinks/index.js";
import { openSource } from "../../src/sources/index.js";
import { REACH_TASK } from "../support/annotations.js";
import { scriptedVlm } from "../support/models.js";

const SIM = "sim?seed=3&width=64&height=48&rate=1&outcome=idle";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "annotate-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("annotateRecording", () => {
  it("writes each frame of a source to every sink, and counts them", async () => {
    await using source = await openSource(SIM);
    const paths = ["a.jsonl", "b.jsonl"].map((name) => join(folder, name));
    const counters = await annotateRecording(
      source,
      REACH_TASK,
      scriptedVlm(() => 0.2),
      {
        sinks: paths.map((path) => () => jsonLinesSink(path)),
        journalPath: join(folder, "answers.partial"),
      },
    );
    const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]?.trim().split("\n")).toHaveLength(counters.in);
    expect(counters).toMatchObject({ annotated: counters.in, dropped: 0, failed: 0 });
    expect(await readdir(folder)).toEqual(["a.jsonl", "b.jsonl"]);
  });

  it("goes on with its journal after an interruption, to the same annotations", async () => {
    await using source = await openSource(SIM);
    let asked = 0;
    const vlm = scriptedVlm(() => {
      asked += 1;
      return 0.2;
    });
    const whole: Annotation["reward"][] = [];
    const counters = await annotateRecording(source, REACH_TASK, vlm, {
      onAnnotation: ({ reward }) => void whole.push(reward),
    });
    asked = 0;
    const journalPath = join(folder, "answers.partial");
    const controller = new AbortController();
    let seen = 0;
    const interrupted = annotateRecording(source, REACH_TASK, vlm, {
      journalPath,
      signal: controller.signal,
      onAnnotation() {
        seen += 1;
        if (seen === 3) controller.abort(new Error("enough"));
      },
    });
    await expect(interrupted).rejects.toThrow("enough");
    const resumed: Annotation["reward"][] = [];
    await annotateRecording(source, REACH_TASK, vlm, {
      journalPath,
      resume: true,
      onAnnotation: ({ reward }) => void resumed.push(reward),
    });
    expect(resumed).toEqual(whole);
    expect(asked).toBe(counters.in);
  });

  it("says what is missing where a model needs depth and there are only images", async () => {
    await using source = await openSource(SIM);
    const depthless = {
      ...{ info: source.info, close: () => source.close() },
      cameras: () => [{ name: "c", color: "photos" }],
      expectedFrames: () => 0,
      frames: () => source.frames({ cameras: [] }),
      [Symbol.asyncDispose]: () => source.close(),
    };
    const vlm = await createVlm("rgbd");
    const run = annotateRecording(depthless, REACH_TASK, vlm);
    await expect(run).rejects.toThrow(MissingTopicError);
    await vlm.close();
  });

  it("is an error where no frame lies in the chosen range", async () => {
    await using source = await openSource(SIM);
    const run = annotateRecording(
      source,
      REACH_TASK,
      scriptedVlm(() => 0.2),
      {
        fromNs: 1_000_000_000_000n,
      },
    );
    await expect(run).rejects.toThrow(NothingAnnotatedError);
  });
});
