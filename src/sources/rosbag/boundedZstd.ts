import { Decompress } from "fzstd";

/** A block comes to 128 kB at most (RFC 8878, 3.1.1.2.4), which takes milliseconds. */
const MOST_BLOCK_MS = 1000;
/** Of the table, between two looks at the clock. */
const READS = 16;

/** A table of one of the codes of a block, in `fzstd`. */
interface CodeTable {
  readonly s: Uint8Array;
  readonly n: Uint8Array;
  readonly t: Uint16Array;
  readonly b: number;
}

/** The part of `fzstd`'s state of a frame that is looked at: the tables of the block that is unpacked. */
interface FrameState {
  t?: CodeTable[];
}

/**
 * `fzstd`'s stream, in which no damaged block takes longer than a second of CPU. Such a block can announce
 * a hundred thousand copies of 128 kB each: `fzstd` carries all of them out, beyond the end of its
 * buffer, where nothing is written. It reads a table for each copy, and there the time is looked at.
 *
 * @param onPiece what was unpacked, block by block
 */
export function boundedZstd(onPiece: (piece: Uint8Array) => void): Decompress {
  let begunMs = performance.now();
  let begunCpu = process.cpuUsage();
  const begin = () => {
    begunMs = performance.now();
    begunCpu = process.cpuUsage();
  };
  const check = () => {
    // The clock alone goes on while the process is stopped, and on a busy machine.
    if (performance.now() - begunMs < MOST_BLOCK_MS) return;
    const { user } = process.cpuUsage(begunCpu);
    if (user > 1000 * MOST_BLOCK_MS) throw new Error("a block of it does not end");
  };
  const unpack = new Decompress((piece) => {
    begin();
    onPiece(piece);
  });
  const push = unpack.push.bind(unpack);
  unpack.push = (chunk, isLast) => {
    begin();
    push(chunk, isLast);
  };
  let state: FrameState | number | undefined;
  Object.defineProperty(unpack, "s", {
    get: () => state,
    set(next: FrameState | number) {
      if (typeof next === "object") watchTables(next, check);
      state = next;
    },
  });
  return unpack;
}

function watchTables(frame: FrameState, check: () => void): void {
  let tables = frame.t;
  Object.defineProperty(frame, "t", {
    get: () => tables,
    set(next: CodeTable[]) {
      const [table] = next;
      // A block may take over the tables of the one before it.
      if (table && !(table instanceof WatchedTable)) next[0] = new WatchedTable(table, check);
      tables = next;
    },
  });
}

class WatchedTable implements CodeTable {
  readonly n: Uint8Array;
  readonly t: Uint16Array;
  readonly b: number;
  readonly #codes: Uint8Array;
  readonly #check: () => void;
  #reads = 0;

  constructor({ s, n, t, b }: CodeTable, check: () => void) {
    this.#codes = s;
    [this.n, this.t, this.b] = [n, t, b];
    this.#check = check;
  }

  get s(): Uint8Array {
    this.#reads += 1;
    if (this.#reads % READS === 0) this.#check();
    return this.#codes;
  }
}
