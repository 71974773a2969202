import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FieldError } from "../http/index.js";
import { loadTask, parseTask, type Task } from "../task/index.js";

const ENDING = /\.ya?ml$/;

/** Larger task texts are a mistake, characters. */
const MOST_TEXT = 200_000;

/**
 * The tasks that clients may choose: the server's own, those of one folder by name, and any as
 * text. A name is compared with the folder's listing and never becomes a part of a path.
 */
export class TaskShelf {
  readonly #own: Task | undefined;
  readonly #folder: string | undefined;

  constructor(own: Task | undefined, folder: string | undefined) {
    this.#own = own;
    this.#folder = folder;
  }

  /** The names that can be asked for. */
  async names(): Promise<readonly string[]> {
    const files = await this.#files();
    return [...new Set([...(this.#own ? [this.#own.name] : []), ...files.keys()])];
  }

  /** @throws FieldError, TaskError with every mistake of a text */
  async find(name: string | undefined, text: string | undefined): Promise<Task> {
    if (name !== undefined && text !== undefined) {
      throw new FieldError("task_text: give task or task_text, not both");
    }
    if (text !== undefined) {
      if (text.length > MOST_TEXT) {
        throw new FieldError(`task_text: a task has at most ${MOST_TEXT} characters`);
      }
      return parseTask(text, "task_text");
    }
    if (name === undefined || name === this.#own?.name) {
      if (this.#own) return this.#own;
      throw new FieldError(`task: this server has no task of its own: ${await this.#choice()}`);
    }
    const file = (await this.#files()).get(name);
    if (file !== undefined) return loadTask(file);
    const shown = JSON.stringify(name.slice(0, 64));
    throw new FieldError(`task: there is no task ${shown}: ${await this.#choice()}`);
  }

  /**
   * The task that an instruction names, by its name or its description in the same words.
   *
   * @param field for the message
   * @throws FieldError where there is none: another task's progress would be a wrong number
   */
  async instructed(instruction: string, field: string): Promise<Task> {
    const files = [...(await this.#files()).values()];
    const tasks = [
      ...(this.#own ? [this.#own] : []),
      ...(await Promise.all(files.map((file) => loadTask(file)))),
    ];
    const asked = plainWords(instruction);
    const found = tasks.find(({ name, description = "" }) =>
      [name, description].some((words) => plainWords(words) === asked),
    );
    if (found) return found;
    const known = tasks.map(({ name, description }) => JSON.stringify(description ?? name));
    throw new FieldError(
      `${field}: no task of this server is described as ${JSON.stringify(instruction.slice(0, 200))}; ` +
        `there are ${known.slice(0, 20).join(", ") || "none"}`,
    );
  }

  async #choice(): Promise<string> {
    const names = await this.names();
    const known = names.length === 0 ? "" : `name one of ${names.slice(0, 20).join(", ")}, or `;
    return `${known}send its text as task_text`;
  }

  /** Paths by the names of the files without their ending. */
  async #files(): Promise<ReadonlyMap<string, string>> {
    const folder = this.#folder;
    if (folder === undefined) return new Map();
    const entries = await readdir(folder, { withFileTypes: true });
    return new Map(
      entries
        .filter((entry) => entry.isFile() && ENDING.test(entry.name))
        .map(({ name }) => [name.replace(ENDING, ""), join(folder, name)]),
    );
  }
}

function plainWords(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}
