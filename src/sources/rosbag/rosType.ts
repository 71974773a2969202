/** What a message is read as, and what the file calls it where that differs. */
export interface RosType {
  /** `pkg/msg/Type` for everything that has one; any other name as it is. */
  readonly type: string;
  readonly recordedAs?: RecordedAs;
}

/** How a file that is not ROS 2's CDR describes a topic. */
export interface RecordedAs {
  /** `sensor_msgs/Image` of ROS 1, `foxglove.RawImage`, … */
  readonly type: string;
  /** `ros1`, `protobuf`, `json`; `cdr` where only the type is another. */
  readonly encoding: string;
}

/** Foxglove's schemas, and the messages of ROS 2 that they are read as. */
const READ_AS: Readonly<Record<string, string>> = {
  CompressedImage: "sensor_msgs/msg/CompressedImage",
  RawImage: "sensor_msgs/msg/Image",
  CompressedVideo: "foxglove_msgs/msg/CompressedVideo",
  CameraCalibration: "sensor_msgs/msg/CameraInfo",
  FrameTransform: "tf2_msgs/msg/TFMessage",
  FrameTransforms: "tf2_msgs/msg/TFMessage",
};
const FOXGLOVE = /^foxglove(?:_msgs)?(?:\.|::|\/)(?:msg(?:::|\/))?(\w+)$/;

/** The name of a Foxglove schema (`RawImage`) that has a counterpart in ROS 2. */
export function foxgloveSchema(type: string): string | undefined {
  const name = FOXGLOVE.exec(type)?.[1];
  return name !== undefined && Object.hasOwn(READ_AS, name) ? name : undefined;
}

/**
 * The ROS 2 type that messages are read as. Some writers say `pkg/Type` or `pkg::msg::Type` where
 * ROS 2 says `pkg/msg/Type`; ROS 1 and Foxglove have names of their own.
 *
 * @param encoding how messages are encoded: `cdr`, `ros1`, `protobuf`, `json`
 */
export function rosTypeOf(name: string, encoding: string): RosType {
  const schema = foxgloveSchema(name);
  const plain = spelledType(name);
  const type =
    schema !== undefined
      ? (READ_AS[schema] ?? plain)
      : encoding === "ros1" && name === "tf/tfMessage"
        ? "tf2_msgs/msg/TFMessage"
        : plain;
  const isRos2 = encoding === "cdr" && type === plain;
  return isRos2 || name === "" ? { type } : { type, recordedAs: { type: name, encoding } };
}

/** `pkg/msg/Type`, however a writer spells it: `pkg/Type`, DDS's `pkg::msg::dds_::Type_`, … */
export function spelledType(name: string): string {
  const all = name.split(/::|\//);
  const parts = all.filter((part) => part !== "dds_");
  const last = (parts[parts.length - 1] ?? "").replace(all.length > parts.length ? /_$/ : /$^/, "");
  const folders = parts.slice(0, -1);
  return folders.length === 1 ? `${folders[0]}/msg/${last}` : [...folders, last].join("/");
}
