import { isDeepStrictEqual } from "node:util";
import type { CameraInfo } from "../camera/index.js";
import { TabletopStudio } from "../sim/index.js";
import { openSource } from "../sources/index.js";
import { loadTask } from "../task/index.js";
import { askAbout } from "./askAbout.js";
import type { DatasetSettings, RecordingSource, SceneSource, Shard } from "./DatasetPlan.js";
import { type ShardCounts, ShardWriter } from "./ShardWriter.js";
import { recordedThings, sceneOfFrame } from "./sceneOfFrame.js";
import { sceneOfStudio } from "./sceneOfStudio.js";
import type { Split, VqaScene } from "./VqaScene.js";

/** Makes one shard; a function of settings and shard alone. `onImage` hears of each picture. */
export async function makeShard(
  folder: string,
  shard: Shard,
  settings: DatasetSettings,
  onImage: (rows: number) => void,
): Promise<ShardCounts> {
  const writer = await ShardWriter.create(folder, shard.name, settings.images3d);
  try {
    let turn = shard.kind === "scenes" ? shard.first : 0;
    for await (const scene of scenesOf(shard, settings)) {
      if ("skipped" in scene) {
        writer.skip(scene.skipped);
        onImage(0);
        continue;
      }
      const rows = askAbout(scene, turn++, settings);
      await writer.add(scene, rows);
      onImage(rows.length);
    }
    return await writer.finish();
  } catch (error) {
    await writer.drop();
    throw error;
  }
}

type MaybeScene = VqaScene | { readonly skipped: string };

function scenesOf(shard: Shard, settings: DatasetSettings): AsyncGenerator<MaybeScene> {
  return shard.kind === "scenes"
    ? simulatedScenes(shard, settings.source as SceneSource)
    : recordedScenes(shard, settings.source as RecordingSource, settings.seed);
}

async function* simulatedScenes(
  { tables }: Extract<Shard, { kind: "scenes" }>,
  { width, height, depthNoiseMm }: SceneSource,
): AsyncGenerator<MaybeScene> {
  for (const { seed, split, scenes } of tables) {
    const domain = split === "test" ? "novel" : "familiar";
    const studio = await TabletopStudio.create({ seed, domain, width, height, depthNoiseMm });
    try {
      for (let index = 0; index < scenes; index++) yield sceneOfStudio(studio.scene(index), split);
    } finally {
      studio.close();
    }
  }
}

async function* recordedScenes(
  shard: Extract<Shard, { kind: "recording" }>,
  { task: taskPath, rateHz, holdOut }: RecordingSource,
  seed: number,
): AsyncGenerator<MaybeScene> {
  const task = taskPath === undefined ? undefined : await loadTask(taskPath);
  await using source = await openSource(shard.path);
  const { info } = source;
  const cameras = source.cameras(task?.cameras ?? []);
  const sameInfo = keepInfo();
  let number = 0;
  let firstNs: bigint | undefined;
  for await (const frame of source.frames({ cameras, rateHz })) {
    firstNs ??= frame.stampNs;
    const isTest = holdOut.includes(frame.camera);
    const split = isTest ? "test" : (shard.split ?? splitByTime(frame.stampNs - firstNs, info));
    const id = `${shard.name}_${plainId(info.name)}_${String(number++).padStart(6, "0")}`;
    const { objects, support } = recordedThings(frame, task);
    // Objects that are held out are not spoken of elsewhere.
    const known = objects.filter(({ name }) => split === "test" || !holdOut.includes(name));
    const things = { objects: known, support };
    yield await sceneOfFrame(frame, { id, split, things, seed, sameInfo });
  }
}

/** Train first, then val, then test: neighbours in time are too similar for a random split. */
function splitByTime(
  sinceFirstNs: bigint,
  { startNs, endNs }: { readonly startNs: bigint; readonly endNs: bigint },
): Split {
  const share = Number(sinceFirstNs) / Math.max(1, Number(endNs - startNs));
  if (share < 0.8) return "train";
  return share < 0.9 ? "val" : "test";
}

/** One object for equal CameraInfos: a lens's rays are worked out once for each. */
function keepInfo(): (info: CameraInfo) => CameraInfo {
  const known: CameraInfo[] = [];
  return (info) => {
    const same = known.find((other) => isDeepStrictEqual(other, info));
    if (!same) known.push(info);
    return same ?? info;
  };
}

function plainId(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]+/g, "-");
}
