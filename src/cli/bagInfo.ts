import { Command } from "commander";
import { secondsOf, UserError } from "../base/index.js";
import {
  type CameraTopics,
  type ImageVerdict,
  judgeImages,
  listCameras,
  type TopicInfo,
} from "../camera/index.js";
import { type BagInfo, onlyRecording, readBagInfo, sourceKindName } from "../sources/index.js";

/** `spatial-reward bag info` */
export function bagInfoCommand(): Command {
  return new Command("info")
    .description(
      "Shows the topics, times, cameras and damage of recordings: .mcap and .db3 files, " +
        "compressed or not, rosbag2 folders, and bags of ROS 1. A recording without an index (for example from a " +
        "killed recorder) is scanned, which takes as long as reading it. Of LeRobot data sets, videos and " +
        "folders of images it shows cameras, frames, episodes and tasks.",
    )
    .argument("<path...>", "recordings, data sets, videos, folders of images")
    .option("--json", "print one JSON object per line", false)
    .addHelpText(
      "after",
      `
Examples:
  spatial-reward bag info run1.mcap my_dataset clip.mp4 frames/
  spatial-reward bag info --json runs/* | jq -r 'select(.damage != []) | .path'

The exit code is 1 where nothing of a recording can be read.`,
    )
    .action((paths: string[], { json }: { json: boolean }) => bagInfo(paths, json));
}

async function bagInfo(paths: readonly string[], json: boolean): Promise<void> {
  for (const named of paths) {
    try {
      const path = await onlyRecording(named);
      const kind = await sourceKindName(path);
      if (kind !== "rosbag") {
        const { plain, text } = await (await import("./sourceInfo.js")).reportSource(path, kind);
        console.log(json ? JSON.stringify(plain) : text);
        continue;
      }
      const info = await readBagInfo(path);
      const found = { cameras: listCameras(info), verdicts: judgeImages(info.topics) };
      console.log(json ? JSON.stringify(plainBag(info, found)) : describe(info, found));
      if (info.messageCount === 0 && info.damage.length > 0) process.exitCode = 1;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // The recordings after this one may be whole.
      console.error(`error: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

/** What was made out of the topics of images. */
interface Found {
  readonly cameras: readonly CameraTopics[];
  /** By topic. */
  readonly verdicts: ReadonlyMap<string, ImageVerdict>;
}

/** Keys as in the JSON lines of annotations; stamps as text, since JSON numbers lose their end. */
function plainBag(info: BagInfo, { cameras, verdicts }: Found): Record<string, unknown> {
  return {
    path: info.path,
    name: info.name,
    kind: "rosbag",
    storage: info.storage,
    compression: info.compression,
    files: info.files,
    size_bytes: info.sizeBytes,
    start_ns: info.startNs.toString(),
    end_ns: info.endNs.toString(),
    duration_s: durationS(info),
    message_count: info.messageCount,
    topics: info.topics.map(({ name, type, messageCount, recordedAs, content }) => {
      const verdict = verdicts.get(name);
      return {
        name,
        type,
        message_count: messageCount,
        ...(recordedAs && { recorded_as: recordedAs }),
        ...(content && { frame_id: content.frameId }),
        ...(content?.encoding !== undefined && { encoding: content.encoding }),
        ...(verdict && { role: verdict.role, is_camera: verdict.isCamera, why: verdict.why }),
      };
    }),
    cameras: cameras.map((camera) => Object.fromEntries(namedTopics(camera))),
    damage: info.damage,
  };
}

function describe(info: BagInfo, { cameras, verdicts }: Found): string {
  const topics = columns(
    info.topics.map(({ name, type, messageCount, recordedAs }) => [
      name,
      type,
      `${messageCount}`,
      ...(recordedAs ? [`from ${recordedAs.encoding} ${recordedAs.type}`] : []),
    ]),
  );
  const lines = [
    info.path,
    `  storage   ${info.storage}, compression ${info.compression.join(", ") || "none"}`,
    `  size      ${megabytes(info.sizeBytes)} in ${count(info.files.length, "file")}`,
    `  start     ${startText(info)}`,
    `  duration  ${durationS(info).toFixed(3)} s`,
    `  messages  ${info.messageCount}`,
    "  topics",
    ...topics.map((line) => `    ${line}`),
    cameras.length > 0 ? "  cameras" : "  no colour camera found",
    ...cameras.flatMap((camera) => cameraLines(camera, info.topics, verdicts)),
    ...otherImageLines(cameras, info.topics, verdicts),
  ];
  if (info.damage.length > 0) lines.push("  damage", ...info.damage.map((line) => `    ${line}`));
  return lines.join("\n");
}

/** A camera with what was chosen for it, each with what it was told by. */
function cameraLines(
  camera: CameraTopics,
  topics: readonly TopicInfo[],
  verdicts: ReadonlyMap<string, ImageVerdict>,
): string[] {
  const rows = namedTopics(camera).map(([part, name]) => {
    const frame = topics.find((topic) => topic.name === name)?.content?.frameId;
    const why = [verdicts.get(name)?.why, frame && `frame ${frame}`].filter(Boolean).join("; ");
    return [part, name, why];
  });
  return [`    ${camera.color}`, ...columns(rows).map((line) => `      ${line}`)];
}

/** Topics of images and masks that no camera takes, and why. */
function otherImageLines(
  cameras: readonly CameraTopics[],
  topics: readonly TopicInfo[],
  verdicts: ReadonlyMap<string, ImageVerdict>,
): string[] {
  const taken = new Set(cameras.flatMap((camera) => namedTopics(camera).map(([, name]) => name)));
  const rows = [...verdicts]
    .filter(([name]) => !taken.has(name))
    .map(([name, { role, why }]) => [name, role === "other" ? why : `${role}: ${why}`]);
  for (const { name, content } of topics) {
    if (content?.masks?.isReadable === false) rows.push([name, content.masks.why]);
  }
  return rows.length === 0 ? [] : ["  other images", ...columns(rows).map((line) => `    ${line}`)];
}

/** Parts by the names that they have in a task file. */
function namedTopics({ name: _, ...topics }: CameraTopics): [part: string, topic: string][] {
  return Object.entries(topics).flatMap(([part, topic]): [string, string][] => {
    if (typeof topic !== "string") return [];
    return [[part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), topic]];
  });
}

function startText({ startNs, messageCount }: BagInfo): string {
  if (messageCount === 0) return "-";
  const seconds = `${startNs / 1_000_000_000n}.${String(startNs % 1_000_000_000n).padStart(9, "0")}`;
  // Simulated time starts at 0: no date is meant by it.
  const year = 31_536_000_000_000_000n;
  return startNs < year
    ? `${seconds} s`
    : `${new Date(Number(startNs / 1_000_000n)).toISOString()} (${seconds})`;
}

function durationS({ startNs, endNs }: BagInfo): number {
  return secondsOf(endNs - startNs);
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Rows of cells, padded to columns. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("  ")
      .trimEnd(),
  );
}
