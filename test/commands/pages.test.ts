/** What README.md, docs/ and the other pages tell a reader to type exists: every command, every option. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program } from '../../src/commands/program.js';
import { run } from '../../support/package.js';
import { here } from '../../support/search.js';
import { root } from '../../support/root.js';

const Pages = suite('the pages');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...['src/log/README.md', 'log/README.md', 'data/README.md', 'slurm/manager.sbatch', 'slurm/workers.sbatch'],
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

/** The texts of a page that are meant to be typed: lines of code blocks, and what stands between backticks. */
function typed(page: string): string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/```[^\n]*\n([\s\S]*?)```/g)].flatMap(match => match[1].split('\n'));
  const inline = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(match => match[1]);
  return [...blocks, ...inline];
}

/** The words after each `spt` of a typed text, up to what ends a command in a shell. */
function calls(text: string): string[][] {
  return [...text.matchAll(/(?:^|[\s(;'"])spt ([^#;&|>)]*)/g)].map(match =>
    match[1].replaceAll(/['"]/g, '').trim().split(/\s+/),
  );
}

/** What is wrong with the words of a call; undefined where they name a command and options that it has. */
function fault(spt: Command, words: string[]): string | undefined {
  let command = spt;
  let at = 0;
  for (; at < words.length; at++) {
    const next = command.commands.find(one => one.name() === words[at]);
    if (!next) break;
    command = next;
  }
  const unknown = words.slice(at).find(word => /^--?[a-zA-Z]/.test(word) && !knows(command, spt, word));
  if (unknown) return `spt ${command.name()} has no option ${unknown}`;
  const isCommand = command !== spt || words[0] === 'help' || words[0].startsWith('-');
  return isCommand ? undefined : `spt has no command ${words[0]}`;
}

function knows(command: Command, spt: Command, word: string): boolean {
  const name = word.split('=')[0];
  const known = [...command.options, ...spt.options].some(
    ({ long, short }) => name === long || name === short,
  );
  return known || name === '--help' || name === '-h' || (name === '-j2' && knows(command, spt, '-j'));
}

/** Commands of the table in "Coming from Python" and the like that are shown because they do not exist. */
const shownAsWrong = /^(manage|train)\b/;

Pages('name no command and no option that is not there', async () => {
  const spt = await program([]);
  const found: string[] = [];
  let count = 0;
  for (const page of pages) {
    for (const words of typed(page).flatMap(calls)) {
      if (!/^[a-z-]/.test(words[0]) || shownAsWrong.test(words[0])) continue;
      count++;
      const wrong = fault(spt, words);
      if (wrong) found.push(`${page}: ${wrong}: spt ${words.join(' ')}`);
    }
  }
  assert.equal(found, []);
  assert.ok(count > 50, `${count} calls were checked`);
});

Pages('show every command', async () => {
  const called = new Set(
    pages.flatMap(page =>
      typed(page)
        .flatMap(calls)
        .map(([name]) => name),
    ),
  );
  const names = (await program([])).commands.map(command => command.name());
  assert.equal(
    names.filter(name => !called.has(name)),
    [],
  );
});

Pages('the test of pages finds a command and an option that are not there', async () => {
  const spt = await program([]);
  assert.is(fault(spt, ['resume', 'x']), 'spt has no command resume');
  assert.is(fault(spt, ['work', '--threads', '2']), 'spt work has no option --threads');
  assert.is(fault(spt, ['slurm', 'scale', '--now', '3']), undefined);
});

Pages("README's search is the one that the demo runs", () => {
  const block = /```\n(spt enqueue[\s\S]*?)```/.exec(read('README.md'))![1].trim().split('\n');
  const demo = read('scripts/demo.mjs');
  for (const line of block) {
    const words = line.replace(/^spt /, '').replace(/ --out model\.json$/, '');
    assert.ok(demo.includes(`'${words}`), `the demo does not run spt ${words}`);
  }
  assert.ok(block.length >= 4);
});

/** What no test can run here: it needs Slurm, a second machine, a log of somebody else, quotes, or goes on for ever. */
const notHere =
  /^slurm|--probe|^merge|^replay -f|^status (.* )?--watch|^serve|--forever|--where|\.\.\.|^help/;

/** A call that makes a search of a table, with a table and a folder that are there and not there. */
function startingIn(call: string, folder: string): string {
  return call
    .replace(/--from \S+/, '--from table.csv')
    .replace(/\b(NAME)$/, 'outcome')
    .replace('my-search', folder);
}

/** A call with its placeholders filled in, and in a form that trains nothing. */
function filledIn(call: string, id: string): string[] {
  const words = call
    .replace(/<configId.*|\bID\b/, id)
    .replace('$NSLOTS', '2')
    .replace(/-j N$/, '-j 2');
  const parts = words.replace(/ :::.*/, '').split(/\s+/);
  const isDry = parts[0] !== 'enqueue' || parts.includes('--dry-run');
  return isDry ? parts : [...parts, '--dry-run'];
}

Pages('show no command that fails: each one with options runs in the search that is shipped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spt-pages-'));
  try {
    const search = join(folder, 'search');
    await here(folder, ['init', 'search']);
    const rows = Array.from(
      { length: 40 },
      (_, i) => `p${i},${i % 7},${(i * 5) % 11},${i % 2 ? 'yes' : 'no'}`,
    );
    writeFileSync(join(folder, 'table.csv'), `id,a,b,outcome\n${rows.join('\n')}\n`);
    await here(folder, 'init --from table.csv --target outcome starter'.split(' '));
    await here(search, 'enqueue --pipelines lasso --splits A1 B2 --cv --validate'.split(' '));
    await here(search, 'enqueue --pipelines xgb --splits A1 --cv --validate'.split(' '));
    run(search, process.execPath, join(root, 'dist/src/cli.js'), 'work', '-j', '2', '--quiet');
    const { out } = await here(search, ['replay', '--json']);
    const { config } = JSON.parse(out.split('\n')[0]);
    const shown = pages.filter(page => page.endsWith('.md')).flatMap(page => typed(page).flatMap(calls));
    const distinct = new Set(shown.map(words => words.join(' ')));
    const wrong: string[] = [];
    let count = 0;
    for (const call of distinct) {
      if (!/^[a-z]+ \S/.test(call) || shownAsWrong.test(call) || notHere.test(call)) continue;
      if (/^enqueue(?!.*--splits)/.test(call)) continue;
      if (call.endsWith('--from')) continue;
      const isOfTable = call.includes('--splits all');
      const place = call.startsWith('init') ? folder : isOfTable ? join(folder, 'starter') : search;
      const { code, err } = await here(place, filledIn(startingIn(call, `search${count}`), config));
      if (code !== 0) wrong.push(`spt ${call}: ${err}`);
      count++;
    }
    assert.equal(wrong, []);
    assert.ok(count > 15, `${count} commands were run`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A command, and those below it. */
function within(command: Command): Command[] {
  return [command, ...command.commands.flatMap(within)];
}

/** The help as a person reads it, with what stands behind the options. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: part => void (text += part), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return text;
}

Pages('the help of every command fits 80 columns', async () => {
  const commands = within(await program([]));
  const wide = commands.flatMap(command => {
    const lines = helpOf(command).split('\n');
    return lines.filter(line => line.length > 80).map(line => `${command.name()}: ${line}`);
  });
  assert.equal(wide, []);
  assert.ok(commands.length > 10 && helpOf(commands[0]).includes('Exit codes'));
});

Pages.run();
