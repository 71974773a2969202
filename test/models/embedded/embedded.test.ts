import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { FrameError } from "../../../src/camera/index.js";
import { KINDS, parseAnswer, type SpatialQuestion } from "../../../src/language/index.js";
import { embeddedModel } from "../../../src/models/embedded/embedded.js";
import {
  createVlm,
  embedded,
  type SpatialVlm,
  type VlmNotice,
  VlmSpecError,
  WeightsError,
  workerVlm,
} from "../../../src/models/index.js";
import { checkVlmSpec } from "../../../src/models/specs.js";
import { asked, copyOfWeights, frameOfColour, open, SCRIPTED } from "./scriptedWeights.js";

const never = new AbortController().signal;

describe("embedded", () => {
  let vlm: SpatialVlm;
  beforeAll(async () => {
    vlm = await embedded({ weights: SCRIPTED, threads: 1 });
  });
  afterAll(() => vlm.close());

  const answer = async (...questions: Parameters<SpatialVlm["ask"]>[1]) =>
    (await vlm.ask(frameOfColour(), questions, never))[0]!;

  it("needs colour alone, and is named by its weights", () => {
    expect(vlm).toMatchObject({ id: "scripted", needs: [], concurrency: 1 });
    expect(vlm.fingerprint).toMatch(/^embedded 1 [0-9a-f]{64} cpu$/);
  });

  it("answers a length with the median of its distribution and half its middle 68 % as sigma", async () => {
    const { value, text, model } = await answer(asked("distance"));
    expect(model).toBe("scripted");
    expect(value).toMatchObject({ shape: "quantity" });
    if (value?.shape !== "quantity") throw new Error(text);
    // 0.75 at asinh(10) = 2.998 ± 0.05, 0.25 at 2.9 ± 0.1 (scales of logistic distributions).
    expect(value.valueM).toBeGreaterThan(0.29);
    expect(value.valueM).toBeLessThan(0.3);
    expect(value.sigmaM).toBeGreaterThan(0.3 * 0.05 * 1.66);
    expect(value.sigmaM).toBeLessThan(0.3 * 0.1 * 1.66);
    expect(text).toBe("The robot gripper is 29.6 cm from the red mug.");
  });

  it("answers yes, an object, or a relation by the sign of one logit, with its probability", async () => {
    const likely = expect.closeTo(1 / (1 + Math.exp(-2)), 6);
    const kinds = ["tall_predicate", "left_choice", "above_below"] as const;
    for (const [word, values] of [
      ["plain", [{ yes: true }, { choice: "subject" }, { relation: "above" }]],
      ["contrary", [{ yes: false }, { choice: "object" }, { relation: "below" }]],
    ] as const) {
      const questions = kinds.map((kind) => asked(kind, word));
      const answers = await vlm.ask(frameOfColour(), questions, never);
      answers.forEach(({ value }, index) => {
        expect(value).toMatchObject({ ...values[index], confidence: likely });
      });
    }
  });

  it.each([...KINDS.keys()])("says of %s in words what it says as a value", async (kind) => {
    for (const word of ["plain", "contrary", "below"]) {
      const question = asked(kind, word);
      const { text, value } = await answer(question);
      const read = parseAnswer(text, question).value;
      if (value?.shape === "quantity" && read?.shape === "quantity") {
        expect(Math.abs(read.valueM - value.valueM)).toBeLessThanOrEqual(0.00051);
      } else if (value?.shape !== "quantity" && read?.shape !== "quantity") {
        expect({ ...read, confidence: 1 }).toEqual({ ...value, confidence: 1 });
      } else {
        expect.fail(`${text} is read as ${read?.shape}`);
      }
    }
  });

  it("gives lengths below zero only to kinds that have a sign", async () => {
    for (const [kind, { shape, signed }] of KINDS) {
      if (shape !== "quantity") continue;
      const { value } = await answer(asked(kind, "below"));
      if (value?.shape !== "quantity") throw new Error(`${kind} gives no length`);
      if (signed) expect(value.valueM).toBeLessThan(-0.03);
      else expect(value.valueM).toBe(0);
      expect(value.sigmaM).toBeGreaterThan(0.001);
    }
  });

  it("refuses by name what it does not see, and shows what it does", async () => {
    const blind = await answer(asked("distance", "blind"));
    expect(blind.refusal).toEqual({
      reason: "no_object",
      detail: "the robot gripper is not seen in the image (2 % that it is)",
    });
    expect(blind.evidence?.map(({ object }) => object)).toEqual(["mug"]);
    const half = await answer(asked("left_choice", "half"));
    expect(half.refusal?.detail).toBe("the red mug is not seen in the image (27 % that it is)");
  });

  it("refuses an object of which it never read a word, whatever the image shows", async () => {
    const question = { ...asked("distance"), object: { name: "egg", phrase: "the An egg" } };
    const { refusal } = await answer(question as SpatialQuestion);
    expect(refusal).toEqual({
      reason: "no_object",
      detail: "scripted does not know any word of the An egg",
    });
  });

  it("wants to be surer of a phrase of which it never read a word", async () => {
    const folder = await copyOfWeights();
    const path = join(folder, "model.json");
    const config = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...config, seen_from: 0.2 }));
    const bold = await made(embedded({ weights: folder, threads: 1 }));
    const half = asked("left_choice", "half");
    const known = { ...half, object: { name: "mug", phrase: "the mug" } } as SpatialQuestion;
    const answers = await bold.ask(frameOfColour(), [known, half], never);
    expect(answers.map(({ refusal }) => refusal?.detail)).toEqual([
      undefined,
      "the red mug is not seen in the image (27 % that it is)",
    ]);
  });

  it("does not look for a second object where a kind has one", async () => {
    const { value, evidence } = await answer(asked("height", "half"));
    expect(value).toMatchObject({ shape: "quantity" });
    expect(evidence?.map(({ object }) => object)).toEqual(["gripper"]);
  });

  it("refuses a length without end", async () => {
    expect((await answer(asked("gap", "endless"))).refusal?.reason).toBe("unclear");
  });

  it("takes an open question for the kind that its words have", async () => {
    const far = await answer(open("How far is the mug from the gripper?"));
    expect(far).toMatchObject({ value: { shape: "quantity" }, question: { kind: "open" } });
    expect(far.text).toBe("The mug is 29.6 cm from the gripper.");
  });

  it("takes an open question in few words for what they come to", async () => {
    const far = await answer(open("distance mug gripper"));
    expect(far.text).toBe("The mug is 29.6 cm from the gripper.");
  });

  it("points: a projected centre, a box around the cells, a centre in space", async () => {
    const info = {
      ...{ width: 64, height: 48, fx: 60, fy: 60, cx: 31.5, cy: 23.5 },
      distortion: { model: "", coefficients: [] },
    };
    const [{ evidence }] = (await vlm.ask(frameOfColour({ info }), [asked("gap")], never)) as [
      Awaited<ReturnType<SpatialVlm["ask"]>>[number],
    ];
    const [subject, object] = evidence!;
    expect(subject).toMatchObject({
      object: "gripper",
      centerPx: [expect.closeTo(31.5 + (60 * 0.1) / 0.5, 4), expect.closeTo(23.5 - 6, 4)],
      centerM: [expect.closeTo(0.1, 6), expect.closeTo(-0.05, 6), 0.5],
      // Cells 1 and 2 of the second row; a cell is 16 pixels of the image.
      boxPx: [16.5, 16.5, 46.5, 30.5].map((at) => expect.closeTo(at, 6)),
    });
    expect(object).toMatchObject({
      object: "mug",
      centerM: [expect.closeTo(-0.2, 6), expect.closeTo(0.1, 6), 1],
    });
  });

  it("tells the model the lens in pixels of its picture, and whether it is known", async () => {
    const centres = async (frame: Parameters<SpatialVlm["ask"]>[0]) => {
      const [said] = await vlm.ask(frame, [asked("gap", "echo")], never);
      return said!.evidence!.map(({ centerM }) => centerM);
    };
    // fx, fy, cx; cx, cy, known
    expect(await centres(frameOfColour())).toEqual([
      [expect.closeTo(28.8, 4), expect.closeTo(28.8, 4), 15.5],
      [15.5, 11.5, 0],
    ]);
    const info = {
      ...{ width: 64, height: 48, fx: 60, fy: 61, cx: 20, cy: 10 },
      distortion: { model: "", coefficients: [] },
    };
    expect(await centres(frameOfColour({ info }))).toEqual([
      [30, 30.5, 9.75],
      [9.75, 4.75, 1],
    ]);
  });

  it("reads raw and compressed images alike", async () => {
    const frame = frameOfColour();
    const raw = { width: 64, height: 48, channels: 3 } as const;
    const png = await sharp(frame.image.data, { raw }).png().toBuffer();
    const compressed = {
      ...frame,
      image: { kind: "compressed", format: "png", data: png },
    } as const;
    const strip = ({ latencyMs: _, ...rest }: { readonly latencyMs: number }) => rest;
    const questions = [asked("gap", "echo"), asked("distance")];
    const said = await vlm.ask(frame, questions, never);
    expect((await vlm.ask(compressed, questions, never)).map(strip)).toEqual(said.map(strip));
  });

  it("answers many questions in their order, and none with nothing", async () => {
    const questions = Array.from({ length: 600 }, (_, index) =>
      asked("tall_predicate", index % 7 ? "plain" : "contrary"),
    );
    const answers = await vlm.ask(frameOfColour(), questions, never);
    expect(answers.map(({ question }) => question)).toEqual(questions);
    answers.forEach(({ value }, index) => {
      expect(value).toMatchObject({ yes: index % 7 !== 0 });
    });
    expect(await vlm.ask(frameOfColour(), [], never)).toEqual([]);
  });

  it("rejects with a FrameError where the image cannot be read", async () => {
    const image = { kind: "compressed", format: "jpeg", data: new Uint8Array(9) } as const;
    const failed = vlm.ask(frameOfColour({ image }), [asked("gap")], never);
    await expect(failed).rejects.toBeInstanceOf(FrameError);
  });

  it("leaves the caller's frame as it was", async () => {
    const frame = frameOfColour();
    await vlm.ask(frame, [asked("gap")], never);
    expect(frame.image.data).toHaveLength(3 * 64 * 48);
  });

  it("stops when aborted, and answers on", async () => {
    const controller = new AbortController();
    const stopped = vlm.ask(frameOfColour(), [asked("gap")], controller.signal);
    controller.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    await expect(vlm.ask(frameOfColour(), [asked("gap")], controller.signal)).rejects.toThrow(
      "enough",
    );
    expect(await answer(asked("gap"))).toMatchObject({ value: { shape: "quantity" } });
  });
});

