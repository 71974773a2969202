import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const PAGES = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: ROOT })
  .toString()
  .split("\n")
  .filter((page) => page !== "" && existsSync(join(ROOT, page)));

describe("links between pages", () => {
  it.each(PAGES)("%s", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it("are found broken where a heading or file is missing", () => {
    expect(linksOf("[a](b.md) `[c](d.md)` [e](https://f.g)\n```\n[h](i.md)\n```\n")).toEqual([
      "b.md",
    ]);
    expect(anchorsOf("# `rgbd` on a plane: A, b\n## B\n### B\n")).toEqual([
      "rgbd-on-a-plane-a-b",
      "b",
      "b-1",
    ]);
  });
});

function brokenLinks(page: string): string[] {
  return linksOf(readFileSync(join(ROOT, page), "utf8")).filter((link) => {
    const [path = "", anchor] = link.split("#", 2);
    const target = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
    if (!existsSync(target) || relative(ROOT, target).startsWith("..")) return true;
    if (anchor === undefined || !target.endsWith(".md")) return false;
    return !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
  });
}

/** Relative links of a page, also of its images. */
function linksOf(text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g)];
  return links.flatMap(([, link = ""]) => (/^[a-z]+:/.test(link) ? [] : [link]));
}

/** The anchors that GitHub gives to a page's headings. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^#+ +(.*)$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .trim()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, "");
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "");
}
