import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder } from "../../../src/models/endpoint/AnswerCache.js";

describe("cacheFolder", () => {
  it("lies under XDG_CACHE_HOME", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/var/cache/me" })).toBe("/var/cache/me/spatial-reward");
  });

  it.each([{}, { XDG_CACHE_HOME: "" }, { XDG_CACHE_HOME: "relative" }])(
    "lies under ~/.cache where %j says nothing usable",
    (environment) => {
      expect(cacheFolder(environment)).toBe(join(homedir(), ".cache", "spatial-reward"));
    },
  );
});
