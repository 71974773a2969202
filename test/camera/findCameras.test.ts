import { describe, expect, it } from "vitest";
import { CameraChoiceError, findCameras, listCameras } from "../../src/camera/index.js";
import type { BagInfo } from "../../src/sources/index.js";

const types: Readonly<Record<string, string>> = {
  img: "sensor_msgs/msg/Image",
  jpg: "sensor_msgs/msg/CompressedImage",
  info: "sensor_msgs/msg/CameraInfo",
  names: "vision_msgs/msg/LabelInfo",
  boxes: "vision_msgs/msg/Detection2DArray",
  text: "std_msgs/msg/String",
};

/** `info("img /a", "jpg /b 5")`: type, name, and count where it is not 100. */
function info(...topics: string[]): BagInfo {
  return {
    path: "run.mcap",
    name: "run",
    storage: "mcap",
    files: [],
    sizeBytes: 0,
    compression: [],
    messageCount: 0,
    startNs: 0n,
    endNs: 0n,
    damage: [],
    topics: topics.map((line) => {
      const [type, name, count = "100"] = line.split(" ");
      return { name: name!, type: types[type!]!, messageCount: Number(count) };
    }),
  };
}

describe("findCameras without names", () => {
  it("takes the one colour camera with all that lies beside it", () => {
    const bag = info(
      "img /camera/color/image_raw",
      "info /camera/color/camera_info",
      "img /camera/depth/image_rect_raw",
      "info /camera/depth/camera_info",
      "img /camera/labels",
      "names /camera/label_info",
      "boxes /camera/detections",
      "text /chatter",
    );
    expect(findCameras(bag, [])).toEqual([
      {
        name: "/camera/color/image_raw",
        color: "/camera/color/image_raw",
        info: "/camera/color/camera_info",
        depthInfo: "/camera/depth/camera_info",
        depth: "/camera/depth/image_rect_raw",
        labels: "/camera/labels",
        labelInfo: "/camera/label_info",
        detections: "/camera/detections",
      },
    ]);
  });

  it.each([
    [
      "RealSense, depth aligned by the driver",
      "/camera/color/image_raw",
      [
        "img /camera/color/image_raw",
        "img /camera/depth/image_rect_raw",
        "img /camera/aligned_depth_to_color/image_raw",
        "img /camera/infra1/image_rect_raw",
      ],
      "/camera/aligned_depth_to_color/image_raw",
    ],
    [
      "OpenNI",
      "/camera/rgb/image_raw",
      [
        "img /camera/rgb/image_raw",
        "img /camera/rgb/image_rect_color",
        "img /camera/depth/image_raw",
        "img /camera/depth_registered/image_raw",
      ],
      "/camera/depth_registered/image_raw",
    ],
    [
      "ZED",
      "/zed/zed_node/rgb/image_rect_color",
      [
        "img /zed/zed_node/rgb/image_rect_color",
        "img /zed/zed_node/depth/depth_registered",
        "img /zed/zed_node/confidence/confidence_map",
      ],
      "/zed/zed_node/depth/depth_registered",
    ],
    [
      "Azure Kinect, at the root",
      "/rgb/image_raw",
      [
        "img /rgb/image_raw",
        "img /depth/image_raw",
        "img /depth_to_rgb/image_raw",
        "img /ir/image_raw",
      ],
      "/depth_to_rgb/image_raw",
    ],
    [
      "Gazebo's depth camera",
      "/depth_camera/image_raw",
      ["img /depth_camera/image_raw", "img /depth_camera/depth/image_raw"],
      "/depth_camera/depth/image_raw",
    ],
    [
      "compressed depth alone",
      "/cam/color/image_raw/compressed",
      ["jpg /cam/color/image_raw/compressed", "jpg /cam/depth/image_raw/compressedDepth"],
      "/cam/depth/image_raw/compressedDepth",
    ],
  ])("knows the topics of %s", (_, color, topics, depth) => {
    expect(findCameras(info(...topics), [])).toEqual([{ name: color, color, depth }]);
  });

  it("takes raw before compressed, but the one of which more was recorded", () => {
    const raw = "/cam/image_raw";
    const compressed = `${raw}/compressed`;
    expect(findCameras(info(`img ${raw}`, `jpg ${compressed}`), [])[0]?.color).toBe(raw);
    expect(findCameras(info(`img ${raw} 3`, `jpg ${compressed}`), [])[0]?.color).toBe(compressed);
    expect(findCameras(info(`img ${raw} 0`, `jpg ${compressed}`), [])[0]?.color).toBe(compressed);
  });

  it("lists them where there are several, and says what to write", () => {
    const bag = info("img /front/image_raw", "img /wrist/image_raw", "img /front/depth/image_raw");
    expect(() => findCameras(bag, [])).toThrow(CameraChoiceError);
    expect(() => findCameras(bag, [])).toThrow(
      /2 colour cameras:\n {2}\/front\/image_raw\n {2}\/wrist\/image_raw\n.*--camera \/front\/image_raw/,
    );
  });

  it("says what there is where there is none", () => {
    const bag = info("img /camera/depth/image_raw", "text /chatter");
    expect(() => findCameras(bag, [])).toThrow(
      /no colour camera[\s\S]*\/camera\/depth\/image_raw[\s\S]*\/chatter {2}std_msgs\/msg\/String/,
    );
    expect(() => findCameras(info(), [])).toThrow(/It is empty/);
  });
});

