import type { FieldReader } from "./FieldReader.js";
import { oneOrMore, words } from "./fieldSchemas.js";

/** How the words of an episode's task fill the phrases of a task file. */
export interface EpisodeWording {
  /** As in the file: `pick up the <thing>`. */
  readonly patterns: readonly string[];
}

export const EPISODE_TASK = oneOrMore(words);

/** Letters of a task that are read: more would only cost time. */
const LONGEST = 500;

const PLACE = /<([A-Za-z]\w*)>/g;

/** The places in a text that an episode's words fill: `thing` of `the <thing>`. */
function placesIn(text: string): string[] {
  return [...text.matchAll(PLACE)].map(([, name = ""]) => name);
}

/**
 * `episode_task`: patterns of what episodes are said to be about. Each must name all places that
 * the file's phrases have.
 *
 * @param phrases of objects and questions, by where they stand in the file
 */
export function readWording(
  reader: FieldReader,
  patterns: readonly string[] | undefined,
  phrases: ReadonlyMap<readonly string[], string>,
): EpisodeWording | undefined {
  for (const [path, phrase] of phrases) {
    for (const place of placesIn(phrase)) {
      const lacking = patterns?.find((pattern) => !placesIn(pattern).includes(place));
      if (patterns === undefined) {
        const message = `<${place}> is filled by the episode's task: add "episode_task"`;
        reader.source.problem([...path], message);
      } else if (lacking !== undefined) {
        reader.source.problem([...path], `<${place}> is not in the episode_task "${lacking}"`);
      }
    }
  }
  return patterns && { patterns };
}

/**
 * What an episode's task says for each place; undefined where no pattern is like it. Case, spaces
 * and a full stop make no difference.
 *
 * @example wordsFor({ patterns: ["pick up the <thing>"] }, "Pick up the red mug.")?.get("thing") // "red mug"
 */
export function wordsFor(
  { patterns }: EpisodeWording,
  instruction: string,
): ReadonlyMap<string, string> | undefined {
  const said = plain(instruction.slice(0, LONGEST));
  for (const pattern of patterns) {
    const names = placesIn(pattern);
    const parts = plain(pattern).split(PLACE);
    // Every second part is a place's name.
    const source = parts.map((part, i) => (i % 2 === 1 ? "(.+?)" : escaped(part))).join("");
    const found = new RegExp(`^${source}$`, "i").exec(said);
    if (found) return new Map(names.map((name, i) => [name, found[i + 1]?.trim() ?? ""]));
  }
  return undefined;
}

function plain(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[.!]+$/, "");
}

/** A text with its places filled. */
export function filled(text: string, words: ReadonlyMap<string, string>): string {
  return text.replace(PLACE, (whole, name: string) => words.get(name) ?? whole);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
