import { describe, expect, it } from "vitest";
import { loadedCode } from "../support/loadedCode.js";

const run = (program: string) => loadedCode("--input-type=module", "-e", program);
const importing = (...doors: readonly string[]) =>
  run(doors.map((door) => `await import("./dist/${door}/index.js");`).join(""));
const making = (spec: string) =>
  run(`import { createVlm } from "./dist/models/index.js"; await createVlm("${spec}");`);

const HEAVY = /onnxruntime|transformers|mathjs|sharp|cockatiel|cacache/;

describe("the room of models", () => {
  it("loads no package beyond those of the rooms below it", async () => {
    const { packages: below } = await importing("camera", "geometry");
    expect((await importing("models")).packages).toEqual(below);
    expect(below.filter((name) => HEAVY.test(name))).toEqual([]);
  });

  it.each([
    ["rgbd", []],
    ["http://127.0.0.1:9/v1#m", ["models/endpoint/endpoint"]],
    ["embedded", ["models/embedded/embedded"]],
  ])("loads the code of no other model to make %s", async (spec, own) => {
    const { files } = await making(spec);
    const models = ["embedded/embedded", "endpoint/endpoint", "local/local", "onnx/OnnxFolder"];
    expect(models.map((path) => `models/${path}`).filter((path) => files.includes(path))).toEqual(
      own,
    );
  });

  it("loads neither a runtime nor a client of servers to make rgbd", async () => {
    const { packages } = await making("rgbd");
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  });
});
