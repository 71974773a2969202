import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ParameterError } from "../../src/ros/index.js";
import { matchesNode } from "../../src/ros/parameters/ParameterStore.js";
import { parseParameterFile } from "../../src/ros/parameters/parameterFile.js";
import { parseRosArguments } from "../../src/ros/parameters/parseRosArguments.js";

function given(args: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(parseRosArguments(args).parameters.map((p) => [p.name, p.value]));
}

describe("parseRosArguments", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ros-arguments-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("keeps parameters and leaves remapping and log levels to rcl", () => {
    const args = "--ros-args -r __ns:=/robot1 -p rate:=5 --log-level debug -r a:=b".split(" ");
    expect(parseRosArguments(args)).toEqual({
      rcl: ["--ros-args", "-r", "__ns:=/robot1", "--log-level", "debug", "-r", "a:=b"],
      parameters: [{ node: "/**", name: "rate", value: 5, origin: "-p rate:=5" }],
      others: [],
    });
  });

  it("tells its arguments from those outside of --ros-args … --", () => {
    const args = "-p no --ros-args -p a:=1 -- --other --ros-args -p b:=2".split(" ");
    expect(parseRosArguments(args).others).toEqual(["-p", "no", "--other"]);
    expect(given(args)).toEqual({ a: 1, b: 2 });
  });

  it("reads values as ROS 2 reads YAML", () => {
    const args = ["--ros-args"];
    for (const text of [
      "a:=yes",
      "b:=0.5",
      "c:=[x, 'y']",
      "d:='5'",
      "e:=12:30",
      "f:=/a/b c",
      "g:=",
    ]) {
      args.push("-p", text);
    }
    expect(given(args)).toEqual({
      a: true,
      b: 0.5,
      c: ["x", "y"],
      d: "5",
      e: "12:30",
      f: "/a/b c",
      g: "",
    });
  });

  it("keeps the node that a parameter is meant for", () => {
    const [parameter] = parseRosArguments(["--ros-args", "-p", "arm:rate:=5"]).parameters;
    expect(parameter).toMatchObject({ node: "arm", name: "rate", value: 5 });
  });

  it("reads parameter files, in turn with -p", () => {
    const path = join(folder, "params.yaml");
    writeFileSync(path, "/**:\n  ros__parameters:\n    rate: 10.0\n    vlm: { timeout: 3 }\n");
    expect(given(["--ros-args", "-p", "rate:=1", "--params-file", path])).toEqual({
      rate: 10,
      "vlm.timeout": 3,
    });
    expect(given(["--ros-args", "--params-file", path, "-p", "rate:=1"])).toMatchObject({
      rate: 1,
    });
  });

  it.each([
    [["-p"], /-p needs a value/],
    [["-p", "rate=5"], /-p rate=5: must be name:=value/],
    [["-p", ":=5"], /must be name:=value/],
    [["-p", "rate:=[1"], /-p rate:=\[1/],
    [["--params-file", "/no/such.yaml"], /parameter file \/no\/such.yaml: .*no such file/],
  ])("refuses %j", (args, message) => {
    const parse = (): unknown => parseRosArguments(["--ros-args", ...args]);
    expect(parse).toThrow(ParameterError);
    expect(parse).toThrow(message);
  });
});

describe("parseParameterFile", () => {
  it("joins nested namespaces and dotted names", () => {
    const text = `
robot1:
  spatial_reward:
    ros__parameters:
      camera: { color: /c }
/robot2/spatial_reward:
  ros__parameters: { rate: 2 }
`;
    expect(parseParameterFile(text, "p.yaml")).toEqual([
      { node: "robot1/spatial_reward", name: "camera.color", value: "/c", origin: "p.yaml" },
      { node: "/robot2/spatial_reward", name: "rate", value: 2, origin: "p.yaml" },
    ]);
  });

  it("takes an empty file as no parameters", () => {
    expect(parseParameterFile("# nothing yet\n", "p.yaml")).toEqual([]);
  });

  it.each(["rate: 5", "- a", "ros__parameters: { rate: 5 }", "node: { rate: 5 }", "a: [", "5"])(
    "refuses what has not the shape: %s",
    (text) => {
      expect(() => parseParameterFile(text, "p.yaml")).toThrow(/parameter file p.yaml/);
    },
  );
});

describe("matchesNode", () => {
  it.each([
    ["/**", "/robot1/arm/spatial_reward", true],
    ["spatial_reward", "/spatial_reward", true],
    ["spatial_reward", "/robot1/spatial_reward", true],
    ["reward", "/robot1/spatial_reward", false],
    ["/spatial_reward", "/robot1/spatial_reward", false],
    ["/robot1/spatial_reward", "/robot1/spatial_reward", true],
    ["robot1/spatial_reward", "/robot1/spatial_reward", true],
    ["/*/spatial_reward", "/robot1/spatial_reward", true],
    ["/*/spatial_reward", "/a/b/spatial_reward", false],
    ["/**/spatial_reward", "/a/b/spatial_reward", true],
    ["/**/spatial_reward", "/spatial_reward", true],
    ["/robot*/spatial_reward", "/robot12/spatial_reward", true],
    ["/robot1/**", "/robot2/spatial_reward", false],
    ["/(.*)", "/robot1", false],
  ])("%s speaks of %s: %s", (key, fullName, expected) => {
    expect(matchesNode(key, fullName)).toBe(expected);
  });
});
