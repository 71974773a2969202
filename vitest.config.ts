import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const ROS_TESTS = "test/ros-graph/**/*.test.ts";

export default defineConfig({
  test: {
    // All cores; vitest would leave one idle.
    maxWorkers: availableParallelism(),
    globalSetup: "test/support/buildWhenStale.ts",
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: [ROS_TESTS],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real processes on a ROS 2 graph, where one is sourced.
        test: {
          name: "ros",
          include: [ROS_TESTS],
          globalSetup: "test/ros-graph/workspace.ts",
          // One graph: files one after the other.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
