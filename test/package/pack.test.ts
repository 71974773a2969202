import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const NAME = "spatial-reward-bridge";
/** What making the package needs of the repository. */
const NEEDED = [
  "LICENSE",
  "README.md",
  "docs",
  "examples",
  "models",
  "msgs",
  "package.json",
  "scripts",
  "src",
  "tsconfig.build.json",
  "tsconfig.json",
];

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

const run = promisify(execFile);

/** The text of all files of an ending below a folder. */
async function textOf(folder: string, ending: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    file.endsWith(ending),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts.join("\n");
}

const SOURCE = await textOf(join(ROOT, "src"), ".ts");

describe("the npm package", () => {
  let folder: string;
  /** A project that depends on the package. */
  let project: string;
  /** The package as it lies in the project. */
  let installed: string;
  const inPackage = (path: string): boolean => existsSync(join(installed, path));
  /** Runs a program in the project; its output. */
  const inProject = async (program: string, ...args: readonly string[]): Promise<string> =>
    (await run(program, args, { cwd: project })).stdout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "package-"));
    project = join(folder, "project");
    installed = join(project, "node_modules", NAME);
    await pack(folder, installed);
    await linkDependencies(project);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("holds every file that its package.json names", () => {
    const doors = Object.values(manifest.exports).flatMap((door) => Object.values(door));
    const files = [...doors, ...Object.values(manifest.bin)];
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !inPackage(file))).toEqual([]);
  });

  it("is built anew: what an earlier build left in dist/ is not in it", () => {
    expect(inPackage("dist/index.js")).toBe(true);
    expect(inPackage("dist/stale.js")).toBe(false);
  });

  it("holds the docs that its messages name", () => {
    const named = new Set(SOURCE.match(/\b(?:docs|examples)\/[\w/-]+\.\w+/g));
    expect(named.size).toBeGreaterThan(3);
    expect([...named].filter((file) => !inPackage(file))).toEqual([]);
  });

  it("holds the licence of each package that is bundled", async () => {
    const licences = await readFile(join(installed, "dist/THIRD_PARTY_LICENSES.txt"), "utf8");
    for (const name of ["rxjs", "zod", "yaml", "mathjs"]) expect(licences).toContain(`\n${name} `);
  });

  it("keeps the names of its errors, which they show: the bundler renames none", async () => {
    const built = await textOf(join(installed, "dist"), ".js");
    const names = [...SOURCE.matchAll(/class (\w+) extends \w*Error\b/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    const renamed = new RegExp(`\\b(_(${names.join("|")})|(${names.join("|")})\\d+)\\b`, "g");
    expect(built.match(renamed)).toBeNull();
  });

  it("says its version on the command line", async () => {
    expect(await inProject("npx", "spatial-reward", "--version")).toBe(`${manifest.version}\n`);
  });

  it("shows in stack traces where in src/ an error is from", async () => {
    const program = `
      import { parseTask } from "${NAME}";
      try { parseTask("name: [", "task.yaml"); } catch (error) { console.log(error.stack); }`;
    await writeFile(join(project, "broken.mjs"), program);
    const stack = await inProject(process.execPath, "--enable-source-maps", "broken.mjs");
    expect(stack).toMatch(/src\/task\/\w+\.ts:\d+/);
  });

  it("runs the README's snippet, which ends by itself", async () => {
    const readme = await readFile(join(installed, "README.md"), "utf8");
    const [, snippet = ""] = /## Library\n[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(snippet).toContain("run1.mcap");
    await cp(join(installed, "examples"), join(project, "examples"), { recursive: true });
    const episode = ["sim", "record", "--seed", "7", "--size", "64x48", "--rate", "1"];
    await inProject("npx", "spatial-reward", ...episode, "-o", "run1.mcap");
    await checkTypes(project, snippet);
    const { code } = await transform(snippet, { loader: "ts", target: "node20" });
    await writeFile(join(project, "snippet.mjs"), code);
    const lines = (await inProject(process.execPath, "snippet.mjs")).trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).toMatch(/^\d+n /);
  });
});

/** Makes the package from a copy of the repository, as npm does, and unpacks it. */
async function pack(folder: string, target: string): Promise<void> {
  const copy = join(folder, "repository");
  for (const part of NEEDED) await cp(join(ROOT, part), join(copy, part), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
  await mkdir(join(copy, "dist"));
  await writeFile(join(copy, "dist/stale.js"), "");
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: copy });
  await mkdir(target, { recursive: true });
  const archive = join(folder, `${NAME}-${manifest.version}.tgz`);
  await run("tar", ["-xzf", archive, "-C", target, "--strip-components=1"]);
}

/** What `npm install` does without the network: the package's own dependencies and no others. */
async function linkDependencies(project: string): Promise<void> {
  const modules = join(project, "node_modules");
  for (const name of [...Object.keys(manifest.dependencies), "@types/node"]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
  await mkdir(join(modules, ".bin"));
  for (const [name, file] of Object.entries(manifest.bin)) {
    await chmod(join(modules, NAME, file), 0o755);
    await symlink(join("..", NAME, file), join(modules, ".bin", name));
  }
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "user", type: "module" }));
}

/** @throws Error where TypeScript, at its strictest, does not find the package's types or finds them wrong */
async function checkTypes(project: string, snippet: string): Promise<void> {
  await writeFile(join(project, "snippet.ts"), snippet);
  const compilerOptions = {
    strict: true,
    module: "nodenext",
    target: "es2022",
    lib: ["es2023", "esnext.disposable"],
    types: ["node"],
    noEmit: true,
  };
  const config = { compilerOptions, files: ["snippet.ts"] };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify(config));
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", project]);
}
