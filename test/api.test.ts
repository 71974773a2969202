import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  exports: Record<string, { types: string }>;
};

/** The source of a door: `./dist/camera/index.d.ts` is made from src/camera/index.ts. */
const doors = Object.entries(PACKAGE.exports).map(([door, { types }]) => {
  const source = types.replace("./dist/", "src/").replace(".d.ts", ".ts");
  return [door, join(ROOT, source)] as const;
});

/** The names that a module exports, `type` before those that are nothing at run time. */
function exportsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const lists = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type, list = ""]) =>
    list
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "")
      .map((item) => `${type ?? ""}${item}`.replace(/(?:type )?(\w+) as (\w+)$/, "$2")),
  );
  const declared = [
    ...text.matchAll(
      /^export (?:declare )?(?:abstract )?(?:async )?(const|let|function\*?|class|interface|type|enum) (\w+)/gm,
    ),
  ].map(([, kind, name]) => (/interface|type/.test(kind ?? "") ? `type ${name}` : `${name}`));
  const starred = [...text.matchAll(/^export \* from "([^"]+)"/gm)].flatMap(([, path = ""]) =>
    exportsOf(join(dirname(file), path.replace(/\.js$/, ".ts"))),
  );
  return [...lists, ...declared, ...starred];
}

const bare = (name: string): string => name.replace(/^type /, "");

describe("what is public", () => {
  it.each(doors)("through %s changes only on purpose", async (door, file) => {
    const names = [...new Set(exportsOf(file))].sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
    const page = door === "." ? "main" : door.replace("./", "");
    await expect(`${names.join("\n")}\n`).toMatchFileSnapshot(`api/${page}.txt`);
  });

  it("at the main door is what most programs need: some forty functions and classes", () => {
    const [main] = doors;
    const values = exportsOf(main?.[1] ?? "").filter((name) => !name.startsWith("type "));
    expect(values.length).toBeLessThanOrEqual(50);
  });

  it("has a docstring, name by name", () => {
    const [main] = doors;
    const undocumented = [
      ...readFileSync(main?.[1] ?? "", "utf8").matchAll(/\{([^}]*)\} from "(\.[^"]+)"/g),
    ].flatMap(([, list = "", path = ""]) => {
      const room = join(ROOT, "src", dirname(path));
      const wanted = list.split(",").map((item) => bare(item.trim()));
      return wanted.filter((name) => name !== "" && !isDocumented(room, name));
    });
    expect(undocumented).toEqual([]);
  });
});

/** Whether a name is declared in a folder of the source below a docstring. */
function isDocumented(folder: string, name: string): boolean {
  const declaration = new RegExp(
    `\\*/\\nexport (?:abstract )?(?:async )?(?:const|function|class|interface|type) ${name}\\b`,
  );
  return sourcesIn(folder).some((text) => declaration.test(text));
}

const texts = new Map<string, string[]>();

function sourcesIn(folder: string): string[] {
  let found = texts.get(folder);
  if (!found) {
    found = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(folder, file), "utf8"));
    texts.set(folder, found);
  }
  return found;
}
