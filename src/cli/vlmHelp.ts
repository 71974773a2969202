import { describeVlms } from "../models/specs.js";

/** The models that `--vlm` takes, with their settings, for help texts. */
export function vlmHelp(): string {
  const models = describeVlms().map(({ usage, summary, settings }) => {
    const names = settings.map(({ name }) => name).join(", ");
    return `  ${usage}\n      ${summary}${names && `\n      settings: ${names}`}`;
  });
  const forms = [
    "  FILE.yaml\n      a model file: vlm, model and settings as fields; see examples/vlm",
    " SPEC|SPEC\n a chain: the next model gets the questions that the previous one did not answer",
  ];
  return `Models (--vlm), with settings as ?name=value&name=value:\n${[...models, ...forms].join("\n")}`;
}
