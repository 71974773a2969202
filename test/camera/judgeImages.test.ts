import { describe, expect, it } from "vitest";
import { findCameras, judgeImages, listCameras, type TopicInfo } from "../../src/camera/index.js";

const TYPES: Readonly<Record<string, string>> = {
  img: "sensor_msgs/msg/Image",
  jpg: "sensor_msgs/msg/CompressedImage",
  info: "sensor_msgs/msg/CameraInfo",
  boxes: "vision_msgs/msg/Detection2DArray",
  yolo: "yolo_msgs/msg/DetectionArray",
};

/** `img /a 16UC1 frame`: type, name, encoding (`-` for none), optical frame; `*3` messages. */
function topic(line: string): TopicInfo {
  const [type = "", name = "", encoding = "-", frameId = "", count = "*10"] = line.split(" ");
  return {
    name,
    type: TYPES[type] ?? type,
    messageCount: Number(count.slice(1)),
    content: {
      frameId,
      ...(encoding !== "-" && { encoding: encoding.replaceAll("_", " ").replace(";", "; ") }),
    },
  };
}

function bag(...lines: readonly string[]) {
  return { path: "run.mcap", topics: lines.map(topic) };
}

describe("cameras of drivers, as they name their topics", () => {
  it.each([
    [
      "depthai-ros",
      [
        "img /oak/rgb/image_raw bgr8 oak_rgb_camera_optical_frame",
        "img /oak/rgb/preview/image_raw bgr8 oak_rgb_camera_optical_frame",
        "info /oak/rgb/camera_info - oak_rgb_camera_optical_frame",
        "img /oak/stereo/image_raw 16UC1 oak_rgb_camera_optical_frame",
        "info /oak/stereo/camera_info - oak_rgb_camera_optical_frame",
        "img /oak/left/image_raw mono8 oak_left_camera_optical_frame",
        "info /oak/left/camera_info - oak_left_camera_optical_frame",
        "img /oak/nn/passthrough/image_raw bgr8 oak_rgb_camera_optical_frame",
        "boxes /oak/nn/detections - oak_rgb_camera_optical_frame",
      ],
      {
        color: "/oak/rgb/image_raw",
        info: "/oak/rgb/camera_info",
        depth: "/oak/stereo/image_raw",
        depthInfo: "/oak/stereo/camera_info",
        detections: "/oak/nn/detections",
      },
    ],
    [
      "Gazebo Sim",
      [
        "img /rgbd_camera/image rgb8 camera_link",
        "img /rgbd_camera/depth_image 32FC1 camera_link",
        "info /rgbd_camera/camera_info - camera_link",
        "img /panoptic/colored_map rgb8 camera_link",
        "img /panoptic/labels_map rgb8 camera_link",
        "info /panoptic/camera_info - camera_link",
      ],
      {
        color: "/rgbd_camera/image",
        info: "/rgbd_camera/camera_info",
        depth: "/rgbd_camera/depth_image",
        labels: "/panoptic/labels_map",
        labelsInfo: "/panoptic/camera_info",
      },
    ],
    [
      "Isaac Sim",
      [
        "img /rgb rgb8 sim_camera",
        "img /depth 32FC1 sim_camera",
        "info /camera_info - sim_camera",
        "img /instance_segmentation 32SC1 sim_camera",
      ],
      { color: "/rgb", info: "/camera_info", depth: "/depth", labels: "/instance_segmentation" },
    ],
    [
      "Webots",
      [
        "img /robot/camera/image_color bgra8 camera",
        "info /robot/camera/camera_info - camera",
        "img /robot/range_finder/image 32FC1 range_finder",
      ],
      {
        color: "/robot/camera/image_color",
        info: "/robot/camera/camera_info",
        depth: "/robot/range_finder/image",
      },
    ],
    [
      "Orbbec",
      [
        "img /camera/color/image_raw rgb8 camera_color_optical_frame",
        "info /camera/color/camera_info - camera_color_optical_frame",
        "img /camera/depth/image_raw 16UC1 camera_color_optical_frame",
        "info /camera/depth/camera_info - camera_color_optical_frame",
        "img /camera/left_ir/image_raw mono8 camera_left_ir_optical_frame",
        "img /camera/ir/image_raw mono16 camera_ir_optical_frame",
      ],
      {
        color: "/camera/color/image_raw",
        info: "/camera/color/camera_info",
        depth: "/camera/depth/image_raw",
        depthInfo: "/camera/depth/camera_info",
      },
    ],
    [
      "ZED 5 with raw, grey and left images",
      [
        "img /zed/zed_node/rgb/color/rect/image bgra8 zed_left_camera_optical_frame",
        "img /zed/zed_node/rgb/color/rect/image/compressed jpeg zed_left_camera_optical_frame",
        "info /zed/zed_node/rgb/color/rect/camera_info - zed_left_camera_optical_frame",
        "img /zed/zed_node/rgb/gray/rect/image mono8 zed_left_camera_optical_frame",
        "img /zed/zed_node/left/color/rect/image bgra8 zed_left_camera_optical_frame",
        "info /zed/zed_node/left/color/rect/camera_info - zed_left_camera_optical_frame",
        "img /zed/zed_node/depth/depth_registered 32FC1 zed_left_camera_optical_frame",
        "img /zed/zed_node/confidence/confidence_map 32FC1 zed_left_camera_optical_frame",
        "img /zed/zed_node/disparity/disparity_image 32FC1 zed_left_camera_optical_frame",
      ],
      {
        color: "/zed/zed_node/rgb/color/rect/image",
        info: "/zed/zed_node/rgb/color/rect/camera_info",
        depth: "/zed/zed_node/depth/depth_registered",
      },
    ],
    [
      "usb_cam with a detector of any name",
      [
        "img /image_raw yuv422_yuy2 default_cam",
        "info /camera_info - default_cam",
        "img /who_knows rgb8 default_cam",
        "yolo /yolo/detections - default_cam",
        "img /yolo/dbg_image bgr8 default_cam",
      ],
      { color: "/image_raw", info: "/camera_info", detections: "/yolo/detections" },
    ],
    [
      "a camera whose intrinsics lie elsewhere",
      [
        "img /wrist/picture rgb8 tool_cam",
        "info /calibration/tool - tool_cam",
        "info /calibration/base - base_cam",
        "img /range 16UC1 tool_cam",
      ],
      { color: "/wrist/picture", info: "/calibration/tool", depth: "/range" },
    ],
  ])("%s", (_, lines, expected) => {
    const [camera, ...others] = findCameras(bag(...lines), []);
    expect(others).toEqual([]);
    expect(camera).toEqual({ name: expected.color, ...expected });
  });
});