describe("embedded, between looking and answering", () => {
  it("notices an abort, and does not answer", async () => {
    const model = await embeddedModel({ weights: SCRIPTED, cores: 1, provider: "cpu" });
    onTestFinished(() => model.close());
    const controller = new AbortController();
    const ran: string[] = [];
    const { prototype } = InferenceSession as unknown as {
      readonly prototype: { run(feeds: Record<string, unknown>): Promise<unknown> };
    };
    const { run } = prototype;
    const spy = vi.spyOn(prototype, "run").mockImplementation(function (this: unknown, feeds) {
      ran.push("image" in feeds ? "look" : "answer");
      controller.abort(new Error("a newer image"));
      return run.call(this as never, feeds);
    });
    onTestFinished(() => spy.mockRestore());
    const stopped = model.ask(frameOfColour(), [asked("gap")], controller.signal);
    await expect(stopped).rejects.toThrow("a newer image");
    expect(ran).toEqual(["look"]);
  });
});

async function made(make: Promise<SpatialVlm>): Promise<SpatialVlm> {
  const vlm = await make;
  onTestFinished(() => vlm.close());
  return vlm;
}

const spec = (folder: string, more = "") => `embedded?weights=${encodeURIComponent(folder)}${more}`;

async function values(vlm: SpatialVlm) {
  const questions = [asked("distance"), asked("left_choice"), asked("gap", "echo")];
  const answers = await vlm.ask(frameOfColour(), questions, never);
  return answers.map(({ value, evidence }) => ({ value, evidence }));
}

