import { Command, Help } from "commander";
import { describe, expect, it } from "vitest";
import { addCommands } from "../../src/cli/commands.js";

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

  it("loads what `help` is asked about", async () => {
    const options = async (...words: string[]): Promise<number> =>
      named(await program(...words), "annotate").options.length;
    expect(await options("help", "annotate")).toBeGreaterThan(5);
    expect(await options("--help", "annotate")).toBeGreaterThan(5);
    expect(await options("help", "bag")).toBe(0);
  });
});
