/** Transforms of a recording that are no poses, counted by topic and frame. */
export class BrokenTransforms {
  readonly #counts = new Map<string, number>();

  add(topic: string, childFrame: string): void {
    const what = `TF frame ${childFrame} in ${topic}`;
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  get notes(): readonly string[] {
    return [...this.#counts].map(
      ([what, count]) =>
        `${count} transforms of ${what} are left out: their rotation is a quaternion of zeros, or a ` +
        "number is NaN or infinite",
    );
  }
}
