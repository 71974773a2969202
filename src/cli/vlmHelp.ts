import { describeVlms } from "../vlm/index.js";

/** The models that `--vlm` takes, with their settings, for help texts. */
export function vlmHelp(): string {
  const models = describeVlms().map(({ usage, summary, settings }) => {
    const names = settings.map(({ name }) => name).join(", ");
    return `  ${usage}\n      ${summary}${names && `\n      settings: ${names}`}`;
  });
  return `Models (--vlm), with settings as ?name=value&name=value:\n${models.join("\n")}`;
}
