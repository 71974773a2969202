/**
 * Runs the benchmarks named on the command line (all by default), prints one table and writes
 * bench/results.json. Ratios are of figures measured in the same run: they, not the times,
 * compare between machines. Exits with 1 where a ratio misses its goal.
 *
 *   npm run bench [-- decode bag …]
 */
import { readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Bench, BenchRow } from "./BenchRow.js";

const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(".bench.ts", ""))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const rows: BenchRow[] = [];
for (const name of names) {
  process.stderr.write(`${name} …\n`);
  const { default: bench } = (await import(`./${name}.bench.ts`)) as { default: Bench };
  rows.push(...(await bench()));
}

const ratio = (row: BenchRow): number => row.ours / row.base;
const met = (row: BenchRow): boolean => row.goalRatio === undefined || ratio(row) <= row.goalRatio;
const figure = (value: number): string => value.toPrecision(4);

console.log(`| benchmark | ours | base | ratio | goal |\n|---|---|---|---|---|`);
for (const row of rows) {
  const goal =
    row.goalRatio === undefined ? "" : `≤ ${row.goalRatio} ${met(row) ? "met" : "MISSED"}`;
  console.log(
    `| ${row.name} | ${figure(row.ours)} ${row.unit} | ${figure(row.base)} ${row.unit} (${row.baseName}) ` +
      `| ${ratio(row).toFixed(3)} | ${goal} |`,
  );
}

const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
const results = rows.map((row) => ({ ...row, ratio: ratio(row), met: met(row) }));
writeFileSync(
  new URL("results.json", import.meta.url),
  `${JSON.stringify({ machine, results }, null, 2)}\n`,
);
if (!rows.every(met)) process.exitCode = 1;