describe("judgeImages", () => {
  const roleOf = (line: string) => [...judgeImages([topic(line)]).values()][0]?.role;

  it.each([
    ["img /stereo/image 16UC1", "depth"],
    ["img /a 32FC1", "depth"],
    ["img /masks 16UC1", "labels"],
    ["img /thermal/image_raw 16UC1", "other"],
    ["img /confidence/map 32FC1", "other"],
    ["img /camera/depth/image_colored bgr8", "other"],
    ["img /camera/depth/image_raw rgb8", "other"],
    ["img /camera/depth/image_raw mono8", "other"],
    ["img /camera/depth/image_raw mono16", "depth"],
    ["img /depth_camera/image_raw rgb8", "color"],
    ["img /depth_camera 32FC1", "depth"],
    ["img /anything 32SC1", "labels"],
    ["img /cam/segmentation mono8", "labels"],
    ["jpg /cam/labels/compressed mono8;png_compressed_", "labels"],
    ["jpg /cam/labels/compressed mono8;jpeg_compressed_", "other"],
    ["img /cam/labels_overlay rgb8", "other"],
    ["img /apriltag/detections_image bgr8", "other"],
    ["jpg /spatial_reward/image/compressed jpeg", "other"],
    ["img /surface_normals 32FC3", "other"],
    ["img /cam/image_raw bayer_rggb8", "color"],
    ["img /cam/image_raw mono8", "color"],
    ["jpg /cam/depth/image_raw/compressedDepth 16UC1;compressedDepth_png", "depth"],
  ])("%s is %s", (line, role) => {
    expect(roleOf(line)).toBe(role);
  });

  it("says what a picture without camera_info was made of", () => {
    const verdicts = judgeImages(
      bag(
        "img /cam/image_raw rgb8 cam",
        "info /cam/camera_info - cam",
        "img /tracker/out rgb8 cam",
        "img /other/image_raw rgb8 other",
      ).topics,
    );
    expect(verdicts.get("/tracker/out")).toMatchObject({
      isCamera: false,
      why: expect.stringContaining("made of /cam/image_raw"),
    });
    expect(verdicts.get("/other/image_raw")).toMatchObject({ isCamera: true });
  });

  it("keeps two cameras with drivers' default frame, each with its camera_info", () => {
    const cameras = listCameras(
      bag(
        "img /left/image_raw rgb8 default_cam",
        "info /left/camera_info - default_cam",
        "img /right/image_raw rgb8 default_cam",
        "info /right/camera_info - default_cam",
      ),
    );
    expect(cameras.map(({ color, info }) => [color, info])).toEqual([
      ["/left/image_raw", "/left/camera_info"],
      ["/right/image_raw", "/right/camera_info"],
    ]);
  });
});