describe("embedded in threads", () => {
  it("says the same in however many, and in a thread of the node", async () => {
    const one = await made(createVlm(spec(SCRIPTED, "&threads=1")));
    const three = await made(createVlm(spec(SCRIPTED, "&threads=3")));
    const nested = await made(workerVlm(spec(SCRIPTED, "&threads=1")));
    const nestedTwice = await made(workerVlm(spec(SCRIPTED, "&threads=2")));
    const said = await values(one);
    for (const vlm of [three, nested, nestedTwice]) {
      expect(vlm.fingerprint).toBe(one.fingerprint);
      expect(await values(vlm)).toEqual(said);
    }
    expect([one.concurrency, three.concurrency, nestedTwice.concurrency]).toEqual([1, 3, 2]);
  });

  it("starts a thread only when there is a frame for it", async () => {
    let started = 0;
    const count = (): void => void started++;
    process.on("worker", count);
    onTestFinished(() => void process.off("worker", count));
    const vlm = await made(createVlm(spec(SCRIPTED, "&threads=3")));
    const ask = () => vlm.ask(frameOfColour(), [asked("gap")], never);
    await ask();
    await ask();
    expect(started).toBe(1);
    await Promise.all([ask(), ask()]);
    expect(started).toBe(2);
    await Promise.all(Array.from({ length: 6 }, ask));
    expect(started).toBe(3);
  });

  it("answers many frames at a time, each its own", async () => {
    const vlm = await made(createVlm(spec(SCRIPTED, "&threads=2")));
    const greys = Array.from({ length: 24 }, (_, index) => 10 * index);
    const said = await Promise.all(
      greys.map((grey) =>
        vlm.ask(
          frameOfColour({}, [grey, 0, 9]),
          [asked("gap", "paint")],
          new AbortController().signal,
        ),
      ),
    );
    expect(said.map(([answer]) => answer!.evidence![0]!.centerM)).toEqual(
      greys.map((grey) => [grey, 0, 9]),
    );
  });

  it("fails what it is asked after its end", async () => {
    const vlm = await embedded({ weights: SCRIPTED, threads: 2 });
    await vlm.close();
    await expect(vlm.ask(frameOfColour(), [asked("gap")], never)).rejects.toThrow("is closed");
  });

  it("takes a folder of weights in a model file from beside the file", async () => {
    const folder = await copyOfWeights();
    await writeFile(join(folder, "mine.yaml"), "vlm: embedded\nweights: .\nthreads: 1\n");
    const vlm = await made(createVlm(join(folder, "mine.yaml")));
    expect(vlm.id).toBe("scripted");
  });

  it("ends its making when aborted", async () => {
    const signal = AbortSignal.abort(new Error("another model"));
    await expect(embedded({ weights: SCRIPTED, threads: 2 }, { signal })).rejects.toThrow(
      "another",
    );
  });
});

