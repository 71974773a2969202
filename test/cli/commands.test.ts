import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command, Help } from "commander";
import { describe, expect, it } from "vitest";
import { addCommands } from "../../src/cli/commands.js";

const ROOT = resolve(import.meta.dirname, "../..");

const named = (parent: Command, name: string): Command => {
  const found = parent.commands.find((command) => command.name() === name);
  if (!found) throw new Error(`no command ${name}`);
  return found;
};

async function program(...words: readonly string[]): Promise<Command> {
  const root = new Command("spatial-reward");
  await addCommands(root, words);
  return root;
}

/** The words of every command: `["bag", "info"]`. */
const COMMANDS = (await program()).commands.flatMap((command) =>
  command.commands.length > 0
    ? command.commands.map((inner) => [command.name(), inner.name()])
    : [[command.name()]],
);

describe("the list of commands", () => {
  it.each(COMMANDS.map((words) => [words.join(" "), words] as const))(
    "shows %s as it is once loaded",
    async (_, words) => {
      const [parents, name = ""] = [words.slice(0, -1), words.at(-1)];
      const parentOf = (root: Command): Command => parents.reduce(named, root);
      const listed = parentOf(await program());
      const command = named(parentOf(await program(...words)), name);
      const { subcommandTerm } = { ...new Help(), ...listed.configureHelp() };
      expect(subcommandTerm?.(named(listed, name))).toBe(new Help().subcommandTerm(command));
      expect(command.name()).toBe(name);
      expect(command.summary()).toBe(named(listed, name).summary());
    },
  );

  it.each(COMMANDS.map((words) => [words.join(" "), words] as const))(
    "shows the defaults of %s as they are written",
    async (_, words) => {
      const help = words.reduce(named, await program(...words)).helpInformation();
      expect(help.match(/\(default:\s+[[{].*\)/g)).toBeNull();
    },
  );

  it("loads what `help` is asked about", async () => {
    const options = async (...words: string[]): Promise<number> =>
      named(await program(...words), "annotate").options.length;
    expect(await options("help", "annotate")).toBeGreaterThan(5);
    expect(await options("--help", "annotate")).toBeGreaterThan(5);
    expect(await options("help", "bag")).toBe(0);
  });
});

describe("the commands of README and docs", () => {
  it("are command lines that the program takes", async () => {
    const docs = (await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md"));
    const pages = ["README.md", "training/README.md", ...docs.map((name) => `docs/${name}`)];
    let count = 0;
    const refused: string[] = [];
    for (const page of pages) {
      for (const line of commandLines(await readFile(join(ROOT, page), "utf8"))) {
        count += 1;
        const fault = await faultOf(wordsOf(line));
        if (fault !== undefined) refused.push(`${page}: ${line}: ${fault}`);
      }
    }
    expect(refused).toEqual([]);
    expect(count).toBeGreaterThan(40);
  });
});

/** Those of `sh` blocks that are whole: `…` stands for what a reader adds. */
function commandLines(page: string): readonly string[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
    .flatMap(([, block = ""]) => block.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(/ # .*$/, "").replace(/^(\w+=\S+ )*(npx )?/, ""))
    .filter((line) => line.startsWith("spatial-reward ") && !/…|\[/.test(line));
}

/** A shell's words, after the program's name. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.slice(1).map((word) => word.replace(/["']/g, ""));
}

/** Why the program refuses such words, without doing what they say. */
async function faultOf(words: readonly string[]): Promise<string | undefined> {
  const root = await program(...words);
  for (const command of root.commands.flatMap((each) => [each, ...each.commands]))
    command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .action(() => {});
  try {
    await root.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
