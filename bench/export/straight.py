"""The straight way from a bag to a LeRobot data set's files: rosbags, PyAV and pyarrow.

Reads all messages once; every 1/fps s takes the picture, the newest joints and the next command;
encodes AV1 as LeRobot does. No rewards, no statistics, no checks. Prints seconds as JSON.
"""

import io
import json
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from rosbags.highlevel import AnyReader
from rosbags.typesys import Stores, get_typestore


def main(bag: str, out: str, fps: int) -> None:
    start, cpu = time.perf_counter(), time.process_time()
    Path(out).mkdir(parents=True)
    rows, joints, pending = [], None, None
    video = av.open(f"{out}/video.mp4", "w")
    options = {"g": "2", "crf": "30", "preset": "12"}
    stream = None
    next_ns = None
    with AnyReader([Path(bag)], default_typestore=get_typestore(Stores.ROS2_HUMBLE)) as reader:
        for connection, _, raw in reader.messages():
            message = reader.deserialize(raw, connection.msgtype)
            ns = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
            if connection.topic == "/joint_states":
                joints = list(message.position)
            elif connection.topic == "/arm/joint_commands":
                if pending is not None:
                    rows.append((*pending, list(message.position)))
                    pending = None
            elif next_ns is None or ns >= next_ns - 5 * 10**6:
                next_ns = (ns if next_ns is None else next_ns) + 10**9 // fps
                if connection.msgtype.endswith("CompressedImage"):
                    pixels = np.asarray(Image.open(io.BytesIO(message.data)))
                else:
                    pixels = message.data.reshape(message.height, message.width, 3)
                if stream is None:
                    stream = video.add_stream("libsvtav1", fps, options=options)
                    stream.height, stream.width = pixels.shape[:2]
                    stream.pix_fmt = "yuv420p"
                    stream.time_base = Fraction(1, fps)
                for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                    video.mux(packet)
                pending = (len(rows), joints)
    for packet in stream.encode():
        video.mux(packet)
    video.close()
    index, state, action = zip(*rows, strict=True)
    table = pa.table({"index": index, "observation.state": state, "action": action})
    pq.write_table(table, f"{out}/rows.parquet")
    seconds = time.perf_counter() - start
    print(json.dumps({"rows": len(rows), "s": seconds, "cpu_s": time.process_time() - cpu}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
