import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DEFAULT_SYSTEM_PROMPT } from "../../../src/models/index.js";
import { settingsTable } from "../../support/settingsTable.js";

const page = await readFile(new URL("../../../docs/endpoints.md", import.meta.url), "utf8");

describe("docs/endpoints.md", () => {
  it("lists the settings as they are", () => {
    const table = /<!-- settings: begin -->\n(.*?)\n<!-- settings: end -->/s.exec(page)?.[1];
    expect(table).toBe(settingsTable("http"));
  });

  it("shows the system prompt as it is", () => {
    expect(page.replaceAll("\n> ", " ")).toContain(DEFAULT_SYSTEM_PROMPT);
  });
});
