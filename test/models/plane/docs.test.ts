import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { settingsTable } from "../../support/settingsTable.js";

const page = await readFile(new URL("../../../docs/plane.md", import.meta.url), "utf8");

it("docs/plane.md lists the settings as they are", () => {
  const marks = /<!-- settings of plane: begin -->\n(.*?)\n<!-- settings of plane: end -->/s;
  expect(marks.exec(page)?.[1]).toBe(settingsTable("plane"));
});
