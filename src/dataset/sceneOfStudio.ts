import { itemAt, lastOf } from "../base/index.js";
import { type CameraInfo, decodeLabels, projectPoint, type RawImage } from "../camera/index.js";
import {
  answerKind,
  type CanonicalFrame,
  canonicalFrame,
  type SpatialObject,
  toCanonical,
} from "../geometry/index.js";
import type { SceneBody, TabletopScene } from "../sim/index.js";
import { isClear, type Split, type VqaObject, type VqaScene } from "./VqaScene.js";

/** Objects of fewer pixels (at 640 × 480) cannot be judged by eye. */
const LEAST_SHARE = 150 / (640 * 480);
/** Of the rectangle around an object, this much must be its own where nothing hides it. */
const SEEN_SHARE = 0.45;
/** Standard deviation of what is known exactly, for the parts that ask for one. */
const EXACT_M = 1e-4;

/** The table top of every simulated scene: gives "up" to models that find planes themselves. */
export const STUDIO_SUPPORT = { name: "table", phrase: "the table", labels: [4] } as const;

/** A simulated picture with its exact geometry. */
export function sceneOfStudio(scene: TabletopScene, split: Split): VqaScene {
  const { frame, table, id } = scene;
  const { info, labels } = frame;
  const canonical = canonicalFrame({ ...table, residualM: 0, inliers: 0 });
  const seen = seenBoxes(labels);
  const objects = scene.bodies.flatMap((body): VqaObject[] => {
    const box = seen.get(body.label);
    if (!box || !isSeenWell(box, body, info)) return [];
    return [
      {
        name: nameOf(body.name),
        labels: [body.label],
        captions: captionsOf(body),
        body: exactObject(body, canonical),
        centerPx: projectPoint(info, body.center),
      },
    ];
  });
  const bystanders = scene.bodies
    .filter(({ label, name }) => seen.has(label) && !objects.some((o) => o.name === nameOf(name)))
    .map((body) => lastOf(captionsOf(body)));
  return {
    id,
    split,
    source: "simulator",
    camera: frame.camera,
    stampNs: frame.stampNs,
    image: frame.image,
    depth: frame.depth,
    labels,
    info,
    objects,
    bystanders,
    support: STUDIO_SUPPORT,
    supportPlane: table,
    answer(kind, a, b) {
      const value =
        kind === "gap" && b
          ? {
              shape: "quantity" as const,
              valueM: scene.gapBetween(itemAt(a.labels, 0), itemAt(b.labels, 0)),
              sigmaM: EXACT_M,
            }
          : answerKind(kind, canonical, a.body, b?.body);
      return isClear(kind, canonical, a, b, value) ? value : undefined;
    },
  };
}

function nameOf(name: string): string {
  return name.replaceAll(" ", "_");
}

/** From one word to three: "cube", "green cube", "small green cube". */
function captionsOf({ name, noun, color, size }: SceneBody): string[] {
  const words = [size, color, noun].filter((word) => word !== undefined);
  const captions = words.map((_, index) => words.slice(words.length - 1 - index).join(" "));
  return color === undefined ? [noun, name] : captions;
}

/** What is known exactly of a body, for the kinds. */
export function exactObject(body: SceneBody, canonical: CanonicalFrame): SpatialObject {
  const { center, topM, bottomM, widthM, box } = body;
  return {
    center,
    centerSigmaM: EXACT_M,
    canonicalCenter: toCanonical(canonical, center),
    topM,
    bottomM,
    points: { count: 1, xyz: Float32Array.from(center) },
    pitchM: 0,
    size: {
      widthM,
      heightM: box.heightM,
      volumeM3: box.lengthM * box.widthM * box.heightM,
      sigmaM: EXACT_M,
      box: { ...box, shape: "rectangle", angle: 0 },
    },
  };
}

interface SeenBox {
  pixels: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The rectangle around each instance id's pixels, and how many they are. */
function seenBoxes(labels: RawImage): Map<number, SeenBox> {
  const { ids, width } = decodeLabels(labels);
  const boxes = new Map<number, SeenBox>();
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? 0;
    if (id === 0) continue;
    const x = i % width;
    const y = (i - x) / width;
    let box = boxes.get(id);
    if (!box) {
      box = { pixels: 0, left: x, right: x, top: y, bottom: y };
      boxes.set(id, box);
    }
    box.pixels += 1;
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    box.bottom = y;
  }
  return boxes;
}

/** Large enough, not cut off by the picture's edge, not mostly hidden. */
function isSeenWell(box: SeenBox, { center, widthM, box: size }: SceneBody, info: CameraInfo) {
  const { width, height, fx, fy } = info;
  if (box.pixels < LEAST_SHARE * width * height) return false;
  if (box.left === 0 || box.top === 0 || box.right === width - 1 || box.bottom === height - 1)
    return false;
  // An upright object appears at least about as wide and high as it is.
  const across = (widthM * fx) / center[2];
  const up = (0.7 * size.heightM * fy) / center[2];
  return (
    box.right - box.left + 1 > SEEN_SHARE * 1.5 * across &&
    box.bottom - box.top + 1 > SEEN_SHARE * 1.5 * up
  );
}
