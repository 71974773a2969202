import { describe, expect, it } from "vitest";
import {
  cameraInfoFromRos,
  compressedImageFromRos,
  detectionsFromRos,
  imageFromRos,
  MessageError,
  scaleCameraInfo,
  transformsFromRos,
} from "../../src/camera/index.js";

const header = { stamp: { sec: 1_700_000_000, nanosec: 123_456_789 }, frame_id: "camera_optical" };
const stampNs = 1_700_000_000_123_456_789n;

const image = {
  header,
  width: 2,
  height: 1,
  encoding: "rgb8",
  is_bigendian: 0,
  step: 6,
  data: Uint8Array.of(1, 2, 3, 4, 5, 6),
};

describe("imageFromRos", () => {
  it("keeps the stamp to the nanosecond and the data as a view", () => {
    const parsed = imageFromRos(image);
    expect(parsed).toMatchObject({ stampNs, frameId: "camera_optical" });
    expect(parsed.image).toMatchObject({ kind: "raw", encoding: "rgb8", isBigEndian: false });
    expect(parsed.image.data).toBe(image.data);
  });

  it("accepts nsec, boolean is_bigendian and plain arrays", () => {
    const stamp = { sec: 1, nsec: 5 };
    const parsed = imageFromRos({
      ...image,
      header: { ...header, stamp },
      is_bigendian: true,
      data: [...image.data],
    });
    expect(parsed.stampNs).toBe(1_000_000_005n);
    expect(parsed.image.isBigEndian).toBe(true);
    expect(parsed.image.data).toEqual(image.data);
  });

  it("names the type and the field of what is no image", () => {
    expect(() => imageFromRos({ ...image, width: "2" })).toThrow(MessageError);
    expect(() => imageFromRos({ ...image, width: "2" })).toThrow(
      /sensor_msgs\/Image message: field width/,
    );
    expect(() => imageFromRos(undefined)).toThrow(MessageError);
  });
});

describe("compressedImageFromRos", () => {
  it("keeps format and data", () => {
    const data = Uint8Array.of(9);
    const parsed = compressedImageFromRos({ header, format: "rgb8; jpeg compressed bgr8", data });
    expect(parsed.image).toEqual({
      kind: "compressed",
      format: "rgb8; jpeg compressed bgr8",
      data,
    });
  });
});

const info = {
  header,
  width: 640,
  height: 480,
  distortion_model: "plumb_bob",
  d: Float64Array.of(0.1, -0.2, 0, 0, 0),
  k: Float64Array.of(500, 0, 319.5, 0, 510, 239.5, 0, 0, 1),
  r: new Float64Array(9),
  p: Float64Array.of(480, 0, 320, 0, 0, 490, 240, 0, 0, 0, 1, 0),
  binning_x: 0,
  binning_y: 0,
  roi: { x_offset: 0, y_offset: 0, width: 0, height: 0, do_rectify: false },
};

describe("cameraInfoFromRos", () => {
  it("takes K and the distortion, from typed and from plain arrays", () => {
    const expected = {
      width: 640,
      height: 480,
      fx: 500,
      fy: 510,
      cx: 319.5,
      cy: 239.5,
      distortion: { model: "plumb_bob", coefficients: [0.1, -0.2, 0, 0, 0] },
    };
    expect(cameraInfoFromRos(info)).toEqual({
      ok: true,
      info: expected,
      stampNs,
      frameId: "camera_optical",
    });
    const plain = { ...info, d: [...info.d], k: [...info.k], p: [...info.p] };
    expect(cameraInfoFromRos(plain)).toMatchObject({ info: expected });
  });

  it("takes P without distortion for rectified images", () => {
    expect(cameraInfoFromRos(info, { isRectified: true })).toMatchObject({
      info: { fx: 480, fy: 490, cx: 320, cy: 240, distortion: { model: "", coefficients: [] } },
    });
  });

  it("says that an all-zero K means not calibrated", () => {
    const result = cameraInfoFromRos({ ...info, k: new Float64Array(9) });
    expect(result).toMatchObject({ ok: false });
    expect(result).toHaveProperty(
      "reason",
      expect.stringMatching(/camera_optical is not calibrated/),
    );
  });

  it("counts the pixels of the region of interest, binned", () => {
    const roi = { x_offset: 100, y_offset: 40, width: 400, height: 200, do_rectify: false };
    const result = cameraInfoFromRos({ ...info, roi, binning_x: 2, binning_y: 2 });
    // The centre of the first binned pixel lies at 100.5, 40.5 of the full image.
    expect(result).toMatchObject({
      info: { width: 200, height: 100, fx: 250, fy: 255, cx: 109.5, cy: 99.5 },
    });
  });

  it("serves no image of the whole, where it is of a region that may be old", () => {
    const roi = { x_offset: 160, y_offset: 120, width: 320, height: 240, do_rectify: false };
    const result = cameraInfoFromRos({ ...info, roi });
    if (!result.ok) throw new Error(result.reason);
    expect(() => scaleCameraInfo(result.info, 640, 480)).toThrow(
      /roi of 320x240, but the image has 640x480/,
    );
    expect(scaleCameraInfo(result.info, 160, 120)).toMatchObject({ width: 160, fx: 250 });
  });
});

