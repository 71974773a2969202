import type { MessageDefinition } from "@foxglove/message-definition";
import { MASK_FIELD, type MaskLayout } from "../../../camera/index.js";
import type { RecordedSchema } from "../BagFile.js";

/** Worth a look: parsing takes longer to load than all the rest of what tells topics apart. */
const MAY_HOLD_MASKS = /Image\b/;

/**
 * Whether a type has a mask for each object, by its recorded definition, and whether
 * `detectionsFromRos` can read it. Undefined for every other type.
 */
export async function maskLayout(
  schema: RecordedSchema | undefined,
): Promise<MaskLayout | undefined> {
  if (!schema || !MAY_HOLD_MASKS.test(schema.text) || !MASK_FIELD.test(schema.text)) {
    return undefined;
  }
  try {
    return layoutOf(await definitionsOf(schema));
  } catch {
    // A definition that cannot be read is told where its messages are.
    return undefined;
  }
}

async function definitionsOf(schema: RecordedSchema): Promise<readonly MessageDefinition[]> {
  if (schema.encoding !== "ros1msg") return (await import("./parseSchema.js")).parseSchema(schema);
  const { parse } = await import("@foxglove/rosmsg");
  return parse(schema.text);
}

function layoutOf([root, ...others]: readonly MessageDefinition[]): MaskLayout | undefined {
  const lists = root?.definitions.filter(({ isArray }) => isArray === true) ?? [];
  const kinds = lists.flatMap(({ name, type }) => {
    const direct = imageKind(type);
    if (direct) return MASK_FIELD.test(name) ? [direct] : [];
    const element = others.find((other) => other.name === type);
    return (element?.definitions ?? []).flatMap((field) => {
      const kind = field.isArray === true ? undefined : imageKind(field.type);
      return kind && MASK_FIELD.test(`${name} ${type} ${field.name}`) ? [kind] : [];
    });
  });
  if (kinds.length === 0) return undefined;
  if (!kinds.includes("Image")) {
    const why =
      "masks that are compressed as pictures (sensor_msgs/CompressedImage) are not read; record them as sensor_msgs/Image";
    return { isReadable: false, why };
  }
  if (!root?.definitions.some(({ name }) => name === "header")) {
    return {
      isReadable: false,
      why: "masks without a header: of which image they are is not told",
    };
  }
  return { isReadable: true };
}

function imageKind(type: string): "Image" | "CompressedImage" | undefined {
  const kind = /^sensor_msgs\/(?:msg\/)?(Image|CompressedImage)$/.exec(type)?.[1];
  return kind as "Image" | "CompressedImage" | undefined;
}
