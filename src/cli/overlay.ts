import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { Command } from "commander";
import { claimOutputs, keepInputs, OutputPlace, sharp, UserError } from "../base/index.js";
import { type CameraFrame, type CameraTopics, decodeColor } from "../camera/index.js";
import { type RewardRow, rewardRowsOfBag, rewardRowsOfLines } from "../evaluate/index.js";
import { RewardStrip } from "../report/index.js";
import { type FrameSource, onlyRecording, openBag, openSource } from "../sources/index.js";
import { chosenCameras, loadTask, parseRecordedTask } from "../task/index.js";
import { VideoWriter } from "../video/index.js";
import { interruptible } from "./interrupt.js";
import { cameraOption, overwriteOption } from "./options.js";
import { startProgress } from "./progress.js";

/** A recording and its rewards do not go together, or the output is no video. */
export class OverlayError extends UserError {
  override readonly code = "overlay.failed";
}

interface OverlayOptions {
  readonly output: string;
  readonly task?: string;
  readonly camera?: string;
  readonly overwrite: boolean;
}

/** `spatial-reward overlay` */
export function overlayCommand(): Command {
  return new Command("overlay")
    .description(
      "Draws the rewards of a recording below its pictures, as an H.264 video that plays in the " +
        "recording's own time: the curve, the stage, the measured values, and what is not valid and why.",
    )
    .argument("<recording>", "what was annotated: a bag, a LeRobot data set, a video, images")
    .argument("<annotated>", "what `annotate` made of it: an annotated bag, or a .jsonl")
    .requiredOption("-o, --output <video>", "an .mp4")
    .option("-t, --task <file>", "the task file, where it names the camera; a bag has it already")
    .addOption(cameraOption())
    .addOption(overwriteOption())
    .addHelpText(
      "after",
      `
Example:
  spatial-reward annotate run1.mcap -t pick.yaml -o run1.jsonl
  spatial-reward overlay run1.mcap run1.jsonl -o run1.mp4`,
    )
    .action((recording: string, annotated: string, options: OverlayOptions) =>
      interruptible((signal) => drawOverlay(recording, annotated, options, signal)),
    );
}

async function drawOverlay(
  recording: string,
  annotated: string,
  { output, task, camera, overwrite }: OverlayOptions,
  signal: AbortSignal,
): Promise<void> {
  if (extname(output).toLowerCase() !== ".mp4") {
    throw new OverlayError(`output ${output}: name it .mp4`);
  }
  await keepInputs([recording, annotated, ...(task === undefined ? [] : [task])], [output]);
  await claimOutputs([output], { by: "overlay", overwrite });
  const { rows: all, cameras } = await readAnnotated(annotated);
  const named = task === undefined ? cameras : (await loadTask(task)).cameras;
  await using source = await openSource(await onlyRecording(recording));
  const chosen = oneCamera(source, chosenCameras(named, camera), all);
  const rows = all.filter((row) => row.camera === chosen.name);
  if (rows.length === 0) {
    const others = [...new Set(all.map((row) => row.camera))].join(", ");
    throw new OverlayError(
      `${annotated} has no rewards of the camera ${chosen.name} of ${recording}; it has: ` +
        `${others === "" ? "none" : others}`,
    );
  }
  refuseSeveral(annotated, rows);
  const place = await OutputPlace.take(output);
  const progress = startProgress(source.info.name, rows.length, "frames");
  const video = new OverlayVideo(place.temporary, rows);
  try {
    let known = 0;
    const stamps = new Set(rows.map(({ stampNs }) => stampNs));
    const lastNs = rows.at(-1)?.stampNs ?? 0n;
    for await (const frame of source.frames({ cameras: [chosen] }, signal)) {
      if (!stamps.has(frame.stampNs) && known === 0) continue;
      if (frame.stampNs > lastNs) break;
      if (stamps.has(frame.stampNs)) progress.update(++known);
      await video.add(frame);
    }
    if (known === 0) {
      throw new OverlayError(
        `${annotated} is not of ${recording}: no picture of ${chosen.name} has the stamp of a reward`,
      );
    }
    await video.finish();
    await place.publish();
    console.log(`written  ${output}  (${video.count} pictures at ${video.fps} Hz)`);
  } catch (error) {
    await video.drop();
    await place.discard();
    throw error;
  } finally {
    progress.stop();
  }
}

