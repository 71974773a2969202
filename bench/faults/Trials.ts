import { UserError } from "../../src/base/index.js";
import { cpuMs } from "../../test/support/cpuMs.js";

/** CPU time: nothing takes longer to be read, however it is damaged or busy the machine is. */
const LONGEST_MS = 3000;

/** Counts what comes of reading damaged things one after the other. */
export class Trials {
  count = 0;
  refused = 0;
  slowestMs = 0;
  /** What must not be: anything thrown but a refusal, a hang; and what the caller adds. */
  readonly defects: string[] = [];

  /** @param isRefusal whether an error says what is wrong with the thing */
  async read(
    name: string,
    work: () => Promise<unknown>,
    isRefusal: (error: unknown) => boolean = (error) => error instanceof UserError,
  ): Promise<void> {
    this.count += 1;
    const tookMs = await cpuMs(async () => {
      try {
        await work();
      } catch (error) {
        if (isRefusal(error)) this.refused += 1;
        else this.defects.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    });
    this.slowestMs = Math.max(this.slowestMs, tookMs);
    if (tookMs > LONGEST_MS) this.defects.push(`${name}: took ${Math.round(tookMs)} ms`);
  }
}