describe("cameraInfoFromRos, of intrinsics that cannot be", () => {
  const of = (fx: number, fy: number, cx: number, cy: number) =>
    cameraInfoFromRos({ ...info, k: [fx, 0, cx, 0, fy, cy, 0, 0, 1] }, { topic: "/cam/info" });

  it.each([
    [2, 1280, 960],
    [3, 1920, 1440],
    [4, 2560, 1920],
    [1 / 2, 320, 240],
    [1 / 4, 160, 120],
  ])("scales K of an image %d times as large", (factor, width, height) => {
    // The centre of a large pixel is (factor − 1)/2 small pixels after that of its first.
    const center = (c: number) => (c + 0.5) * factor - 0.5;
    const result = of(500 * factor, 510 * factor, center(330), center(229));
    if (!result.ok) throw new Error(`${width}x${height}: ${result.reason}`);
    const { fx, fy, cx, cy } = result.info;
    const expected = [500, 510, 330, 229];
    for (const [i, value] of [fx, fy, cx, cy].entries())
      expect(value).toBeCloseTo(expected[i] ?? 0);
  });

  it("scales the region of interest's intrinsics by the full image", () => {
    const roi = { x_offset: 320, y_offset: 240, width: 320, height: 240, do_rectify: false };
    expect(cameraInfoFromRos({ ...info, roi })).toMatchObject({
      info: { fx: 500, cx: -0.5, cy: -0.5 },
    });
  });

  it.each([
    [500, 510, 480, 359, /principal point \(480, 359\) is that of an image of about 960x718/],
    [900, 900, 640, 360, /outside of the image of 640x480/],
    [500, 510, 160, 90, /is that of an image of about 320x180, not of 640x480/],
    [500, 510, 0, 0, /principal point/],
    [500, 510, -10, 240, /outside/],
    [500, 510, 1e9, 240, /outside/],
    [1, 1, 320, 240, /field of view of 179.6 degrees/],
    [60_000, 60_000, 320, 240, /focal lengths of 60000 and 60000 px/],
    [0.9, 1.2, 0.5, 0.5, /principal point/],
  ])("refuses f %d %d, c %d %d with the topic's name", (fx, fy, cx, cy, why) => {
    const result = of(fx, fy, cx, cy);
    if (result.ok) throw new Error(JSON.stringify(result.info));
    expect(result.reason).toMatch(/^\/cam\/info: K cannot be right/);
    expect(result.reason).toMatch(why);
  });

  it("keeps what lenses and drivers really have", () => {
    for (const [fx, fy, cx, cy] of [
      [300, 300, 260, 300],
      [5000, 5000, 400, 200],
      [200, 210, 400, 250],
    ] as const) {
      expect(of(fx, fy, cx, cy)).toMatchObject({ info: { fx, fy, cx, cy } });
    }
  });
});

const YOLO = "yolo_msgs/msg/DetectionArray";
const VISION = "vision_msgs/msg/Detection2DArray";