describe("findCameras with names", () => {
  const bag = info(
    "img /front/color/image_raw",
    "img /front/depth/image_raw",
    "jpg /wrist/image_raw/compressed",
    "info /wrist/camera_info",
    "img /wrist/depth/image_raw",
    "img /wrist/segmentation/mask",
    "boxes /detector/boxes",
  );

  it("gives each camera what lies in its own namespace", () => {
    const wanted = [
      { name: "front", color: "/front/color/image_raw" },
      { name: "wrist", color: "/wrist/image_raw" },
    ];
    expect(findCameras(bag, wanted)).toEqual([
      { name: "front", color: "/front/color/image_raw", depth: "/front/depth/image_raw" },
      {
        name: "wrist",
        color: "/wrist/image_raw/compressed",
        info: "/wrist/camera_info",
        depth: "/wrist/depth/image_raw",
        labels: "/wrist/segmentation/mask",
      },
    ]);
    expect(listCameras(bag).map(({ color }) => color)).toEqual([
      "/front/color/image_raw",
      "/wrist/image_raw/compressed",
    ]);
  });

  it("gives the only camera what lies elsewhere, but not what is another's", () => {
    expect(findCameras(bag, [{ name: "front", color: "/front/color/image_raw" }])).toEqual([
      {
        name: "front",
        color: "/front/color/image_raw",
        depth: "/front/depth/image_raw",
        detections: "/detector/boxes",
      },
    ]);
  });

  it("keeps the topics that are named", () => {
    const wanted = {
      name: "front",
      color: "/front/color/image_raw",
      depth: "/wrist/depth/image_raw",
    };
    expect(findCameras(bag, [wanted])[0]?.depth).toBe("/wrist/depth/image_raw");
  });

  it("keeps how stamps are paired", () => {
    const pairing = { toleranceS: 0.04, offsetS: 0.028 };
    const wanted = { name: "front", color: "/front/color/image_raw", pairing };
    expect(findCameras(bag, [wanted])[0]?.pairing).toEqual(pairing);
  });

  it("suggests the nearest name for a topic that is not there, and lists all", () => {
    const wanted = { name: "front", color: "/front/colour/image_raw" };
    expect(() => findCameras(bag, [wanted])).toThrow(
      /Camera "front", color: run\.mcap has no topic \/front\/colour\/image_raw\. Did you mean \/front\/color\/image_raw\? Its topics:\n {2}\/front\/color\/image_raw/,
    );
  });

  it("says what a topic is that is no image", () => {
    const wanted = { name: "front", color: "/detector/boxes" };
    expect(() => findCameras(bag, [wanted])).toThrow(
      /is a vision_msgs\/msg\/Detection2DArray, not a/,
    );
  });
});
