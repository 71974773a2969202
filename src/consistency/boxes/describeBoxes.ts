import type { CameraInfo } from "../../camera/index.js";
import { asidePx, type Names } from "../describe.js";
import { isFollowed } from "./BoxLook.js";
import type { BoxFinding } from "./judgeBoxes.js";
import { BOX_FORMS, type BoxForm, type BoxPlacement } from "./placements.js";

/** How a reader knows what is spoken of. */
export interface BoxNames extends Pick<Names, "objects" | "robot" | "support" | "camera"> {
  /** Where the boxes come from: a topic, a model. */
  readonly boxes: string;
}

/** What is wrong, and what to do: one sentence. */
export function describeBoxes(
  found: BoxFinding,
  { objects, robot, support, camera, boxes }: BoxNames,
  info: CameraInfo,
): string {
  const phraseOf = (name: string) => objects.get(name)?.phrase ?? name;
  switch (found.kind) {
    case "placed": {
      const { kind } = found.placement;
      const form = BOX_FORMS.find((it) => it === kind);
      if (form)
        return (
          `${boxes}: the boxes lie on the colours of ${camera} ${FORMS[form].taken} (by ${found.images} images): ` +
          FORMS[form].todo
        );
      return (
        `${boxes}: the boxes ${liesIn(found.placement, info)} the colours of ${camera} ` +
        `(by ${found.images} images): they are of another camera, size or time than the image`
      );
    }
    case "outside":
      return (
        `${boxes}: boxes lie outside of the image, which has ${info.width}x${info.height} pixels (by ${found.images} ` +
        "images): they are of another camera, or of an image of another size"
      );
    case "colors": {
      const [a, b] = found.names.map(phraseOf);
      return (
        `${boxes}: of the boxes of ${a} and ${b}, each shows the colour of the other, or none of its own (by ` +
        `${found.images} images): are the classes, or \`class_ids\` in the task, swapped?`
      );
    }
    case "height": {
      const gripper = robot?.gripper ?? [...objects.values()].find(isFollowed);
      const how = `${cm(found.tooHighM)} too ${found.tooHighM > 0 ? "high" : "low"}`;
      return (
        `${gripper?.phrase ?? "the gripper"} (TF frame ${gripper?.frame}) grasps ${phraseOf(found.name)} ` +
        `${cm(found.apartM)} from where its box has it on ${support?.phrase ?? "the support"}: \`height\` of ` +
        `${support?.name} over TF frame ${support?.frame} is about ${how}, or the camera's place in TF is wrong`
      );
    }
  }
}

const FORMS: Readonly<Record<BoxForm, { readonly taken: string; readonly todo: string }>> = {
  "in pixels": {
    taken: "if they are taken for pixels, and not for thousandths of its sides",
    todo: "set box_format (xyxy_px)",
  },
  "top first": {
    taken: "if the top of each is first, and then the left",
    todo: "set box_format (yxyx_1000)",
  },
  sizes: {
    taken: "if the last two numbers of each are its width and height",
    todo: "they have to be its right and bottom edges",
  },
};

function liesIn(placement: BoxPlacement, { width }: CameraInfo): string {
  switch (placement.kind) {
    case "shifted": {
      const px = (share: number) => Math.round(share * width);
      return `lie about ${asidePx(-px(placement.x), -px(placement.y))} of`;
    }
    case "scaled": {
      const { x, y } = placement;
      const factor = (by: number) => `${by.toPrecision(2)} times`;
      const how =
        x === y ? factor(1 / x) : `${factor(1 / x)} in width and ${factor(1 / y)} in height`;
      return `are those of an image that is ${how} as large as`;
    }
    default:
      return `are ${placement.kind} against`;
  }
}

function cm(metres: number): string {
  return `${(100 * Math.abs(metres)).toFixed(0)} cm`;
}
