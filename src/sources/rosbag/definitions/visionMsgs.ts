/**
 * The part of vision_msgs 4 (Humble and later) that a bag of ours can hold. vision_msgs is not in
 * ROS 2's common interfaces, and so not in @foxglove/rosmsg-msgs-common.
 */
export const visionMsgs: Readonly<Record<string, string>> = {
  "vision_msgs/LabelInfo": `std_msgs/Header header
vision_msgs/VisionClass[] class_map
float32 threshold
`,
  "vision_msgs/VisionClass": `uint16 class_id
string class_name
`,
  "vision_msgs/Detection2DArray": `std_msgs/Header header
vision_msgs/Detection2D[] detections
`,
  "vision_msgs/Detection2D": `std_msgs/Header header
vision_msgs/ObjectHypothesisWithPose[] results
vision_msgs/BoundingBox2D bbox
string id
`,
  "vision_msgs/Detection3DArray": `std_msgs/Header header
vision_msgs/Detection3D[] detections
`,
  "vision_msgs/Detection3D": `std_msgs/Header header
vision_msgs/ObjectHypothesisWithPose[] results
vision_msgs/BoundingBox3D bbox
string id
`,
  "vision_msgs/BoundingBox3D": `geometry_msgs/Pose center
geometry_msgs/Vector3 size
`,
  "vision_msgs/ObjectHypothesisWithPose": `vision_msgs/ObjectHypothesis hypothesis
geometry_msgs/PoseWithCovariance pose
`,
  "vision_msgs/ObjectHypothesis": `string class_id
float64 score
`,
  "vision_msgs/BoundingBox2D": `vision_msgs/Pose2D center
float64 size_x
float64 size_y
`,
  "vision_msgs/Pose2D": `vision_msgs/Point2D position
float64 theta
`,
  "vision_msgs/Point2D": `float64 x
float64 y
`,
};
