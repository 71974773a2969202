import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { describeVlms } from "../../../src/vlm/index.js";

const page = await readFile(new URL("../../../docs/local-models.md", import.meta.url), "utf8");

function settingsTable(backend: string): string {
  const { settings } = describeVlms().find(({ names }) => names.includes(backend))!;
  const code = (text: string | undefined) => (text === undefined ? "" : `\`${text}\``);
  const rows = settings.map(
    ({ name, values, default: preset, description }) =>
      `| ${code(name)} | ${values.replaceAll("|", "\\|")} | ${code(preset)} | ${description} |`,
  );
  return ["| setting | values | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

describe("docs/local-models.md", () => {
  it.each(["local", "rgbd"])("lists the settings of %s as they are", (backend) => {
    const marks = `<!-- settings of ${backend}: begin -->\n(.*?)\n<!-- settings of ${backend}: end -->`;
    expect(new RegExp(marks, "s").exec(page)?.[1]).toBe(settingsTable(backend));
  });
});
