/**
 * Builds `dist/` anew: declarations by tsc, JavaScript bundled by esbuild. Each door, the command
 * line and each worker is a file of its own; what they share lies in `dist/chunks/`.
 *
 * Bundled, because a short command spends most of its time on finding and reading hundreds of
 * small files, ours and those of the packages. Packages with native code or WebAssembly, and large
 * ones that few programs need, stay outside and are loaded at their first use.
 */
import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";

const ROOT = resolve(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** Modules that `startWorker` names. */
const WORKERS = ["dataset/shardWorker", "models/worker/vlmWorker", "sim/render/renderWorker"];

const NOT_BUNDLED = [
  "@aws-sdk/client-s3",
  "@aws-sdk/lib-storage",
  "bullmq",
  "ioredis",
  "@fastify/websocket",
  "@foxglove/wasm-lz4",
  "@foxglove/wasm-zstd",
  "@huggingface/transformers",
  "@mcap/support",
  "@mongodb-js/zstd",
  "@mujoco/mujoco",
  "cacache",
  "fastify",
  "h5wasm",
  "node-av",
  "node-sqlite3-wasm",
  "onnxruntime-node",
  "prom-client",
  "protobufjs",
  "rclnodejs",
  "sharp",
];

/** Node would take its CommonJS build, of which nothing can be left out. */
const rxjsAsModules: Plugin = {
  name: "rxjs as ES modules",
  setup({ onResolve }) {
    onResolve({ filter: /^rxjs$/ }, () => ({
      path: join(ROOT, "node_modules/rxjs/dist/esm/index.js"),
      sideEffects: false,
    }));
  },
};

await rm(DIST, { recursive: true, force: true });
const [packages] = await Promise.all([bundle(), bundleMathjs(), declarations()]);
await writeFile(join(DIST, "THIRD_PARTY_LICENSES.txt"), await licences(packages));

async function declarations(): Promise<void> {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  try {
    await promisify(execFile)(tsc, ["-p", "tsconfig.build.json"], { cwd: ROOT });
  } catch (error) {
    process.stderr.write((error as { stdout: string }).stdout);
    process.exit(1);
  }
}

/** @returns the names of the packages that are in the bundle */
async function bundle(): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: (await entries()).map((entry) => `src/${entry}.ts`),
    outbase: "src",
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: NOT_BUNDLED,
    plugins: [rxjsAsModules],
    // For CommonJS packages in the bundle, which require Node's modules.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    legalComments: "none",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
  });
  await Promise.all(
    Object.keys(metafile.outputs)
      .filter((output) => output.endsWith(".map"))
      .map((output) => withoutForeignSources(join(ROOT, output))),
  );
  const names = Object.keys(metafile.inputs).map((input) => packageOf(input));
  return new Set(names.filter((name) => name !== undefined));
}

/** The doors of package.json, its program, and the workers, as paths below src/ without ending. */
async function entries(): Promise<readonly string[]> {
  const { exports: doors, bin } = JSON.parse(
    await readFile(join(ROOT, "package.json"), "utf8"),
  ) as {
    readonly exports: Readonly<Record<string, { readonly default: string } | string>>;
    readonly bin: Readonly<Record<string, string>>;
  };
  const files = Object.values(doors).map((door) =>
    typeof door === "string" ? door : door.default,
  );
  return [...files, ...Object.values(bin)]
    .flatMap((file) => /^\.\/dist\/(.*)\.js$/.exec(file)?.[1] ?? [])
    .concat(WORKERS);
}

/** mathjs has one entry, which makes everything; its parser alone is a twentieth of that. */
async function bundleMathjs(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/expression/mathjs.ts"],
    outfile: "dist/expression/mathjs.cjs",
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
}

/** Stack traces lead into our sources, which the maps contain; those of packages are left out. */
async function withoutForeignSources(path: string): Promise<void> {
  const map = JSON.parse(await readFile(path, "utf8")) as {
    readonly sources: readonly string[];
    sourcesContent: readonly (string | null)[];
  };
  map.sourcesContent = map.sourcesContent.map((content, i) =>
    packageOf(map.sources[i] ?? "") === undefined ? content : null,
  );
  await writeFile(path, JSON.stringify(map));
}

/** The package that a file below node_modules is of. */
function packageOf(path: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** What the licences of the bundled packages ask for: their text goes with every copy. */
async function licences(bundled: ReadonlySet<string>): Promise<string> {
  const names = [...bundled, "mathjs"].sort();
  const texts = await Promise.all(
    names.map(async (name) => {
      const folder = join(ROOT, "node_modules", name);
      const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
      const { version, license } = JSON.parse(
        await readFile(join(folder, "package.json"), "utf8"),
      ) as { readonly version: string; readonly license: string };
      const text = file === undefined ? "" : await readFile(join(folder, file), "utf8");
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    }),
  );
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
