import { secondsOf } from "../base/index.js";
import { type CameraTopics, decodeColor } from "../camera/index.js";
import { type FrameSource, openSource } from "../sources/index.js";

/** A camera of a source that is no bag. */
interface FoundCamera {
  readonly name: string;
  /** Of its first picture, pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Why the first picture cannot be read. */
  readonly fault?: string;
}

/** What is to be known of a data set, a video, or a folder of images. */
export interface SourceReport {
  /** For a program: keys as in the report of a bag, where both have them. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** For a person. */
  readonly text: string;
}

/**
 * Opens a source that is no bag and says what is in it. One picture of each camera is read.
 *
 * @param kind as sources are registered: `lerobot`, `video`, `images`
 * @throws UserError where it cannot be opened
 */
export async function reportSource(path: string, kind: string): Promise<SourceReport> {
  await using source = await openSource(path);
  const cameras: FoundCamera[] = [];
  for (const camera of camerasOf(source)) cameras.push(await lookedAt(source, camera));
  const { info } = source;
  const frames = source.expectedFrames({ cameras: camerasOf(source).slice(0, 1) });
  const durationS = secondsOf(info.endNs - info.startNs);
  const { damage, notes = [] } = info;
  const dataset = datasetOf(source);
  const plain = {
    ...{ path, name: info.name, kind, duration_s: durationS },
    ...{ start_ns: String(info.startNs), end_ns: String(info.endNs) },
    ...(frames !== undefined && { frames }),
    cameras: cameras.map(({ name, size, fault }) => ({
      ...{ color: name, ...size },
      ...(fault !== undefined && { fault }),
    })),
    ...(dataset && { dataset }),
    ...{ damage, notes },
  };
  const lines = [
    path,
    `  kind      ${kind}${dataset ? ` ${dataset.version}, ${dataset.fps} Hz` : ""}`,
    `  start     ${secondsOf(info.startNs).toFixed(3)} s`,
    `  duration  ${durationS.toFixed(3)} s`,
    ...(frames === undefined ? [] : [`  frames    ${frames}`]),
    ...(dataset ? [`  episodes  ${dataset.episodes}`] : []),
    cameras.length > 0 ? "  cameras" : "  no colour camera found",
    ...cameras.map(({ name, size, fault }) => {
      const about = size ? `${size.width} x ${size.height}` : `no picture: ${fault}`;
      return `    ${name}  ${about}`;
    }),
    ...(dataset ? datasetLines(dataset) : []),
    ...(damage.length > 0 ? ["  damage", ...damage.map((line) => `    ${line}`)] : []),
    ...notes.map((line) => `  note      ${line}`),
  ];
  return { plain, text: lines.join("\n") };
}

/** A data set may have several, of which nobody chose one. */
function camerasOf(source: FrameSource): readonly CameraTopics[] {
  const { dataset } = source;
  if (dataset === undefined) return source.cameras([]);
  return dataset.cameras.flatMap((key) => source.cameras([{ name: key, color: key }]));
}

async function lookedAt(source: FrameSource, camera: CameraTopics): Promise<FoundCamera> {
  // Where there is one camera only, its topic is the path.
  const name = camera.color === source.info.path ? camera.name : camera.color;
  for await (const { image, fault } of source.frames({ cameras: [camera] })) {
    if (fault !== undefined) return { name, fault };
    const { width, height } = await decodeColor(image);
    return { name, size: { width, height } };
  }
  return { name, fault: "it has none" };
}

function datasetOf({ dataset }: FrameSource) {
  if (dataset === undefined) return undefined;
  const { info, episodes } = dataset;
  const tasks = new Map<string, number>();
  for (const task of episodes.flatMap((episode) => episode.tasks)) {
    tasks.set(task, (tasks.get(task) ?? 0) + 1);
  }
  return {
    version: info.codebase_version,
    ...{ fps: info.fps, episodes: episodes.length, rows: episodes.at(-1)?.toRow ?? 0 },
    features: Object.entries(info.features).map(([name, { dtype, shape, names }]) => ({
      ...{ name, dtype, shape },
      ...(names !== undefined && names !== null && { names }),
    })),
    tasks: [...tasks].map(([task, count]) => ({ task, episodes: count })),
  };
}

function datasetLines({ features, tasks }: NonNullable<ReturnType<typeof datasetOf>>): string[] {
  return [
    "  features",
    ...features.map(({ name, dtype, shape, names }) => {
      const said = names === undefined ? "" : `  ${JSON.stringify(names)}`;
      return `    ${name}  ${dtype} [${shape.join(", ")}]${said}`;
    }),
    "  tasks",
    ...tasks.map(({ task, episodes }) => `    ${episodes}× ${task}`),
  ];
}
