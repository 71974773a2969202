import { afterEach, describe, expect, it, vi } from "vitest";
import { startProgress } from "../../src/cli/progress.js";

describe("startProgress", () => {
  const { isTTY } = process.stderr;
  afterEach(() => {
    process.stderr.isTTY = isTTY;
    vi.restoreAllMocks();
  });

  it("lets no control character of a name to the terminal, and takes no braces for its own", () => {
    process.stderr.isTTY = true;
    let written = "";
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      written += String(text);
      return true;
    });
    const progress = startProgress("run\u001b[31m\n{percentage}\u202e", 10, "frames");
    progress.update(3);
    progress.stop();
    expect(written).toContain("run\\u001b[31m {percentage}\\u202e");
    for (const raw of ["\u001b[31m", "\u202e", "30%"]) expect(written).not.toContain(raw);
  });
});
