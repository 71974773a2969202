import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";

const ALL = "test/**/*.test.ts";
const ROS_GRAPH = "test/ros-graph/**";

/** Tests that only compute: `npm run test:fast`. */
const FAST = [
  "test/{annotate,base,camera,estimate,expression,geometry,kinematics}/**/*.test.ts",
  "test/{language,report,reward,sinks,task}/**/*.test.ts",
  "test/{api,index,rooms}.test.ts",
];

/**
 * Files that change what the files of one process share: modules, registries, the environment by
 * other means than `vi.stubEnv`. Each gets a process of its own. The others follow each other in one
 * process for each core, and load the modules under test once.
 */
const CHANGES_PROCESS =
  /\bvi\.(mock|doMock)\b|\bsyncBuiltinESMExports\(|\bprocess\.(emit|exitCode|chdir)\b|\bprocess\.env(\.\w+|\[.*\]) = |\bdelete process\.env\b|\bregister(?!Parts|Schema|Channel)[A-Z]\w+\(|\bloadPlugins\(|--plugin\b/;
const ALONE = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => join("test", name))
  .filter((path) => CHANGES_PROCESS.test(readFileSync(path, "utf8")));

const common = {
  // Node itself loads what is tested: as vite loads it, each call of another module's function is a
  // look-up by name, and code of many small functions takes twice the time.
  server: { deps: { external: [/\/src\/.*\.ts$/] } },
  execArgv: ["--import", "tsx"],
  setupFiles: ["test/support/placesInSrc.ts", "test/support/ownEnvironment.ts"],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // A busy machine takes its time.
  expect: { poll: { timeout: 60_000 } },
  // A folder that cannot be: a server's answers of an earlier run are not those of one on the same port.
  env: { XDG_CACHE_HOME: "/dev/null" },
};

export default defineConfig({
  test: {
    // All cores; vitest would leave one idle.
    maxWorkers: availableParallelism(),
    // Vite does not see what Node loads.
    forceRerunTriggers: [...configDefaults.forceRerunTriggers, "**/src/**/*.ts"],
    globalSetup: ["test/support/buildWhenStale.ts", "test/support/ownTemporaries.ts"],
    projects: [
      { test: { name: "alone", include: ALONE, exclude: [ROS_GRAPH], ...common } },
      {
        test: {
          name: "slow",
          include: [ALL],
          exclude: [ROS_GRAPH, ...FAST, ...ALONE],
          isolate: false,
          ...common,
        },
      },
      { test: { name: "fast", include: FAST, exclude: ALONE, isolate: false, ...common } },
      {
        // Real processes on a ROS 2 graph, where one is sourced.
        test: {
          name: "ros",
          include: ["test/ros-graph/**/*.test.ts"],
          globalSetup: "test/ros-graph/workspace.ts",
          // One graph: files one after the other.
          fileParallelism: false,
          testTimeout: 360_000,
          hookTimeout: 360_000,
        },
      },
    ],
  },
});
