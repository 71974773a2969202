import * as z from "zod";
import { atMost, FieldError, readBody } from "../../http/index.js";
import type { Step } from "../Step.js";
import { type ByteArray, readNpy } from "./readNpy.js";

const trajectorySchema = z.looseObject({
  task: z.string().min(1).max(2000),
  frames: z.unknown(),
  metadata: z.looseObject({ fps: z.number().positive().max(10_000).nullish() }).nullish(),
});

const sampleSchema = z.looseObject({
  sample_type: z.literal("progress", {
    error:
      'only samples of the type "progress" are judged here: this server compares no two trajectories',
  }),
  trajectory: trajectorySchema,
});

const MOST_SAMPLES = 256;
const samplesSchema = atMost(
  MOST_SAMPLES,
  "samples",
  z.array(sampleSchema).min(1).max(MOST_SAMPLES),
);

/** A trajectory to be judged. */
export interface Trajectory {
  /** The instruction. */
  readonly task: string;
  readonly images: readonly Step["image"][];
  /** Frames a second, Hz. */
  readonly rateHz: number;
  /** For messages. */
  readonly name: string;
}

/** What Robometer's own client samples videos at, Hz. */
const DEFAULT_RATE_HZ = 1;

/**
 * The trajectories of a JSON body: `{"samples": […]}`, or the bare list; frames as nested lists.
 *
 * @throws FieldError
 */
export function trajectoriesOf(body: unknown): readonly Trajectory[] {
  const samples = readBody(
    z.union([
      samplesSchema,
      z.looseObject({ samples: samplesSchema }).transform((it) => it.samples),
    ]),
    body,
  );
  return samples.map(({ trajectory }, i) => {
    const name = `samples.${i}.trajectory.frames`;
    return trajectoryOf(trajectory, fromLists(trajectory.frames, name), name);
  });
}

/**
 * The trajectories of a form: fields `sample_0`, `sample_1`, … with JSON, in which
 * `{"__numpy_file__": KEY}` stands for the array of the file KEY.
 *
 * @throws FieldError
 */
export async function trajectoriesOfForm(form: FormData): Promise<readonly Trajectory[]> {
  const samples: unknown[] = [];
  for (let i = 0; form.has(`sample_${i}`); i++) samples.push(fromJson(form.get(`sample_${i}`), i));
  const read = readBody(z.object({ sample: samplesSchema }), { sample: samples }).sample;
  return Promise.all(
    read.map(async ({ trajectory }, i) => {
      const name = `sample_${i}.trajectory.frames`;
      const key = (trajectory.frames as { readonly __numpy_file__?: unknown } | null)
        ?.__numpy_file__;
      if (typeof key !== "string") {
        return trajectoryOf(trajectory, fromLists(trajectory.frames, name), name);
      }
      const file = form.get(key);
      if (file === null || typeof file === "string") {
        throw new FieldError(`${name}: there is no file ${JSON.stringify(key.slice(0, 100))}`);
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      return trajectoryOf(trajectory, readNpy(bytes, name), name);
    }),
  );
}

function fromJson(value: ReturnType<FormData["get"]>, i: number): unknown {
  if (typeof value !== "string") throw new FieldError(`sample_${i}: it has to be JSON, not a file`);
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new FieldError(`sample_${i}: it is no JSON: ${(error as Error).message}`);
  }
}

/** Frames, rows, columns and channels as lists in lists. */
function fromLists(frames: unknown, name: string): ByteArray {
  const shape: number[] = [];
  for (let at = frames; Array.isArray(at); at = at[0]) shape.push(at.length);
  if (shape.length === 0 || typeof (frames as unknown[])[0] === "string") {
    throw new FieldError(`${name}: frames are an array of numbers; this server opens no files`);
  }
  if (shape.length > 4) throw new FieldError(`${name}: it has ${shape.length} dimensions, not 4`);
  const values = (frames as unknown[]).flat(shape.length - 1);
  const isByte = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
  if (
    values.length !== shape.reduce((product, size) => product * size, 1) ||
    !values.every(isByte)
  ) {
    throw new FieldError(`${name}: it has to be ${shape.join("x")} whole numbers from 0 to 255`);
  }
  return { shape, data: Uint8Array.from(values as number[]) };
}

function trajectoryOf(
  { task, metadata }: z.infer<typeof trajectorySchema>,
  { shape, data }: ByteArray,
  name: string,
): Trajectory {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  if (shape.length !== 4 || count === 0) {
    throw new FieldError(
      `${name}: its shape is ${shape.join("x")}, not (T, H, W, C) or (T, C, H, W)`,
    );
  }
  const isChannelsFirst = isChannels(a) && !isChannels(c);
  const [height, width, channels] = isChannelsFirst ? [b, c, a] : [a, b, c];
  if (!isChannels(channels) || width === 0 || height === 0) {
    throw new FieldError(`${name}: its shape is ${shape.join("x")}: images have 1 or 3 channels`);
  }
  const size = width * height * channels;
  const encoding = channels === 3 ? "rgb8" : "mono8";
  const images = Array.from({ length: count }, (_, i): Step["image"] => {
    const frame = data.subarray(i * size, (i + 1) * size);
    return {
      data: isChannelsFirst ? channelsLast(frame, channels) : frame,
      encoding,
      width,
      height,
    };
  });
  return { task, images, rateHz: metadata?.fps ?? DEFAULT_RATE_HZ, name };
}

function isChannels(size: number): boolean {
  return size === 1 || size === 3;
}

function channelsLast(frame: Uint8Array, channels: number): Uint8Array {
  const pixels = frame.length / channels;
  const turned = new Uint8Array(frame.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < pixels; i++) {
      turned[i * channels + channel] = frame[channel * pixels + i] ?? 0;
    }
  }
  return turned;
}
