import { isDeepStrictEqual } from "node:util";
import type { CameraFrame, CameraInfo, KinematicSample } from "../camera/index.js";
import { KinematicTruth } from "../kinematics/index.js";
import { TabletopStudio } from "../sim/index.js";
import { openSource } from "../sources/index.js";
import { chosenCameras, kinematicSelection, loadTask, type Task } from "../task/index.js";
import { askAbout } from "./askAbout.js";
import type { DatasetSettings, RecordingSource, SceneSource, Shard } from "./DatasetPlan.js";
import { type ShardCounts, ShardWriter } from "./ShardWriter.js";
import { recordedThings, sceneOfFrame } from "./sceneOfFrame.js";
import { sceneOfKinematics } from "./sceneOfKinematics.js";
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
  { width, height, depthNoiseMm, views }: SceneSource,
): AsyncGenerator<MaybeScene> {
  for (const { seed, split, scenes } of tables) {
    const domain = split === "test" ? "novel" : "familiar";
    const studio = await TabletopStudio.create({
      ...{ seed, domain, width, height, depthNoiseMm },
      ...(views && { views }),
    });
    try {
      for (let index = 0; index < scenes; index++) yield sceneOfStudio(studio.scene(index), split);
    } finally {
      studio.close();
    }
  }
}

async function* recordedScenes(
  shard: Extract<Shard, { kind: "recording" }>,
  { task: taskPath, rateHz, holdOut, truth, camera }: RecordingSource,
  seed: number,
): AsyncGenerator<MaybeScene> {
  const task = taskPath === undefined ? undefined : await loadTask(taskPath);
  await using source = await openSource(shard.path);
  const { info } = source;
  const cameras = source.cameras(chosenCameras(task?.cameras ?? [], camera));
  const robot = task && kinematicSelection(task);
  const selection = {
    ...{ cameras, rateHz, checksDepth: !truth },
    ...(robot && { kinematics: robot }),
  };
  // What is proved of an image rests on later ones: the recording is read twice.
  const proved =
    truth && robot && task ? await provedBy(source.frames(selection), task) : undefined;
  const sameInfo = keepInfo();
  let number = 0;
  let firstNs: bigint | undefined;
  for await (const frame of source.frames(selection)) {
    firstNs ??= frame.stampNs;
    const isTest = holdOut.includes(frame.camera);
    const split = isTest ? "test" : (shard.split ?? splitByTime(frame.stampNs - firstNs, info));
    const id = `${shard.name}_${plainId(info.name)}_${String(number++).padStart(6, "0")}`;
    // Objects that are held out are not spoken of elsewhere.
    const without = split === "test" ? [] : holdOut;
    const byRobot = proved?.get(frame.episode);
    if (task && byRobot) {
      yield sceneOfKinematics(frame, { id, split, task, truth: byRobot, without });
      continue;
    }
    const { objects, support } = recordedThings(frame, task);
    const known = objects.filter(({ name }) => !without.includes(name));
    const things = { objects: known, support };
    yield await sceneOfFrame(frame, { id, split, things, seed, sameInfo });
  }
}

/** What the robot's motion proves of each episode. */
async function provedBy(
  frames: AsyncIterable<CameraFrame>,
  task: Task,
): Promise<Map<string, KinematicTruth>> {
  const samples = new Map<string, KinematicSample[]>();
  for await (const { episode, kinematics = [] } of frames) {
    const known = samples.get(episode) ?? [];
    samples.set(episode, known);
    known.push(...kinematics);
  }
  return new Map(
    [...samples].flatMap(([episode, of]) => {
      const truth = KinematicTruth.of(task, of);
      return truth ? [[episode, truth] as const] : [];
    }),
  );
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
