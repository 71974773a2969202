/** What a namer said of names in several images, counted. */
export class NameVotes {
  /** Of each name, how often each thing was said to be it. */
  readonly #votes = new Map<string, Map<number, number>>();

  add(name: string, thing: number): void {
    const votes = this.#votes.get(name) ?? new Map<number, number>();
    this.#votes.set(name, votes);
    votes.set(thing, (votes.get(thing) ?? 0) + 1);
  }

  /**
   * The thing that a name was given to most often; undefined where two were it equally often, or
   * another name has as good a claim to the thing.
   */
  thingOf(name: string): number | undefined {
    const [first, second] = this.#ranked(name);
    if (!first || first.count === second?.count) return undefined;
    for (const other of this.#votes.keys()) {
      if (other === name) continue;
      const [rival] = this.#ranked(other);
      if (rival?.thing === first.thing && rival.count >= first.count) return undefined;
    }
    return first.thing;
  }

  /** Whether some name was given to several things, and none of them most often. */
  get isSplit(): boolean {
    return [...this.#votes.keys()].some((name) => this.thingOf(name) === undefined);
  }

  has(name: string): boolean {
    return this.#votes.has(name);
  }

  #ranked(name: string): readonly { readonly thing: number; readonly count: number }[] {
    return [...(this.#votes.get(name) ?? [])]
      .map(([thing, count]) => ({ thing, count }))
      .toSorted((a, b) => b.count - a.count);
  }
}