/** A camera may give two images one stamp; several tasks or runs give all of them two rewards. @throws OverlayError */
function refuseSeveral(annotated: string, rows: readonly RewardRow[]): void {
  const counts = new Map<bigint, number>();
  for (const { stampNs } of rows) counts.set(stampNs, (counts.get(stampNs) ?? 0) + 1);
  const several = [...counts.values()].filter((count) => count > 1).length;
  if (several <= counts.size / 2) return;
  throw new OverlayError(
    `${annotated}: ${several} of ${counts.size} pictures have several rewards, as of several tasks or runs: ` +
      "give what one run of `annotate` wrote, or record each to a bag of its own",
  );
}

interface AnnotatedRows {
  readonly rows: readonly RewardRow[];
  /** Of the task that the bag carries. */
  readonly cameras: readonly CameraTopics[];
}

async function readAnnotated(path: string): Promise<AnnotatedRows> {
  if (extname(path) === ".jsonl") return { rows: await rewardRowsOfLines(path), cameras: [] };
  if (!(await stat(path).catch(() => undefined))) {
    throw new OverlayError(`${path}: no such file or folder`);
  }
  await using bag = await openBag(path);
  const text = bag.metadata("spatial_reward")?.get("task");
  const cameras = text === undefined ? [] : parseRecordedTask(text, `the task in ${path}`).cameras;
  return { rows: await rewardRowsOfBag(bag), cameras };
}

/** The first camera that has rewards; where no task names it, the rewards do. */
function oneCamera(
  source: FrameSource,
  named: readonly CameraTopics[],
  rows: readonly RewardRow[],
): CameraTopics {
  const first = rows[0]?.camera ?? "";
  const known = named.find(({ name }) => name === first) ?? named[0];
  const wanted = known ?? { name: first, color: first };
  const [camera = wanted] = source.cameras([wanted]);
  return camera;
}

/** Narrower pictures are enlarged by a whole number, wider ones made smaller. */
const LEAST_WIDTH = 480;
const MOST_WIDTH = 1280;
const STRIP_HEIGHT = 150;
/** Hz. */
const MOST_FPS = 60;
const LEAST_FPS = 10;
/** A longer pause of the camera is cut short. */
const MOST_GAP_NS = 2_000_000_000n;

/** The video of a camera with its strip: picture N of it is shown at N / fps. */
class OverlayVideo {
  /** Pictures a second: as many as there are rewards, within bounds. */
  readonly fps: number;
  readonly #path: string;
  readonly #rows: readonly RewardRow[];
  #writer: VideoWriter | undefined;
  #strip: Strip | undefined;
  #size: { readonly width: number; readonly height: number } | undefined;
  /** The stamp at which the video begins; later after a gap that was cut short. */
  #startNs: bigint | undefined;
  #shown: Shown | undefined;

  constructor(path: string, rows: readonly RewardRow[]) {
    this.#path = path;
    this.#rows = rows;
    const steps = rows.slice(1).map(({ stampNs }, i) => Number(stampNs - (rows[i]?.stampNs ?? 0n)));
    const usual = steps.filter((step) => step > 0).sort((a, b) => a - b)[steps.length >> 1] ?? 1e8;
    this.fps = Math.min(MOST_FPS, Math.max(LEAST_FPS, Math.round(1e9 / usual)));
  }

  get count(): number {
    return this.#writer?.count ?? 0;
  }

