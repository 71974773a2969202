/** Ids of words that are not in the vocabulary. */
const PAD = 0;
const UNKNOWN = 1;

const WORD = /[a-z]+|\d+/g;
const ARTICLES = new Set(["the", "a", "an"]);

/** Questions as the model reads them: the ids of their words, each padded to the same length. */
export class Tokeniser {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #aliases: ReadonlyMap<string, string[]>;

  /**
   * @param words By id; the first two stand for padding and for words not among them.
   * @param aliases What other words are read as, words with spaces between.
   */
  constructor(
    words: readonly string[],
    readonly maxWords: number,
    aliases: Readonly<Record<string, string>> = {},
  ) {
    this.#ids = new Map(words.map((word, id) => [word, id]));
    this.#aliases = new Map(Object.entries(aliases).map(([word, as]) => [word, as.split(" ")]));
  }

  /** How many words of a phrase say something to the model, articles left out. */
  knows(phrase: string): "none" | "some" | "all" {
    const words = this.#split(phrase).filter((word) => !ARTICLES.has(word));
    const known = words.filter((word) => this.#ids.has(word)).length;
    if (known === 0) return "none";
    return known < words.length ? "some" : "all";
  }

  /** `maxWords` ids for each text, one text after the other; what is longer is cut off. */
  encode(texts: readonly string[]): BigInt64Array {
    const ids = new BigInt64Array(texts.length * this.maxWords).fill(BigInt(PAD));
    texts.forEach((text, row) => {
      const words = this.#split(text).slice(0, this.maxWords);
      words.forEach((word, place) => {
        ids[row * this.maxWords + place] = BigInt(this.#ids.get(word) ?? UNKNOWN);
      });
    });
    return ids;
  }

  #split(text: string): string[] {
    const words = text.toLowerCase().match(WORD) ?? [];
    return words.flatMap((word) => this.#aliases.get(word) ?? [word]);
  }
}
