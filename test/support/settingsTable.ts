import { describeVlms } from "../../src/models/specs.js";

/** The settings of a backend as the table that its page in docs/ must have. */
export function settingsTable(backend: string): string {
  const { settings } = describeVlms().find(({ names }) => names.includes(backend))!;
  const code = (text: string | undefined) => (text === undefined ? "" : `\`${text}\``);
  const rows = settings.map(
    ({ name, values, default: preset, description }) =>
      `| ${code(name)} | ${values.replaceAll("|", "\\|")} | ${code(preset)} | ${description} |`,
  );
  return ["| setting | values | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}