  async add(frame: CameraFrame): Promise<void> {
    const beforeNs = this.#shown?.frame.stampNs ?? frame.stampNs;
    this.#startNs ??= frame.stampNs;
    const gapNs = frame.stampNs - beforeNs;
    await this.#showUntil(gapNs > MOST_GAP_NS ? beforeNs + MOST_GAP_NS : frame.stampNs);
    if (gapNs > MOST_GAP_NS) this.#startNs += gapNs - MOST_GAP_NS;
    // Below the picture before one that cannot be read, the strip says so.
    const pixels = frame.fault === undefined ? await this.#scaled(frame) : this.#shown?.pixels;
    if (pixels) this.#shown = { pixels, frame };
  }

  async finish(): Promise<void> {
    const last = this.#shown?.frame.stampNs ?? 0n;
    await this.#showUntil(last + BigInt(Math.round(1e9 / this.fps)));
    await this.#writer?.finish();
  }

  async drop(): Promise<void> {
    await this.#writer?.drop();
  }

  /** Shows the picture at all times of the video that lie before a stamp. */
  async #showUntil(stampNs: bigint): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined || this.#startNs === undefined) return;
    // Stamps are rounded: one that is nearly due is due.
    const toleranceNs = BigInt(Math.round(0.25e9 / this.fps));
    for (;;) {
      const atNs = this.#startNs + BigInt(Math.round((this.count / this.fps) * 1e9));
      if (atNs + toleranceNs >= stampNs) return;
      await this.#write(shown, atNs > shown.frame.stampNs ? atNs : shown.frame.stampNs);
    }
  }

  async #scaled({ image }: CameraFrame): Promise<Pixels> {
    const { width, height, data } = await decodeColor(image);
    const size = this.#size ?? sizeFor(width, height);
    this.#size = size;
    const kernel = size.width > width ? "nearest" : "lanczos3";
    return sharp(data, { raw: { width, height, channels: 3 } })
      .resize({ ...size, fit: "contain", kernel })
      .raw()
      .toBuffer();
  }

  async #write({ pixels, frame }: Shown, atNs: bigint): Promise<void> {
    const { width, height } = this.#size ?? { width: 0, height: 0 };
    const total = { width, height: height + STRIP_HEIGHT };
    this.#writer ??= await VideoWriter.create(this.#path, {
      ...{ ...total, fps: this.fps, codec: "h264" },
    });
    const { drawn } = await this.#stripOf(frame.episode, width);
    const below = drawn ? [drawn.base, Buffer.from(drawn.strip.moment(atNs))] : [];
    const data = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .extend({ bottom: STRIP_HEIGHT, background: "#000" })
      .composite(below.map((input) => ({ input, top: height, left: 0 })))
      .removeAlpha()
      .raw()
      .toBuffer();
    await this.#writer.write({ ...total, data });
  }

  async #stripOf(episode: string, width: number): Promise<Strip> {
    if (this.#strip?.episode === episode) return this.#strip;
    const rows = this.#rows.filter((row) => row.episode === episode);
    const strip = rows.length > 0 ? new RewardStrip(rows, width, STRIP_HEIGHT) : undefined;
    const base = strip && (await sharp(Buffer.from(strip.background())).png().toBuffer());
    this.#strip = { episode, ...(strip && base && { drawn: { strip, base } }) };
    return this.#strip;
  }
}

type Pixels = Buffer;

/** The picture that is shown until the next one comes. */
interface Shown {
  readonly pixels: Pixels;
  readonly frame: CameraFrame;
}

interface Strip {
  readonly episode: string;
  /** Absent where nothing was said of the episode; `base` is what is the same at all times, PNG. */
  readonly drawn?: { readonly strip: RewardStrip; readonly base: Buffer };
}

/** Even sizes: 4:2:0 has one colour for four pixels. */
function sizeFor(width: number, height: number): { width: number; height: number } {
  const factor =
    width < LEAST_WIDTH ? Math.ceil(LEAST_WIDTH / width) : Math.min(1, MOST_WIDTH / width);
  const even = (length: number) => 2 * Math.max(1, Math.round((length * factor) / 2));
  return { width: even(width), height: even(height) };
}
