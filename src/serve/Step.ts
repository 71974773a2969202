import * as z from "zod";
import { atMost, bytes } from "../http/index.js";

/** Bytes of a pixel, by encoding. */
const COLOR = { rgb8: 3, bgr8: 3, rgba8: 4, mono8: 1 } as const;
const DEPTH = { "32FC1": 4, "16UC1": 2 } as const;
const LABELS = { "8UC1": 1, "16UC1": 2, "32SC1": 4 } as const;

/** Larger images are a mistake. */
const MOST_PIXELS_A_SIDE = 16_384;

/** Stamps are kept as signed 64-bit nanoseconds; the clock of a machine is far from their end. */
const LAST_TIME_S = 9_000_000_000;

/** More of them in one step are a mistake. */
const MOST_POSES = 1000;
const MOST_JOINTS = 1000;
const MOST_LABELS = 2 ** 16;

const side = z.int().min(1).max(MOST_PIXELS_A_SIDE);
const name = z.string().min(1).max(200);
const number = z.number();

/** Pixels without compression: little-endian, row by row, no padding. */
function pixels<E extends string>(bytesPerPixel: Readonly<Record<E, number>>) {
  const encodings = Object.keys(bytesPerPixel) as [E, ...E[]];
  return z
    .strictObject({ data: bytes, encoding: z.enum(encodings), width: side, height: side })
    .superRefine(({ data, encoding, width, height }, context) => {
      const expected = width * height * bytesPerPixel[encoding as E];
      if (data.length === expected) return;
      const message = `must be ${expected} bytes for ${width}x${height} of ${encoding}, not ${data.length}`;
      context.addIssue({ code: "custom", path: ["data"], message });
    });
}

const picture = z.strictObject({
  data: bytes,
  encoding: z.enum(["jpeg", "png", "webp"]),
  width: side.optional(),
  height: side.optional(),
});

const imageSchema = z
  .discriminatedUnion("encoding", [pixels(COLOR), picture])
  .meta({ id: "Image" });

const names = atMost(
  MOST_LABELS,
  "labels",
  z.record(z.string().regex(/^\d{1,5}$/, "must be the number of a label"), name),
);

export const labelsSchema = pixels(LABELS).safeExtend({ names: names.optional() }).meta({
  id: "Labels",
  description: "Instance ids; 0 is background. Names hold until others come.",
});

export const depthSchema = pixels(DEPTH).meta({
  id: "Depth",
  description:
    "Registered to the image: 32FC1 in metres, 16UC1 in millimetres; NaN or 0: no depth.",
});

export const cameraSchema = z
  .strictObject({
    k: atMost(9, "numbers", z.array(number).length(9)).meta({
      description: "Rows of the camera matrix, pixels",
    }),
    width: side.optional(),
    height: side.optional(),
    distortion: z
      .strictObject({
        model: z.string().max(64),
        coefficients: atMost(14, "numbers", z.array(number).max(14)),
      })
      .optional(),
  })
  .meta({ id: "Camera", description: "Holds until another comes." });

const quaternion = z
  .tuple([number, number, number, number])
  .refine((q) => Math.abs(Math.hypot(...q) - 1) < 0.01, "must be a unit quaternion x, y, z, w");

const poseSchema = z
  .strictObject({
    frame: name,
    parent: name,
    position: z.tuple([number, number, number]).meta({ description: "m" }),
    orientation: quaternion,
    static: z.boolean().optional().meta({ description: "Holds from now on, as /tf_static does." }),
  })
  .meta({ id: "Pose" });

const jointsSchema = atMost(MOST_JOINTS, "joints", z.record(name, number)).meta({ id: "Joints" });

export const stepSchema = z
  .strictObject({
    image: imageSchema,
    time_s: z.number().min(0).max(LAST_TIME_S).optional(),
    stamp_ns: z
      .string()
      .regex(/^\d{1,19}$/, "must be nanoseconds as a decimal string")
      .refine((ns) => Number(ns) <= LAST_TIME_S * 1e9, `must be at most ${LAST_TIME_S} s`)
      .optional(),
    depth: depthSchema.optional(),
    labels: labelsSchema.optional(),
    camera: cameraSchema.optional(),
    poses: atMost(MOST_POSES, "poses", z.array(poseSchema).max(MOST_POSES)).optional(),
    joints: jointsSchema.optional(),
  })
  .refine(({ time_s, stamp_ns }) => time_s === undefined || stamp_ns === undefined, {
    error: "give time_s or stamp_ns, not both",
    path: ["stamp_ns"],
  })
  .meta({ id: "Step" });

/** What a client tells of one step. */
export type Step = z.infer<typeof stepSchema>;
