import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * The machine whose process numbers this process knows. Containers may share a host's name, but
 * not its process numbers; and after a restart of the machine all numbers are new.
 */
export const THIS_HOST: { readonly name: string; readonly tag: string } = hostOf(hostname());

function hostOf(name: string): { name: string; tag: string } {
  const facts = [name, ...[bootId, pidNamespace].map(orNothing)];
  const tag = createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, 8);
  return { name, tag };
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function pidNamespace(): string {
  return readlinkSync("/proc/self/ns/pid");
}

/** When a process of this machine began, in its own unit; empty where that cannot be known. */
export function beginningOf(pid: number): string {
  // Field 22, counted after the name, which may hold blanks and brackets.
  return orNothing(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  });
}

/** Whether a process of this machine runs, and is the one that began then (where that is known). */
export function isAlive(pid: number, beginning = ""): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return beginning === "" || beginningOf(pid) === beginning;
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
