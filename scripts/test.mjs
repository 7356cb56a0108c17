/**
 * `npm test` after the build: the suites in two processes, because most of them wait as much as they compute. The
 * output of each process is printed when it has ended. With words behind it (`npm test -- summary`), only suites whose
 * paths match one of them run.
 */
import { spawn } from 'node:child_process';

/** The suites that start programs, and the others. */
const PARTS = [
  '^(commands|bench|machines|house|storm|report|web)/',
  '^(?!commands|bench|machines|house|storm|report|web)',
];

const words = process.argv.slice(2);
const patterns =
  words.length > 0 ? [`(${words.join('|')}).*\\.test\\.js$`] : PARTS.map(part => `${part}.*\\.test\\.js$`);

/** Runs the suites of a pattern. Gives its exit code and what it printed. */
function run(pattern) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['node_modules/uvu/bin.js', 'dist/test', pattern], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => (text += piece));
    child.on('close', code => {
      process.stdout.write(text);
      resolve({ code, passed: countIn(text, 'Passed'), total: countIn(text, 'Total') });
    });
  });
}

const countIn = (text, word) => Number(new RegExp(`${word}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);

const started = performance.now();
const parts = await Promise.all(patterns.map(run));
const sum = of => parts.reduce((total, part) => total + of(part), 0);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`${sum(part => part.passed)} passed of ${sum(part => part.total)} in ${seconds} s`);
process.exitCode = parts.some(({ code }) => code !== 0) ? 1 : 0;
