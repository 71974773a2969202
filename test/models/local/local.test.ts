import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { FrameError } from "../../../src/camera/index.js";
import type { SpatialAnswer } from "../../../src/language/index.js";
import { type LocalOptions, local, type SpatialVlm } from "../../../src/models/index.js";
import { copyOf, greyFrame, HOW_FAR, IS_LEFT, modelFolder, never, UNSEEN } from "./folders.js";

const lengthOf = ({ value, text }: SpatialAnswer): { valueM: number; sigmaM: number } => {
  if (value?.shape !== "quantity") throw new Error(`no length: ${text}`);
  return value;
};

describe.each(["smolvlm", "qwen2_vl", "llava_onevision"])("local with %s", (name) => {
  let vlm: SpatialVlm;
  beforeAll(async () => {
    vlm = await local({ folder: modelFolder(name) });
  });
  afterAll(() => vlm.close());

  it.each([0.05, 0.5, 0.95])("reads a length out of an image of brightness %f", async (grey) => {
    const [answer] = await vlm.ask(greyFrame(grey), [HOW_FAR], never);
    expect(Math.abs(lengthOf(answer!).valueM - (0.1 + 0.8 * grey))).toBeLessThan(0.11);
  });

  it("answers questions in their order, and says what it does not see", async () => {
    const answers = await vlm.ask(greyFrame(0.9), [IS_LEFT, UNSEEN, HOW_FAR], never);
    expect(answers.map(({ question }) => question)).toEqual([IS_LEFT, UNSEEN, HOW_FAR]);
    expect(answers[0]).toMatchObject({ model: name, text: "Yes", value: { yes: true } });
    expect(answers[1]!.refusal?.reason).toBe("no_object");
    expect(answers[2]!.text).toMatch(/^0\.\d m$/);
    const [no] = await vlm.ask(greyFrame(0.1), [IS_LEFT], never);
    expect(no).toMatchObject({ text: "No", value: { yes: false } });
  });
});

interface Fed {
  readonly dims: readonly number[];
}

/** An ONNX session, as every model runs in. */
interface Runs {
  run(feeds: Readonly<Record<string, Fed | undefined>>): Promise<unknown>;
}

