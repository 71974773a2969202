import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBag } from "../../../src/sources/index.js";
import { T0, temporaryFolder, text, writeDb3, writeMcap } from "./recordings.js";

const folder = await temporaryFolder();

/** 6 MB that do not compress: more than any buffer of a reader holds. */
const recorded = Array.from({ length: 60 }, (_, at) => ({
  topic: at % 2 ? "/odd" : "/even",
  logNs: T0 + BigInt(at) * 10_000_000n,
  data: text(randomBytes(50_000).toString("hex")),
}));

const WRITERS = {
  "run.mcap": (path: string) => writeMcap(path, recorded, { chunkSize: 300_000, zstd: true }),
  "plain.mcap": (path: string) => writeMcap(path, recorded, { chunkSize: 300_000 }),
  "run.db3": async (path: string) => writeDb3(path, recorded),
};

describe("reading a bag twice at the same time", () => {
  for (const [name, write] of Object.entries(WRITERS)) {
    it(`gives both readers of ${name} their messages`, async () => {
      const path = join(folder, name);
      await write(path);
      const bag = await openBag(path);
      const whole: boolean[] = [];
      const readers = [
        bag.messages(),
        bag.messages({ topics: ["/odd"] }),
        bag.messages({ startNs: T0 + 300_000_000n }),
      ];
      const steps = readers.map(() => 0);
      for (let open = readers.length; open > 0; ) {
        open = 0;
        const batch = await Promise.all(readers.map((reader) => reader.next()));
        for (const [i, step] of batch.entries()) {
          if (step.done) continue;
          open += 1;
          steps[i]! += 1;
          const { logNs, data } = step.value;
          const sent = recorded.find((message) => message.logNs === logNs)!;
          whole.push(Buffer.compare(sent.data, data) === 0);
        }
      }
      await bag.close();
      expect(steps).toEqual([60, 30, 30]);
      expect(whole.every(Boolean)).toBe(true);
      expect(bag.info.damage).toEqual([]);
    });
  }
});
