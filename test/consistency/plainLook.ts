/** What a look needs and says nothing by: an image of 160x120 of one episode, of whose edges nothing is known. */
export const PLAIN_LOOK = {
  ...{ width: 160, height: 120, scale: 1, isCoarse: false, episode: "1" },
  near: { on: new Int16Array(), known: new Int16Array() },
} as const;
