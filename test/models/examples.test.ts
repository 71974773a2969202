import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { checkVlmSpec } from "../../src/models/specs.js";

const FOLDER = resolve(import.meta.dirname, "../../examples/vlm");
const FILES = readdirSync(FOLDER);

describe("the example model files", () => {
  it.each(FILES)("%s is understood", (file) => {
    expect(() => checkVlmSpec(resolve(FOLDER, file))).not.toThrow();
  });

  it("are six", () => {
    expect(FILES).toHaveLength(6);
  });
});