describe("detectionsFromRos, of yolo_ros", () => {
  it("gives each box, its class by name", () => {
    const message = {
      header: { stamp: { sec: 1, nanosec: 5 }, frame_id: "camera" },
      detections: [
        {
          ...{ class_id: 41, class_name: "cup", score: 0.9, id: "3" },
          bbox: { center: { position: { x: 10, y: 20 }, theta: 0 }, size: { x: 4, y: 6 } },
          mask: { height: 0, width: 0, data: [] },
        },
      ],
    };
    expect(detectionsFromRos(message, YOLO)).toEqual({
      stampNs: 1_000_000_005n,
      detections: [{ classId: "cup", score: 0.9, centerX: 10, centerY: 20, sizeX: 4, sizeY: 6 }],
    });
  });

  it("gives the outline of a mask", () => {
    const corners = [
      { x: 8, y: 17 },
      { x: 12, y: 17.5 },
      { x: 10, y: 23 },
    ];
    const detection = {
      ...{ class_name: "cup", score: 0.9 },
      bbox: { center: { position: { x: 10, y: 20 }, theta: 0 }, size: { x: 4, y: 6 } },
      mask: { height: 480, width: 640, data: corners },
    };
    const read = detectionsFromRos({ header, detections: [detection] }, YOLO);
    expect(read.detections[0]?.outline).toEqual([8, 17, 12, 17.5, 10, 23]);
    const many = { ...detection, mask: { data: new Array(20_000).fill({ x: 1, y: 1 }) } };
    expect(() => detectionsFromRos({ header, detections: [many] }, YOLO)).toThrow(/Detection/);
  });
});

describe("detectionsFromRos", () => {
  const detection = { classId: "7", score: 0.9, centerX: 10, centerY: 20, sizeX: 4, sizeY: 6 };

  it("reads vision_msgs of Humble and later", () => {
    const center = { position: { x: 10, y: 20 }, theta: 0 };
    const results = [
      { hypothesis: { class_id: "7", score: 0.9 }, pose: {} },
      { hypothesis: { class_id: "mug", score: 0.1 }, pose: {} },
    ];
    const detections = [{ header, results, bbox: { center, size_x: 4, size_y: 6 }, id: "" }];
    expect(detectionsFromRos({ header, detections }, VISION)).toEqual({
      stampNs,
      detections: [detection, { ...detection, classId: "mug", score: 0.1 }],
    });
  });

  it("reads older ones: numbers as ids, the centre as a plain Pose2D", () => {
    const bbox = { center: { x: 10, y: 20, theta: 0 }, size_x: 4, size_y: 6 };
    for (const id of [7, "7", 7n]) {
      const detections = [{ header, results: [{ id, score: 0.9, pose: {} }], bbox }];
      expect(detectionsFromRos({ header, detections }, VISION).detections).toEqual([detection]);
    }
  });

  it("reads an empty list, which says that nothing was found", () => {
    expect(detectionsFromRos({ header, detections: [] }, VISION).detections).toEqual([]);
  });
});

describe("transformsFromRos", () => {
  const transform = {
    header: { ...header, frame_id: "/world" },
    child_frame_id: "/mug",
    transform: { translation: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w: 2 } },
  };

  it("strips leading slashes and normalises the rotation", () => {
    expect(transformsFromRos({ transforms: [transform] })).toEqual([
      {
        parentFrame: "world",
        childFrame: "mug",
        stampNs,
        pose: { position: [1, 2, 3], rotation: [0, 0, 0, 1] },
      },
    ]);
  });

  it("leaves out what is no transform, and keeps the rest of the message", () => {
    const { translation, rotation } = transform.transform;
    const bad = [
      { ...transform, transform: { translation, rotation: { x: 0, y: 0, z: 0, w: 0 } } },
      { ...transform, transform: { translation: { ...translation, x: Number.NaN }, rotation } },
      { ...transform, child_frame_id: "world" },
    ];
    expect(transformsFromRos({ transforms: [...bad, transform] })).toHaveLength(1);
  });
});
