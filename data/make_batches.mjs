// Deals the samples of breast_cancer_metadata.csv out to eight batches, so that splits have something to filter by.
//
// Within each class, in the order of the table, the first sample goes to batch 1, the second to batch 2, ... the ninth to
// batch 1 again. So every batch has its share of every class, and running this again changes nothing.
//
// Usage: node data/make_batches.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const BATCHES = 8;
const file = new URL('breast_cancer_metadata.csv', import.meta.url);

const dealt = new Map();
const [, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
const lines = rows.map(row => {
  const [run, condition] = row.split(',');
  const before = dealt.get(condition) ?? 0;
  dealt.set(condition, before + 1);
  return `${run},${condition},${(before % BATCHES) + 1}\n`;
});
writeFileSync(file, `Run,Condition,Batch\n${lines.join('')}`);
