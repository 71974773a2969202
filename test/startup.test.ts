import { describe, expect, it } from "vitest";
import { loadedCode } from "./support/loadedCode.js";

const MAIN = "dist/cli/main.js";

describe("the command line loads nothing before it is needed", () => {
  it.each(["--version", "--help", "help sim"])("%s", async (words) => {
    const { packages, rooms } = await loadedCode(MAIN, ...words.split(" "));
    expect(packages).toEqual(["commander"]);
    expect(rooms).toEqual(["base", "cli"]);
  });
});