describe("local", () => {
  const folder = modelFolder("smolvlm");
  const made = async (options: Partial<LocalOptions> = {}): Promise<SpatialVlm> => {
    const vlm = await local({ folder, ...options });
    onTestFinished(() => vlm.close());
    return vlm;
  };

  /** Tells of every run of an ONNX session what goes in. */
  function watchRuns(onRun: (feeds: Readonly<Record<string, Fed | undefined>>) => void): void {
    const { prototype } = InferenceSession as unknown as { readonly prototype: Runs };
    const { run } = prototype;
    const spy = vi.spyOn(prototype, "run").mockImplementation(function (this: Runs, feeds) {
      onRun(feeds);
      return run.call(this, feeds);
    });
    onTestFinished(() => spy.mockRestore());
  }

  /** The numbers of tiles that are looked at from now on. */
  function watchTiles(): number[] {
    const tiles: number[] = [];
    watchRuns(({ pixel_values }) => {
      if (pixel_values) tiles.push(pixel_values.dims[1]!);
    });
    return tiles;
  }

  it("encodes an image once for all questions and samples", async () => {
    const vlm = await made({ n: 2 });
    const tiles = watchTiles();
    await vlm.ask(greyFrame(0.4), [HOW_FAR, IS_LEFT, UNSEEN], never);
    expect(tiles).toEqual([5]);
    await vlm.ask(greyFrame(0.4), [HOW_FAR], never);
    expect(tiles).toEqual([5, 5]);
  });

  it("looks at the whole image only where tiles are off", async () => {
    const vlm = await made({ tiles: "off" });
    const tiles = watchTiles();
    const [answer] = await vlm.ask(greyFrame(0.5), [HOW_FAR], never);
    expect(tiles).toEqual([1]);
    expect(lengthOf(answer!).valueM).toBeCloseTo(0.5, 0);
  });

  it("averages samples, the same ones for the same seed", async () => {
    const options = { n: 6, temperature: 2 };
    const ask = async (seed: number) =>
      (await (await made({ ...options, seed })).ask(greyFrame(0.5), [HOW_FAR], never))[0]!;
    const first = await ask(1);
    expect(first.text.split(" | ")).toHaveLength(6);
    expect((await ask(1)).text).toBe(first.text);
    expect((await ask(100)).text).not.toBe(first.text);
  });

  it("takes samples that differ as doubt", async () => {
    const [sure, doubtful] = await Promise.all(
      [0.001, 1.5].map(async (temperature) => {
        const vlm = await made({ n: 8, temperature });
        return lengthOf((await vlm.ask(greyFrame(0.45), [HOW_FAR], never))[0]!).sigmaM;
      }),
    );
    expect(doubtful).toBeGreaterThan(sure!);
  });

  it("takes each part's weights in the format that is asked for", async () => {
    const vlm = await made({ dtype: { decoder_model_merged: "q8" } });
    expect(vlm.fingerprint).toContain('"decoder_model_merged":"q8"');
    expect(vlm.fingerprint).toContain('"vision_encoder":"fp32"');
    const [answer] = await vlm.ask(greyFrame(0.95), [HOW_FAR], never);
    expect(lengthOf(answer!).valueM).toBeCloseTo(0.9, 0);
  });

  it("refuses what was cut off at max_tokens", async () => {
    const vlm = await made({ maxTokens: 2 });
    const [answer] = await vlm.ask(greyFrame(0.5), [HOW_FAR], never);
    expect(answer!.refusal).toMatchObject({
      reason: "unclear",
      detail: expect.stringContaining("after 2 tokens: raise max_tokens"),
    });
  });

  it("gives an answer up after timeout_s", async () => {
    const vlm = await made({ timeoutS: 0.001 });
    const [answer] = await vlm.ask(greyFrame(0.5), [HOW_FAR], never);
    expect(answer!.refusal).toMatchObject({
      reason: "timeout",
      detail: expect.stringContaining("no answer within 0.001 s"),
    });
  });

  it("stops between two tokens when aborted, and answers the next frame", async () => {
    const vlm = await made();
    const abort = new AbortController();
    let steps = 0;
    watchRuns(({ position_ids }) => {
      if (!position_ids) return;
      steps += 1;
      if (!abort.signal.aborted) abort.abort(new Error("enough"));
    });
    await expect(vlm.ask(greyFrame(0.5), [HOW_FAR, IS_LEFT], abort.signal)).rejects.toThrow(
      "enough",
    );
    // Comes after all that is still going on.
    await vlm.ask(greyFrame(0.5), [], never);
    expect(steps).toBe(1);
    const [answer] = await vlm.ask(greyFrame(0.5), [HOW_FAR], never);
    expect(answer!.value).toBeDefined();
  });

  it("is let go of at once by who waits for another frame's answers", async () => {
    const vlm = await made();
    const busy = vlm.ask(greyFrame(0.5), Array(10).fill(HOW_FAR), never);
    const abort = new AbortController();
    const waiting = vlm.ask(greyFrame(0.5), [HOW_FAR], abort.signal);
    let isBusy = true;
    void busy.then(() => {
      isBusy = false;
    });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(isBusy).toBe(true);
    await busy;
  });

  it("asks in the manner of a template", async () => {
    const vlm = await made({ template: "reasoning", references: "The mug is 10 cm tall." });
    expect(vlm.fingerprint).toContain("step by step");
    expect(vlm.fingerprint).toContain("The mug is 10 cm tall.");
  });

  it("answers frames that are asked about at once one after the other", async () => {
    const vlm = await made();
    const asked = [0.05, 0.95].map((grey) => vlm.ask(greyFrame(grey), [HOW_FAR, IS_LEFT], never));
    const answers = await Promise.all(asked);
    expect(answers.map(([, isLeft]) => isLeft!.text)).toEqual(["No", "Yes"]);
  });

  it("does without a system prompt where it is told to", async () => {
    const vlm = await made({ system: "none" });
    expect(vlm.fingerprint).not.toContain("You judge space");
    expect((await vlm.ask(greyFrame(0.95), [IS_LEFT], never))[0]!.text).toBe("Yes");
  });

  it("puts the question into the words of `prompt`", async () => {
    const vlm = await made({ prompt: "How far is the unicorn from {question}" });
    const [answer] = await vlm.ask(greyFrame(0.5), [{ kind: "open", text: "the table?" }], never);
    expect(answer!.text).toBe("The unicorn is not visible.");
  });

  it("has another fingerprint for other weights, settings, dtypes", async () => {
    const others = [
      await made(),
      await made({ dtype: { decoder_model_merged: "q8" } }),
      await made({ maxSide: 512 }),
      await made({ folder: modelFolder("qwen2_vl") }),
    ];
    expect(new Set(others.map(({ fingerprint }) => fingerprint)).size).toBe(4);
    expect((await made()).fingerprint).toBe(others[0]!.fingerprint);
  });

  it("turns a failure of the runtime into a refusal of the question", async () => {
    const spoilt = await copyOf("smolvlm");
    const decoder = "onnx/decoder_model_merged.onnx";
    await copyFile(join(modelFolder("qwen2_vl"), decoder), join(spoilt, decoder));
    const vlm = await made({ folder: spoilt });
    const [answer] = await vlm.ask(greyFrame(0.5), [HOW_FAR], never);
    expect(answer!.refusal).toMatchObject({
      reason: "unclear",
      detail: expect.stringContaining("the model smolvlm failed: "),
    });
  });

  it("rejects an image that cannot be read", async () => {
    const vlm = await made();
    const image = { kind: "compressed", format: "jpeg", data: new Uint8Array([1, 2, 3]) } as const;
    await expect(vlm.ask({ ...greyFrame(0), image }, [HOW_FAR], never)).rejects.toThrow(FrameError);
    const fault = "the JPEG is cut off";
    await expect(vlm.ask({ ...greyFrame(0), fault }, [HOW_FAR], never)).rejects.toThrow(fault);
  });

  it("is not to be asked after its end", async () => {
    const vlm = await local({ folder });
    await vlm.close();
    await vlm.close();
    await expect(vlm.ask(greyFrame(0), [HOW_FAR], never)).rejects.toThrow("after it was closed");
  });
});
