import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { local, OnnxFolderError, type VlmNotice } from "../../../src/models/index.js";
import { copyOf, modelFolder } from "./folders.js";

async function errorOf(options: Parameters<typeof local>[0]): Promise<string> {
  const error = await local(options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(OnnxFolderError);
  return (error as Error).message;
}

describe("a model's folder", () => {
  it("must be there, and be a folder", async () => {
    expect(await errorOf({ folder: "/nowhere" })).toBe("/nowhere: no such folder");
    expect(await errorOf({ folder: import.meta.filename })).toContain("is a file");
  });

  it("must have a config.json of a model", async () => {
    const folder = await mkdtemp(join(tmpdir(), "model-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    expect(await errorOf({ folder })).toContain("has no config.json");
    await writeFile(join(folder, "config.json"), "{");
    expect(await errorOf({ folder })).toContain("config.json is not JSON");
    await writeFile(join(folder, "config.json"), '{"name":"tasks"}');
    expect(await errorOf({ folder })).toContain("model_type");
    await writeFile(join(folder, "config.json"), '{"model_type":"smolvlm"}');
    expect(await errorOf({ folder })).toContain("config.json cannot be used: ");
  });

  it("must hold a model of the right kind", async () => {
    const message = await errorOf({ folder: modelFolder("depth_anything") });
    expect(message).toContain("is not an image-text-to-text model");
    expect(message).toContain(
      "model_type depth_anything. Known types: smolvlm, idefics3, qwen2_vl",
    );
  });

  it("must be whole: all missing files are listed", async () => {
    const folder = await copyOf("smolvlm");
    for (const name of ["tokenizer.json", "processor_config.json", "onnx/vision_encoder.onnx"]) {
      await rm(join(folder, name));
    }
    const message = await errorOf({ folder });
    expect(message).toContain("of the files that this smolvlm model needs, 3 are missing:");
    expect(message).toContain(
      "  tokenizer.json\n  processor_config.json\n  onnx/vision_encoder.onnx",
    );
    expect(message).toContain("  vision_encoder: none");
  });

  it("must have the number format that is asked for; those there are listed", async () => {
    const message = await errorOf({ folder: modelFolder("smolvlm"), dtype: "q8" });
    expect(message).toContain(
      "  onnx/embed_tokens_quantized.onnx\n  onnx/vision_encoder_quantized.onnx",
    );
    expect(message).toContain("  decoder_model_merged: fp32, q8");
    const unknown = await errorOf({ folder: modelFolder("smolvlm"), dtype: { vision: "q8" } });
    expect(unknown).toContain("no part vision; its parts are embed_tokens, decoder_model_merged");
  });

  it("must have the files with the weights that its config.json speaks of", async () => {
    const folder = await copyOf("smolvlm");
    const path = join(folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as object;
    const data = { use_external_data_format: { "vision_encoder.onnx": 2 } };
    await writeFile(path, JSON.stringify({ ...config, "transformers.js_config": data }));
    const message = await errorOf({ folder });
    expect(message).toContain("  onnx/vision_encoder.onnx_data\n  onnx/vision_encoder.onnx_data_1");
  });

  it("must hold the files themselves, not Git LFS pointers", async () => {
    const folder = await copyOf("smolvlm");
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 98\n";
    await writeFile(join(folder, "onnx/embed_tokens.onnx"), pointer);
    expect(await errorOf({ folder })).toContain("embed_tokens.onnx is a Git LFS pointer");
  });

  it("is said to be damaged where the runtime cannot load it", async () => {
    const folder = await copyOf("smolvlm");
    await truncate(join(folder, "onnx/decoder_model_merged.onnx"), 1000);
    expect(await errorOf({ folder })).toMatch(/smolvlm cannot be loaded: .*decoder_model_merged/);
  });

  it("is said to be without use where nothing tells how the image goes in", async () => {
    const folder = await copyOf("llava_onevision");
    const path = join(folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...config, image_token_index: undefined }));
    expect(await errorOf({ folder })).toContain("does not name a known processor");
  });

  it("tells how far it is read, and what goes another way", async () => {
    const notices: VlmNotice[] = [];
    const onNotice = (notice: VlmNotice) => notices.push(notice);
    const vlm = await local({ folder: modelFolder("smolvlm"), device: "cuda" }, { onNotice });
    await vlm.close();
    const progress = notices.flatMap((notice) => (notice.kind === "progress" ? notice : []));
    expect(progress.at(-1)!.doneBytes).toBe(progress.at(-1)!.totalBytes);
    expect(progress[0]!.text).toMatch(/^smolvlm: \S+$/);
    // Where there are CUDA libraries, cuda is in use and there is nothing to warn of.
    const warnings = notices.flatMap((notice) => (notice.kind === "warning" ? notice.text : []));
    if (vlm.fingerprint.includes('"device":"cuda"')) expect(warnings).toEqual([]);
    else
      expect(warnings[0]).toMatch(
        /^smolvlm: the execution provider cuda failed \(.*the CPU is used$/,
      );
  });

  it("is read no further when the making is aborted", async () => {
    const abort = new AbortController();
    const loading = local(
      { folder: modelFolder("smolvlm") },
      { onNotice: () => abort.abort(new Error("enough")), signal: abort.signal },
    );
    await expect(loading).rejects.toThrow();
  });
});