describe("depth and labels of a camera", () => {
  it("raw depth before its lossy transport, whatever was recorded more of", () => {
    const found = findCameras(
      bag(
        "img /cam/color/image_raw rgb8 c *4",
        "img /cam/depth/image_raw 16UC1 c *3",
        "jpg /cam/depth/image_raw/compressed 16UC1;jpeg_compressed_ c *4",
      ),
      [],
    );
    expect(found[0]?.depth).toBe("/cam/depth/image_raw");
    const named = { name: "cam", color: "/cam/color/image_raw", depth: "/cam/depth/image" };
    const transports = bag(
      "img /cam/color/image_raw rgb8 c *4",
      "jpg /cam/depth/image/compressed 16UC1;jpeg_compressed_ c *4",
      "jpg /cam/depth/image/compressedDepth 16UC1;compressedDepth c *3",
    );
    expect(findCameras(transports, [named])[0]?.depth).toBe("/cam/depth/image/compressedDepth");
  });

  it("by the optical frame before the name, and never those of another camera", () => {
    const two = bag(
      "img /front/image_raw rgb8 front",
      "img /back/image_raw rgb8 back",
      "img /range/one 16UC1 back",
      "img /range/two 16UC1 front",
      "img /masks/one mono8 back",
    );
    const cameras = listCameras(two);
    expect(cameras).toEqual([
      {
        name: "/back/image_raw",
        color: "/back/image_raw",
        depth: "/range/one",
        labels: "/masks/one",
      },
      { name: "/front/image_raw", color: "/front/image_raw", depth: "/range/two" },
    ]);
    expect(findCameras(two, [{ name: "front", color: "/front/image_raw" }])).toEqual([
      { name: "front", color: "/front/image_raw", depth: "/range/two" },
    ]);
  });

  it("ids of whole numbers before those in colours", () => {
    const found = findCameras(
      bag("img /cam/image rgb8 c", "img /cam/labels rgb8 c", "img /cam/masks mono16 c"),
      [],
    );
    expect(found[0]?.labels).toBe("/cam/masks");
  });
});

describe("a topic without messages", () => {
  it("is named where it would be the camera", () => {
    expect(() => findCameras(bag("img /cam/image_raw - c *0"), [])).toThrow(
      /Without a single message: \/cam\/image_raw\./,
    );
    const named = { name: "front", color: "/cam/image_raw" };
    expect(() => findCameras(bag("img /cam/image_raw - c *0"), [named])).toThrow(
      /Camera "front", color: \/cam\/image_raw in run\.mcap has no messages/,
    );
  });

  it("gives way to its transport that has some", () => {
    const found = findCameras(
      bag("img /cam/image_raw - c *0", "jpg /cam/image_raw/compressed jpeg c *5"),
      [{ name: "front", color: "/cam/image_raw" }],
    );
    expect(found[0]?.color).toBe("/cam/image_raw/compressed");
  });
});
