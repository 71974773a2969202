import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { OptionDefaults } from "typedoc";

const ROOT = resolve(import.meta.dirname, "../..");
const { exports, version } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8"));

/** Every door of the package that has types: `./dist/sim/index.d.ts` is `src/sim/index.ts`. */
const doors = Object.values(exports).flatMap(({ types }) =>
  types === undefined ? [] : [`${ROOT}/${types.replace("./dist/", "src/").replace(".d.ts", ".ts")}`],
);

export default {
  name: `spatial-reward-bridge ${version}`,
  entryPoints: doors,
  tsconfig: `${ROOT}/tsconfig.build.json`,
  readme: `${ROOT}/README.md`,
  projectDocuments: [`${ROOT}/docs/*.md`],
  out: `${ROOT}/out/api`,
  disableSources: true,
  skipErrorChecking: true,
  highlightLanguages: [...OptionDefaults.highlightLanguages, "python"],
  // A link into a heading that is not there, above all.
  treatWarningsAsErrors: true,
  validation: {
    // A type that a room keeps to itself may stand in a public signature.
    notExported: false,
    // README and docs also link to folders.
    invalidPath: false,
  },
};
