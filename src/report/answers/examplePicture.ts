import { sharp, UserError } from "../../base/index.js";
import { encodeJpeg, projectPoint, readImageFile } from "../../camera/index.js";
import { type AnswerRow, cameraInfo, datasetPath, truthText } from "../../evaluate/index.js";
import type { ObjectEvidence } from "../../language/index.js";
import type { MarkedPicture } from "../keyFrameSvg.js";

const PICTURE_SIDE_PX = 420;

/** What is measured along an axis (left of, above) is no line between the objects. */
const LINE_KINDS: ReadonlySet<string> = new Set(["distance", "gap"]);

/**
 * The image that a question was about, with its objects where the data set says they are, and
 * the line that a distance is measured along. Undefined where there is no image any more.
 */
export async function examplePicture(
  folder: string,
  { scene, objects, truth, kind }: AnswerRow,
): Promise<MarkedPicture | undefined> {
  if (!scene) return undefined;
  try {
    const { image } = await readImageFile(datasetPath(folder, scene.image, scene));
    const jpeg = await encodeJpeg(image, { maxSidePx: PICTURE_SIDE_PX, quality: 80 });
    const { width, height } = await sharp(image.data).metadata();
    const info = scene.intrinsics && cameraInfo(scene, scene.intrinsics);
    const marks = (objects ?? []).flatMap((name): ObjectEvidence[] => {
      const center = scene.objects.find((one) => one.name === name)?.center_m;
      if (!center || !info) return [];
      const [u, v] = projectPoint(info, center);
      if (Number.isNaN(u)) return [];
      return [{ object: name, centerPx: [u, v], centerM: center }];
    });
    const [from, to] = marks;
    const label = truthText(truth, "", "");
    const isLine = from && to && LINE_KINDS.has(kind);
    const lines = isLine ? [{ fromPx: from.centerPx, toPx: to.centerPx, label }] : [];
    return { jpeg, width, height, objects: marks, lines };
  } catch (error) {
    // A report without one of its pictures is better than none.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
