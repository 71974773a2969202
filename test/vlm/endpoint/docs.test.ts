import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DEFAULT_SYSTEM_PROMPT, describeVlms } from "../../../src/vlm/index.js";

const page = await readFile(new URL("../../../docs/endpoints.md", import.meta.url), "utf8");

function settingsTable(): string {
  const endpoint = describeVlms().find(({ names }) => names.includes("http"))!;
  const code = (text: string | undefined) => (text === undefined ? "" : `\`${text}\``);
  const rows = endpoint.settings.map(
    ({ name, values, default: preset, description }) =>
      `| ${code(name)} | ${values.replaceAll("|", "\\|")} | ${code(preset)} | ${description} |`,
  );
  return ["| setting | values | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

describe("docs/endpoints.md", () => {
  it("lists the settings as they are", () => {
    const table = /<!-- settings: begin -->\n(.*?)\n<!-- settings: end -->/s.exec(page)?.[1];
    expect(table).toBe(settingsTable());
  });

  it("shows the system prompt as it is", () => {
    expect(page.replaceAll("\n> ", " ")).toContain(DEFAULT_SYSTEM_PROMPT);
  });
});
