import { z } from "zod";
import { parseMessage } from "./rosMessage.js";

const labelInfoSchema = z.object({
  class_map: z.array(z.object({ class_id: z.number().int(), class_name: z.string() })),
});

/**
 * A vision_msgs/LabelInfo: the names of the ids in a label image.
 *
 * @throws MessageError
 */
export function labelNamesFromRos(message: unknown): ReadonlyMap<number, string> {
  const { class_map } = parseMessage(labelInfoSchema, "vision_msgs/LabelInfo", message);
  return new Map(class_map.map(({ class_id, class_name }) => [class_id, class_name]));
}
