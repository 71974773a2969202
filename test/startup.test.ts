import { describe, expect, it } from "vitest";
import { loadedPackages } from "./support/loadedPackages.js";

const MAIN = "dist/cli/main.js";

describe("the command line loads no package before it is needed", () => {
  it.each(["--version", "--help", "help sim"])("%s", async (words) => {
    expect(await loadedPackages(MAIN, ...words.split(" "))).toEqual(["commander"]);
  });
});
