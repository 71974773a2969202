/** Stamps that go back by more begin a new run of the source (a loop, a simulator's reset); by less, a message came late. */
export const RESTART_NS = 1_000_000_000n;
