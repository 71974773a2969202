import { describe, expect, it } from "vitest";
import { oncePerImage } from "../../../src/models/local/VisionLanguageModel.js";

describe("oncePerImage", () => {
  it("works once for each image, and for every call without one", () => {
    let calls = 0;
    const look = oncePerImage(
      (_image: object | undefined, question: string) => `${question} ${++calls}`,
      (image) => image,
    );
    const [a, b] = [{}, {}];
    expect([look(a, "a"), look(b, "b"), look(a, "again")]).toEqual(["a 1", "b 2", "a 1"]);
    expect([look(undefined, "c"), look(undefined, "d")]).toEqual(["c 3", "d 4"]);
  });

  it("keeps what else there is of the function", () => {
    const look = Object.assign((image: object) => image, { size: 512 });
    expect(oncePerImage(look, (image) => image).size).toBe(512);
  });
});
