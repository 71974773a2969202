import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createVlm,
  OnnxFolderError,
  type VlmContext,
  VlmSpecError,
} from "../../../src/models/index.js";
import { checkVlmSpec } from "../../../src/models/specs.js";
import { greyFrame, HOW_FAR, IS_LEFT, modelFolder, never } from "./folders.js";

const folder = modelFolder("smolvlm");

async function made(spec: string, context: VlmContext = {}) {
  const vlm = await createVlm(spec, context);
  onTestFinished(() => vlm.close());
  return vlm;
}

describe("createVlm with a model's folder", () => {
  it("makes the folder's model in a thread of its own", async () => {
    const vlm = await made(folder);
    expect(vlm).toMatchObject({ id: "smolvlm", needs: [], concurrency: 1 });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const answers = await vlm.ask(greyFrame(0.95), Array(20).fill(HOW_FAR), never);
    clearInterval(timer);
    expect(answers[0]!.text).toBe("0.9 m");
    expect(turns).toBeGreaterThan(1);
  });

  it("takes settings and relative paths", async () => {
    const spec = `${relative(".", folder)}?dtype=decoder_model_merged:q8&system=none&threads=1`;
    const { fingerprint } = await made(spec);
    expect(fingerprint).toContain('"decoder_model_merged":"q8"');
    expect(fingerprint).not.toContain("You judge space");
  });

  it("finds the folder of a model file beside that file", async () => {
    const parent = await mkdtemp(join(tmpdir(), "preset-"));
    onTestFinished(() => rm(parent, { recursive: true }));
    const file = join(parent, "small.yaml");
    const lines = [`vlm: ${relative(parent, folder)}`, "dtype: { decoder_model_merged: q8 }"];
    await writeFile(file, `${lines.join("\n")}\n`);
    const vlm = await made(file);
    expect(vlm.id).toBe("smolvlm");
    expect(vlm.fingerprint).toContain('"decoder_model_merged":"q8"');
  });

  it("hands on progress and warnings from the thread", async () => {
    const kinds = new Set<string>();
    const vlm = await made(`${folder}?device=cuda`, { onNotice: ({ kind }) => kinds.add(kind) });
    expect(kinds).toContain("progress");
    // Where there are CUDA libraries, there is nothing to warn of.
    expect(kinds.has("warning")).toBe(!vlm.fingerprint.includes('"device":"cuda"'));
  });

  it("stops answering when aborted, and answers on", async () => {
    const vlm = await made(folder);
    const abort = new AbortController();
    const asked = vlm.ask(greyFrame(0.5), Array(50).fill(HOW_FAR), abort.signal);
    abort.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect((await vlm.ask(greyFrame(0.95), [IS_LEFT], never))[0]!.text).toBe("Yes");
  });

  it("says what is wrong with the folder", async () => {
    await expect(createVlm("/nowhere/model")).rejects.toThrow("no such folder");
    await expect(createVlm(`${folder}?dtype=q4`)).rejects.toMatchObject({
      name: "OnnxFolderError",
      message: expect.stringContaining("onnx/decoder_model_merged_q4.onnx"),
    });
    expect(OnnxFolderError.name).toBe("OnnxFolderError");
  });

  it("names settings that do not fit, before anything is loaded", () => {
    expect(() => checkVlmSpec(`${folder}?dtype=q9`)).toThrow(VlmSpecError);
    expect(() => checkVlmSpec(`${folder}?dtype=q9`)).toThrow("dtype: must be one of fp32, q8");
    expect(() => checkVlmSpec(`${folder}?dtype=vision_encoder:q9`)).toThrow("must be one of fp32");
    expect(() => checkVlmSpec(`${folder}?device=gpu`)).toThrow("device");
    expect(() => checkVlmSpec(`${folder}?max_new_tokens=9`)).toThrow("Is it max_tokens?");
  });

  it("asks for a folder where only the backend is named", async () => {
    await expect(createVlm("local")).rejects.toThrow("give the folder of a model");
  });
});
