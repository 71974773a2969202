import type { KinematicSample } from "../../camera/index.js";
import type { RobotSpec, Task } from "../../task/index.js";
import type { ObjectPosition } from "../ObjectPosition.js";
import { FusionFilter } from "./FusionFilter.js";
import type { FusedLength } from "./mixture.js";
import type { Channel, SideChannel, StateLayout } from "./StateLayout.js";
import type { SaidOfImage } from "./said.js";

/** One FusionFilter for each group of things that questions tie together. */
export class FusionFilters {
  readonly #filters: readonly { readonly layout: StateLayout; readonly filter: FusionFilter }[];

  constructor(
    layouts: readonly StateLayout[],
    task: Pick<Task, "objects" | "support"> & { readonly robot: RobotSpec },
  ) {
    const beside = layouts.length - 1;
    this.#filters = layouts.map((layout) => ({
      layout,
      filter: new FusionFilter(layout, task, beside),
    }));
  }

  advance(sample: KinematicSample): void {
    for (const { filter } of this.#filters) filter.advance(sample);
  }

  /** When something was last grasped, released or found to have moved. */
  get changedNs(): bigint | undefined {
    return this.#filters.reduce<bigint | undefined>((last, { filter: { changedNs } }) => {
      return last === undefined || (changedNs !== undefined && changedNs > last) ? changedNs : last;
    }, undefined);
  }

  observe(at: KinematicSample, said: SaidOfImage, opticalFrame: string): void {
    for (const { layout, filter } of this.#filters) {
      const own: SaidOfImage = {
        lengths: said.lengths.filter(({ channel }) => layout.channels.includes(channel)),
        sides: said.sides.filter(({ side }) => layout.sides.includes(side)),
        seen: said.seen.filter(({ object }) => layout.slots.has(object)),
      };
      filter.observe(at, own, opticalFrame);
    }
  }

  lengthAt(
    channel: Channel,
    sample: KinematicSample,
    opticalFrame: string,
  ): FusedLength | undefined {
    const own = this.#filters.find(({ layout }) => layout.channels.includes(channel));
    return own?.filter.lengthAt(channel, sample, opticalFrame);
  }

  positions(): ObjectPosition[] {
    return this.#filters.flatMap(({ filter }) => filter.positions());
  }
}

/** All channels of some layouts. */
export function channelsOf(layouts: readonly StateLayout[]): readonly Channel[] {
  return layouts.flatMap(({ channels }) => channels);
}

/** All questions on sides of some layouts. */
export function sidesOf(layouts: readonly StateLayout[]): readonly SideChannel[] {
  return layouts.flatMap(({ sides }) => sides);
}
