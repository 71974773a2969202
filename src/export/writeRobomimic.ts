import { open, readFile, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OutputError, sharp, UserError } from "../base/index.js";
import type { RowFeature } from "../sinks/index.js";
import { ACTION, STATE } from "./RowSettings.js";
import type { StagedEpisode } from "./StagedEpisode.js";

/** HDF5 is to be written, and the package that does it is not installed. */
class Hdf5MissingError extends UserError {
  override readonly code = "export.package";
}

/** Pictures of one group of rows, which are in memory at once. */
const ROWS = 50;

/**
 * Writes robomimic's HDF5: `data/demo_N` with `actions`, `rewards`, `dones`, `obs/…` and
 * `next_obs/…`. A demo of N pictures has N - 1 steps, since each needs its next observation. An
 * invalid reward is NaN; `mask/valid` lists the demos without one, for `hdf5_filter_key`.
 *
 * @param path is new
 * @throws Hdf5MissingError, OutputError
 */
export async function writeRobomimic(
  path: string,
  stage: string,
  episodes: readonly StagedEpisode[],
  { name, fps }: { readonly name: string; readonly fps: number },
): Promise<void> {
  const h5 = await loadHdf5();
  const file = new h5.File(path, "w");
  let closed: number | undefined;
  try {
    await writeDemos(file, stage, episodes, name, fps);
    file.flush();
    closed = file.close();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new OutputError(path, error instanceof Error ? error : new Error(String(error)));
  } finally {
    if (closed === undefined) file.close();
  }
  // The library tells of writes that failed only here.
  if (closed < 0) throw new OutputError(path, await whyNotWritten(path));
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Less than this is no room, bytes. */
const NO_ROOM = 1 << 20;

async function whyNotWritten(path: string): Promise<Error> {
  const error = new Error("HDF5 could not write all of it");
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize < NO_ROOM ? Object.assign(error, { code: "ENOSPC" }) : error;
}

async function writeDemos(
  file: Group,
  stage: string,
  episodes: readonly StagedEpisode[],
  name: string,
  fps: number,
): Promise<void> {
  const data = file.create_group("data");
  const steps = episodes.reduce((sum, { length }) => sum + length - 1, 0);
  data.create_attribute("total", steps, [], "<i");
  // Type 2: an environment of Gym; there is none, and robomimic asks for the words.
  const about = { env_name: name, type: 2, env_version: null, env_kwargs: { fps } };
  data.create_attribute("env_args", JSON.stringify(about));
  const valid: string[] = [];
  for (const [e, episode] of episodes.entries()) {
    const demo = `demo_${e}`;
    await writeDemo(data.create_group(demo), stage, episode);
    const rewards = columnIn(episode, "next.reward");
    const known = rewards?.values.subarray(0, episode.length - 1);
    if (known?.every((value) => !Number.isNaN(value))) valid.push(demo);
  }
  const mask = file.create_group("mask");
  const all = episodes.map((_, e) => `demo_${e}`);
  mask.create_dataset({ name: "train", data: all, shape: [all.length], dtype: "S16" });
  if (valid.length > 0) {
    mask.create_dataset({ name: "valid", data: valid, shape: [valid.length], dtype: "S16" });
  }
}

type Hdf5 = typeof import("h5wasm/node");
type Group = ReturnType<InstanceType<Hdf5["File"]>["create_group"]>;
type Dataset = ReturnType<Group["create_dataset"]>;

async function loadHdf5(): Promise<Hdf5> {
  try {
    const h5 = await import("h5wasm/node");
    await h5.ready;
    return h5;
  } catch (error) {
    throw new Hdf5MissingError(
      "robomimic's HDF5 needs the package h5wasm, which is not installed: npm install h5wasm",
      { cause: error },
    );
  }
}

function columnIn({ columns }: StagedEpisode, name: string): RowFeature | undefined {
  return columns.find((column) => column.name === name);
}

async function writeDemo(group: Group, stage: string, episode: StagedEpisode): Promise<void> {
  const steps = episode.length - 1;
  group.create_attribute("num_samples", steps, [], "<i");
  group.create_attribute("instruction", episode.instruction);
  group.create_attribute("recording", episode.recording);
  const observed = group.create_group("obs");
  const followed = group.create_group("next_obs");
  for (const column of episode.columns) {
    const width = Math.max(1, column.names.length);
    const put = (into: Group, name: string, from: number): void => {
      const values = Float64Array.from(
        column.values.subarray(from * width, (from + steps) * width),
      );
      const shape = column.names.length > 0 ? [steps, width] : [steps];
      const isFlag = column.dtype !== "float32";
      into.create_dataset({
        name,
        data: isFlag ? BigInt64Array.from(values, BigInt) : values,
        shape,
        dtype: isFlag ? "<q" : "<d",
      });
    };
    if (column.name === STATE) {
      put(observed, "state", 0);
      put(followed, "state", 1);
    } else if (column.name === ACTION) put(group, "actions", 0);
    else if (column.name === "next.reward") put(group, "rewards", 0);
    else if (column.name === "next.done") putDones(group, column, steps);
    else if (column.name === "next.success") put(group, "success", 0);
    else put(group, column.name.replace("complementary_info.", ""), 0);
  }
  for (const camera of episode.cameras) {
    await putPictures(observed, stage, camera, camera.files.slice(0, steps));
    await putPictures(followed, stage, camera, camera.files.slice(1));
  }
}

/** The last step that is left ends the demo. */
function putDones(group: Group, { values }: RowFeature, steps: number): void {
  const dones = BigInt64Array.from(values.subarray(0, steps), BigInt);
  dones[steps - 1] = 1n;
  group.create_dataset({ name: "dones", data: dones, shape: [steps], dtype: "<q" });
}

async function putPictures(
  group: Group,
  stage: string,
  { name, width, height }: StagedEpisode["cameras"][number],
  files: readonly string[],
): Promise<void> {
  const row = height * width * 3;
  let dataset: Dataset | undefined;
  for (let from = 0; from < files.length; from += ROWS) {
    const part = files.slice(from, from + ROWS);
    const pictures = await Promise.all(part.map((file) => pixelsIn(join(stage, file))));
    const data = new Uint8Array(row * part.length);
    for (const [i, pixels] of pictures.entries()) data.set(pixels, row * i);
    if (dataset) {
      const to = from + part.length;
      dataset.resize([to, height, width, 3]);
      dataset.write_slice([[from, to], [], [], []], data);
      continue;
    }
    dataset = group.create_dataset({
      name: `${name}_image`,
      data,
      shape: [part.length, height, width, 3],
      maxshape: [files.length, height, width, 3],
      dtype: "<B",
      chunks: [1, height, width, 3],
      compression: 4,
    });
  }
}

async function pixelsIn(path: string): Promise<Uint8Array> {
  const pixels = await sharp(await readFile(path))
    .removeAlpha()
    .raw()
    .toBuffer();
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
}
