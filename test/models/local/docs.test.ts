import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { settingsTable } from "../../support/settingsTable.js";

it.each([
  { backend: "local", page: "local-models.md" },
  { backend: "rgbd", page: "rgbd.md" },
])("docs/$page lists the settings of $backend as they are", async ({ backend, page }) => {
  const text = await readFile(new URL(`../../../docs/${page}`, import.meta.url), "utf8");
  const marks = `<!-- settings of ${backend}: begin -->\n(.*?)\n<!-- settings of ${backend}: end -->`;
  expect(new RegExp(marks, "s").exec(text)?.[1]).toBe(settingsTable(backend));
});
