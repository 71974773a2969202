import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { itemAt } from "../base/index.js";
import { BusyError, FieldError, IdleMap } from "../http/index.js";
import { type EnvironmentOptions, TabletopEnvironment } from "../sim/index.js";
import { WorldBusyError, WorldUnknownError } from "./errors.js";

export interface WorldLimits {
  /** Environments at one time, of all worlds together; each takes some 20 MB. */
  readonly instances: number;
  /** A world that nobody asks for so long ends, ms. */
  readonly idleMs: number;
}

/** Physics block the thread: other clients get their turn between two instances. */
const othersTurn = (): Promise<void> => setImmediate();

/** The environments of one client: several go on together. */
export class World {
  readonly id = randomUUID();
  readonly tables: readonly TabletopEnvironment[];
  #isBusy = false;
  /** The seed of the next episode that names none. */
  #nextSeed: number;

  private constructor(tables: readonly TabletopEnvironment[], nextSeed: number) {
    this.tables = tables;
    this.#nextSeed = nextSeed;
  }

  /** Its instances have the seeds `seed`, `seed + 1`, … @throws SimError */
  static async create(options: EnvironmentOptions, instances: number): Promise<World> {
    const tables: TabletopEnvironment[] = [];
    const { seed = 0 } = options;
    try {
      for (let i = 0; i < instances; i++) {
        tables.push(await TabletopEnvironment.create({ ...options, seed: seed + i }));
      }
    } catch (error) {
      for (const table of tables) table.close();
      throw error;
    }
    return new World(tables, seed + instances);
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Works on the world alone. @throws WorldBusyError while somebody else does */
  async alone<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isBusy) throw new WorldBusyError(this.id);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  /**
   * New episodes of some instances, or of all.
   *
   * @param seeds one for each of them; without, those that come next
   * @throws FieldError, SimError; no instance is reset then
   */
  async reset(
    only: readonly number[] | undefined,
    seeds: readonly number[] | undefined,
  ): Promise<readonly number[]> {
    const chosen = only ?? this.tables.map((_, i) => i);
    const unknown = chosen.find((index) => index >= this.tables.length);
    if (unknown !== undefined) {
      throw new FieldError(`only: there is no instance ${unknown} of ${this.tables.length}`);
    }
    if (new Set(chosen).size < chosen.length) throw new FieldError("only: names an instance twice");
    if (seeds !== undefined && seeds.length !== chosen.length) {
      throw new FieldError(`seeds: must be ${chosen.length}, one for each instance that is reset`);
    }
    for (const [k, index] of chosen.entries()) {
      await itemAt(this.tables, index).reset(seeds?.[k] ?? this.#nextSeed++);
      await othersTurn();
    }
    if (seeds !== undefined) this.#nextSeed = Math.max(...seeds) + 1;
    return chosen;
  }

  /** One action for each instance. @throws FieldError; no instance has gone on then */
  async step(actions: readonly (readonly number[])[]): Promise<void> {
    const [first] = this.tables;
    if (actions.length !== this.tables.length) {
      throw new FieldError(`actions: must be ${this.tables.length}, one for each instance`);
    }
    for (const [i, action] of actions.entries()) {
      if (action.length === first?.actionSize) continue;
      throw new FieldError(`actions.${i}: must be ${first?.actionSize} numbers`);
    }
    for (const [i, action] of actions.entries()) {
      itemAt(this.tables, i).step(action);
      await othersTurn();
    }
  }

  close(): void {
    for (const table of this.tables) table.close();
  }
}

/** Between two looks for idle worlds, ms. */
const SWEEP_MS = 1000;

/** The worlds that are there, by id. */
export class Worlds {
  readonly #limits: WorldLimits;
  readonly #kept: IdleMap<World>;
  readonly #sweeping: NodeJS.Timeout;
  /** Instances of worlds that are being made. */
  #coming = 0;
  #isClosed = false;

  constructor(limits: WorldLimits, nowMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#kept = new IdleMap(limits.idleMs, nowMs);
    this.#sweeping = setInterval(() => this.#kept.sweep(), SWEEP_MS).unref();
  }

  /** @throws BusyError where there are as many as there may be; SimError */
  async begin(options: EnvironmentOptions, instances: number): Promise<World> {
    this.#kept.sweep();
    const there = this.#kept.items.reduce((sum, { tables }) => sum + tables.length, 0);
    if (there + this.#coming + instances > this.#limits.instances) {
      throw new BusyError(
        `${there} instances are there, and the server has at most ${this.#limits.instances}: end ` +
          "worlds that are done (DELETE /v1/worlds/ID), or start another server",
        Math.ceil(this.#limits.idleMs / 1000),
      );
    }
    this.#coming += instances;
    try {
      const world = await World.create(options, instances);
      if (this.#isClosed) world.close();
      else this.#kept.add(world);
      return world;
    } finally {
      this.#coming -= instances;
    }
  }

  /** @throws WorldUnknownError */
  get(id: string): World {
    const world = this.#kept.get(id);
    if (world === undefined) throw new WorldUnknownError(id);
    return world;
  }

  /** @throws WorldUnknownError, WorldBusyError while it is at work */
  async end(id: string): Promise<void> {
    const world = this.get(id);
    await world.alone(() => this.#kept.remove(world));
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweeping);
    this.#kept.close();
  }
}
