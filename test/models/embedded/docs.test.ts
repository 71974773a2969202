import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { settingsTable } from "../../support/settingsTable.js";

const page = await readFile(new URL("../../../docs/embedded.md", import.meta.url), "utf8");

describe("docs/embedded.md", () => {
  it("lists the settings as they are", () => {
    const marks =
      /<!-- settings of embedded: begin -->\n(.*?)\n<!-- settings of embedded: end -->/s;
    expect(marks.exec(page)?.[1]).toBe(settingsTable("embedded"));
  });
});
