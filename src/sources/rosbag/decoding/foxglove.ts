/**
 * Foxglove's schemas as the messages of ROS 2 that they correspond to
 * (https://docs.foxglove.dev/docs/sdk/schemas). The same fields come from protobuf, JSON and CDR;
 * times and bytes differ in their form.
 */
type Fields = Readonly<Record<string, unknown>>;

/** Turns a decoded Foxglove message into a ROS 2 one, by the name of its schema. */
export const FROM_FOXGLOVE: Readonly<Record<string, (message: Fields) => unknown>> = {
  CompressedImage: (message) => ({
    header: headerOf(message),
    format: textOf(message.format),
    data: bytesOf(message.data),
  }),
  RawImage: (message) => ({
    header: headerOf(message),
    height: numberOf(message.height),
    width: numberOf(message.width),
    encoding: textOf(message.encoding),
    is_bigendian: 0,
    step: numberOf(message.step),
    data: bytesOf(message.data),
  }),
  CompressedVideo: (message) => ({
    timestamp: timeOf(message.timestamp),
    frame_id: textOf(message.frame_id),
    data: bytesOf(message.data),
    format: textOf(message.format),
  }),
  CameraCalibration: (message) => ({
    header: headerOf(message),
    height: numberOf(message.height),
    width: numberOf(message.width),
    distortion_model: textOf(message.distortion_model),
    d: numbersOf(message.D ?? message.d),
    k: numbersOf(message.K ?? message.k, 9),
    r: numbersOf(message.R ?? message.r, 9),
    p: numbersOf(message.P ?? message.p, 12),
    binning_x: 0,
    binning_y: 0,
    roi: { x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false },
  }),
  FrameTransform: (message) => ({ transforms: [transformOf(message)] }),
  FrameTransforms: ({ transforms }) => ({
    transforms: Array.isArray(transforms) ? transforms.map(transformOf) : [],
  }),
};

function headerOf(message: Fields) {
  return { stamp: timeOf(message.timestamp), frame_id: textOf(message.frame_id) };
}

function transformOf(message: unknown) {
  const fields = fieldsOf(message);
  const translation = fieldsOf(fields.translation);
  const rotation = fieldsOf(fields.rotation);
  return {
    header: { stamp: timeOf(fields.timestamp), frame_id: textOf(fields.parent_frame_id) },
    child_frame_id: textOf(fields.child_frame_id),
    transform: {
      translation: {
        x: numberOf(translation.x),
        y: numberOf(translation.y),
        z: numberOf(translation.z),
      },
      rotation: {
        x: numberOf(rotation.x),
        y: numberOf(rotation.y),
        z: numberOf(rotation.z),
        w: numberOf(rotation.w),
      },
    },
  };
}

/** CDR says sec and nanosec, JSON sec and nsec, protobuf seconds and nanos. */
function timeOf(value: unknown): { readonly sec: number; readonly nanosec: number } {
  const time = fieldsOf(value);
  return {
    sec: numberOf(time.sec ?? time.seconds),
    nanosec: numberOf(time.nanosec ?? time.nsec ?? time.nanos),
  };
}

/** JSON has bytes as base64. */
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return new Uint8Array(Buffer.from(value, "base64"));
  return Uint8Array.from(Array.isArray(value) ? value.map(numberOf) : []);
}

/** protobuf leaves out what is zero; K, R and P have a length of their own then. */
function numbersOf(value: unknown, length = 0): Float64Array {
  const numbers = ArrayBuffer.isView(value) && !(value instanceof DataView) ? value : undefined;
  const found = Float64Array.from(
    (numbers as unknown as ArrayLike<number>) ?? (Array.isArray(value) ? value.map(numberOf) : []),
  );
  return found.length === 0 ? new Float64Array(length) : found;
}

/** 64-bit integers of protobuf are objects of their own where they are large. */
function numberOf(value: unknown): number {
  return value === undefined || value === null ? 0 : Number(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
