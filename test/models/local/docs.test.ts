import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { settingsTable } from "../../support/settingsTable.js";

const page = await readFile(new URL("../../../docs/local-models.md", import.meta.url), "utf8");

describe("docs/local-models.md", () => {
  it.each(["local", "rgbd"])("lists the settings of %s as they are", (backend) => {
    const marks = `<!-- settings of ${backend}: begin -->\n(.*?)\n<!-- settings of ${backend}: end -->`;
    expect(new RegExp(marks, "s").exec(page)?.[1]).toBe(settingsTable(backend));
  });
});
