/**
 * foxglove_msgs and ffmpeg_image_transport_msgs, as far as a camera's messages are of them. They
 * are not in ROS 2's common interfaces, and a .db3 of before ROS 2 Iron does not describe them.
 */
export const videoMsgs: Readonly<Record<string, string>> = {
  "ffmpeg_image_transport_msgs/FFMPEGPacket": `std_msgs/Header header
int32 width
int32 height
string encoding
uint64 pts
uint8 flags
bool is_bigendian
uint8[] data
`,
  "foxglove_msgs/CompressedVideo": `builtin_interfaces/Time timestamp
string frame_id
uint8[] data
string format
`,
  "foxglove_msgs/CompressedImage": `builtin_interfaces/Time timestamp
string frame_id
uint8[] data
string format
`,
  "foxglove_msgs/RawImage": `builtin_interfaces/Time timestamp
string frame_id
uint32 width
uint32 height
string encoding
uint32 step
uint8[] data
`,
  "foxglove_msgs/CameraCalibration": `builtin_interfaces/Time timestamp
string frame_id
uint32 width
uint32 height
string distortion_model
float64[] d
float64[9] k
float64[9] r
float64[12] p
`,
  "foxglove_msgs/FrameTransform": `builtin_interfaces/Time timestamp
string parent_frame_id
string child_frame_id
geometry_msgs/Vector3 translation
geometry_msgs/Quaternion rotation
`,
  "foxglove_msgs/FrameTransforms": `foxglove_msgs/FrameTransform[] transforms
`,
};
