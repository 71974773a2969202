"""Reads and decodes every message of a recording with PyPI mcap and mcap-ros2-support; prints JSON."""

import json
import sys
import time

from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory

path, rounds = sys.argv[1], int(sys.argv[2])
times = []
count = 0
for _ in range(rounds):
    start = time.perf_counter()
    count = 0
    with open(path, "rb") as stream:
        for _ in make_reader(stream, decoder_factories=[DecoderFactory()]).iter_decoded_messages():
            count += 1
    times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"messages": count, "ms": times}))