describe("embedded on a provider that is not there", () => {
  it("says so once, and answers on the cpu", async () => {
    const notices: VlmNotice[] = [];
    const vlm = await made(
      createVlm(spec(SCRIPTED, "&provider=tensorrt&threads=2"), {
        onNotice: (notice) => notices.push(notice),
      }),
    );
    expect(notices).toEqual([
      {
        kind: "warning",
        text: expect.stringMatching(
          /^embedded: the execution provider tensorrt failed \(.+\); the CPU is used$/,
        ),
      },
    ]);
    const cpu = await made(createVlm(spec(SCRIPTED)));
    expect(vlm.fingerprint).toBe(cpu.fingerprint);
    expect(await values(vlm)).toEqual(await values(cpu));
  });

  it("knows the providers that there are", () => {
    expect(() => checkVlmSpec("embedded?provider=gpu")).toThrow(VlmSpecError);
    expect(() => checkVlmSpec("embedded?threads=0")).toThrow(/threads/);
    expect(() => checkVlmSpec("embedded?treads=2")).toThrow(/Is it threads\?/);
  });
});

describe("weights that are none", () => {
  const failure = async (folder: string): Promise<Error> =>
    embeddedModel({ weights: folder, cores: 1, provider: "cpu" }).then(
      () => expect.fail("it did not fail"),
      (error: Error) => error,
    );

  it("are told by the files that are missing", async () => {
    const folder = await copyOfWeights();
    await rm(join(folder, "encoder.onnx"));
    await rm(join(folder, "model.json"));
    const error = await failure(folder);
    expect(error).toBeInstanceOf(WeightsError);
    expect(error.message).toContain(`${folder}: encoder.onnx, model.json cannot be read`);
    const inThread = createVlm(spec("/no/such/folder")).catch((error: Error) => error);
    expect(await inThread).toMatchObject({
      name: "WeightsError",
      message: expect.stringContaining("encoder.onnx, answerer.onnx, model.json"),
    });
  });

  it("are told by what model.json lacks", async () => {
    const folder = await copyOfWeights();
    const path = join(folder, "model.json");
    const config = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...config, columns: 5, kinds: ["distance", "colour"] }));
    const { message } = await failure(folder);
    expect(message).toContain(path);
    expect(message).toContain("not a kind of question");
    await writeFile(path, JSON.stringify({ ...config, columns: 5 }));
    expect((await failure(folder)).message).toContain("cell times columns and rows");
    await writeFile(path, JSON.stringify({ ...config, aside: { from: 0.6, to: 0.8 } }));
    expect((await failure(folder)).message).toContain("output aside missing");
    await writeFile(path, "{");
    expect((await failure(folder)).message).toContain(`${path} is not JSON`);
  });

  it("are told by graphs that are damaged or another model's", async () => {
    const folder = await copyOfWeights();
    await writeFile(join(folder, "encoder.onnx"), "version https://git-lfs.github.com/spec/v1\n");
    expect((await failure(folder)).message).toContain(
      `${folder}: encoder.onnx and answerer.onnx cannot be loaded: `,
    );
    await writeFile(join(folder, "encoder.onnx"), await readFile(join(SCRIPTED, "answerer.onnx")));
    expect((await failure(folder)).message).toContain(
      "encoder.onnx is not a graph of the embedded model: input image, input lens",
    );
  });

  it("have another fingerprint when anything of them differs", async () => {
    const folder = await copyOfWeights();
    const path = join(folder, "model.json");
    await writeFile(path, (await readFile(path, "utf8")).replace("scripted", "scripted2"));
    const [mine, other] = [
      await made(createVlm(spec(folder))),
      await made(createVlm(spec(SCRIPTED))),
    ];
    expect(mine.fingerprint).not.toBe(other.fingerprint);
  });
});
