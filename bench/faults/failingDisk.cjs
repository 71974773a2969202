/**
 * Loaded before a program: lets its n-th write, sync or rename fail, and says at its end how many
 * there were. FAULT_AT: n; FAULT_CODE: EIO, ENOSPC, or KILL: the program dies there; FAULT_LASTS:
 * all after it fail too;
 * FAULT_COUNT: the file for the number.
 */
const fs = require("node:fs");
const fsp = require("node:fs/promises");
const { syncBuiltinESMExports } = require("node:module");

const { FAULT_AT, FAULT_CODE = "EIO", FAULT_LASTS, FAULT_COUNT } = process.env;
const at = Number(FAULT_AT ?? 0);
let count = 0;

function check(what) {
  count += 1;
  const fails = count === at || (FAULT_LASTS !== undefined && at > 0 && count > at);
  if (!fails) return;
  if (FAULT_CODE === "KILL") process.kill(process.pid, "SIGKILL");
  throw Object.assign(new Error(`${FAULT_CODE}: injected into ${what}`), { code: FAULT_CODE });
}

function wrap(owner, name) {
  const real = owner[name];
  owner[name] = async function (...args) {
    check(name);
    return await real.apply(this, args);
  };
}

const realOpen = fsp.open;
let isWrapped = false;
fsp.open = async (...args) => {
  const handle = await realOpen(...args);
  if (!isWrapped) {
    isWrapped = true;
    const kind = Object.getPrototypeOf(handle);
    for (const name of ["write", "writev", "writeFile", "appendFile", "truncate", "sync"])
      wrap(kind, name);
  }
  return handle;
};
for (const name of ["rename", "rm", "unlink", "link", "mkdir", "writeFile"]) wrap(fsp, name);
syncBuiltinESMExports();
process.on("exit", () => {
  if (FAULT_COUNT) fs.writeFileSync(FAULT_COUNT, String(count));
});
