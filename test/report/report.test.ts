/** What a report promises: the same bytes, a small file, nothing from a network, and no text that becomes markup. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unpackNumbers } from '../../src/page/columns.js';
import type { PageDocument } from '../../src/page/document.js';
import { HOSTILE, hostileLog } from '../../support/hostile.js';
import { manyFinished } from '../../support/large-log.js';
import { claim, fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { makeSearch, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';
import type { Draft } from '../../src/events/format/event.js';

const Report = suite('report');

/** A report of a log with these events; removed afterwards. */
async function withReport(
  events: readonly Draft[] | Buffer,
  use: (html: string, search: Search) => void | Promise<void>,
): Promise<void> {
  const search = makeSearch();
  try {
    if (Buffer.isBuffer(events)) search.write('log/events-000001.jsonl', events);
    else writeLog(search, events);
    const { code, err } = await search.sptHere('report');
    assert.is(code, 0, err);
    await use(search.read('report.html'), search);
  } finally {
    search.remove();
  }
}

const MARK = '<script type="application/json" id="document">';

/** The document that a page holds, as text, and the page without it. */
function partsOf(html: string): { json: string; page: string } {
  const start = html.indexOf(MARK) + MARK.length;
  const end = html.indexOf('</script>', start);
  return { json: html.slice(start, end), page: html.slice(0, start) + html.slice(end) };
}

const documentOf = (html: string): PageDocument => JSON.parse(partsOf(html).json);

/** An outcome with a score in each fold. */
function scored(i: number, epoch: number, folds: number[]): Draft {
  const mean = folds.reduce((sum, score) => sum + score, 0) / folds.length;
  return {
    ...finish(i, epoch),
    scores: { cv: { roc_auc: { mean, std: 0.1, folds } }, validate: { roc_auc: 0.7 } },
  };
}

/** Four configs: two finished, one failed, one queued. The last record is number 10. */
const few: Draft[] = [
  ...[0, 2, 4, 6].map((i): Draft => ({
    type: 'enqueued',
    config: makeConfig(i, { cv: { folds: 3 }, pipeline: 'svc' }),
  })),
  claim('w1', 0, 2),
  scored(0, 5, [0.75, 0.8, 0.7]),
  scored(2, 5, [0.5, 0.6, 0.4]),
  claim('w2', 4),
  fail(4, 8, { message: 'out of luck' }),
];

Report('has the chosen config, the counts, the failures and the hash of the audit', async () => {
  await withReport(few, async (html, search) => {
    const { sections, failures, moment, manifest, commands, methods, timeline } = documentOf(html);
    assert.is(sections.length, 1);
    const [{ answer, counts, split, scoring, direction }] = sections;
    assert.equal([split, scoring, direction], ['A1', 'roc_auc', 'max']);
    assert.equal(counts, { queued: 1, running: 0, finished: 2, failed: 1, unranked: 0 });
    assert.equal([answer?.id, answer?.score, answer?.row], [idOf(0), 0.75, 0]);
    // Its score in the folds is 0.75 with a deviation of 0.05: the corrected error is 0.05 sqrt(1/3 + 1/2).
    assert.ok(Math.abs(answer!.error! - 0.05 * Math.sqrt(5 / 6)) < 1e-12);
    assert.is(answer?.validate, 0.7);
    // The column has the same deviation, which divides by n - 1, and not the 0.1 that the log holds. It is f32.
    const deviations = unpackNumbers(sections[0].table.deviation);
    assert.ok(Math.abs(deviations[0] - 0.05) < 1e-8, String(deviations[0]));
    assert.ok(Number.isNaN(deviations[2]));
    assert.is(answer?.yaml, '- StandardScaler\n- SVC:\n    C: 0\n');
    assert.equal(failures, [
      { kind: 'error', message: 'out of luck', configs: 1, id: idOf(4), pipelines: ['svc'] },
    ]);
    assert.equal(moment, { n: 9, at: '2026-01-01T00:00:08.000Z' });
    const audit = JSON.parse((await search.sptHere('audit', '--json')).out);
    assert.is(manifest, audit.manifest);
    assert.ok(commands.includes(`spt rebuild ${idOf(0)} -o model-A1.json`));
    assert.match(methods[0], /we trained 3 configurations of 1 pipeline \(svc\)/);
    assert.equal(timeline.busy, [2]);
  });
});

Report('has the same bytes for the same log and moment, also after the log went on', async () => {
  await withReport(few, async (first, search) => {
    await search.sptHere('report', '-o', 'again.html');
    assert.is(search.read('again.html'), first);
    const more: Draft[] = [...few, claim('w3', 6), scored(6, 10, [0.9, 0.9, 0.9])];
    writeLog(search, more);
    await search.sptHere('report', '--at', '9', '-o', 'again.html');
    assert.is(search.read('again.html'), first);
    await search.sptHere('report', '-o', 'again.html');
    assert.is(documentOf(search.read('again.html')).sections[0].answer?.id, idOf(6));
  });
});

Report('texts of a hostile log are data: the page around them is that of any other log', async () => {
  let harmless = '';
  await withReport(few, html => void (harmless = partsOf(html).page));
  await withReport(hostileLog(), html => {
    const { json, page } = partsOf(html);
    assert.is(page, harmless);
    assert.not.match(json, /[<>&\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
    const { sections, failures, timeline } = documentOf(html);
    assert.is(sections.length, 2);
    assert.equal(
      timeline.workers.filter(name => !HOSTILE.includes(name)),
      [],
    );
    const values = JSON.stringify(sections.flatMap(({ table }) => table.parameters));
    for (const text of HOSTILE) assert.ok(values.includes(JSON.stringify(text)), `a parameter is ${text}`);
    assert.ok(failures.length > 1);
    assert.equal(
      failures.filter(({ message }) => !HOSTILE.includes(message)),
      [],
    );
  });
});

Report('nothing is loaded, and only its own script and style are allowed', async () => {
  await withReport(few, html => {
    const { page } = partsOf(html);
    const script = /<script>([\s\S]*)<\/script>\n<\/body>/.exec(page)![1];
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1];
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1];
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(policy.includes(`script-src 'sha256-${hashOf(script)}';`));
    assert.ok(policy.includes(`style-src 'sha256-${hashOf(style)}';`));
    const around = page.replace(script, '').replace(style, '');
    assert.not.match(around, /\b(src|href|action|on\w+)\s*=/);
    assert.not.match(style, /url\(|@import/);
    // Names of the standard formats are no addresses that anything is loaded from.
    const addresses = [...script.matchAll(/(?:https?:)?\/\/[a-z][\w.-]+\.[a-z]{2,}/g)].map(
      ([address]) => address,
    );
    assert.equal(
      addresses.filter(address => address !== 'http://www.w3.org'),
      [],
    );
    assert.not.match(script, /innerHTML\s*=\s*[^"';,)}]{0,3}\b(text|value)\b/);
  });
});

Report('10,000 configs with numbers that are all different stay under 2 MB', async () => {
  await withReport(manyFinished(10_000), html => {
    assert.ok(html.length < 2_000_000, `${html.length} bytes`);
    const { sections } = documentOf(html);
    assert.is(sections[0].table.count, 10_000);
    assert.equal(
      sections[0].importances.map(({ method }) => method),
      ['ped-anova', 'ped-anova'],
    );
  });
});

Report('a search without scores has a report, and other settings stand apart', async () => {
  const other = makeConfig(6, { cv: { folds: 2 }, pipeline: 'svc' });
  const without: Draft[] = [...few.slice(0, 3), { type: 'enqueued', config: other }];
  await withReport(without, html => {
    const { sections, methods } = documentOf(html);
    assert.equal(
      sections.map(({ differs }) => differs.length > 0),
      [false, true],
    );
    assert.equal(
      sections.map(({ table }) => table.count),
      [3, 1],
    );
    assert.ok(sections.every(({ answer }) => answer === undefined));
    assert.match(methods[0], /3 configurations had not been trained yet/);
  });
});

Report('the command that it names gives the same bytes again', async () => {
  await withReport(few, async (_, search) => {
    const options = ['--split', 'A1', '--select', '1se', '--alpha', '0.1', '--refit', '0'];
    const { code, err } = await search.sptHere('report', ...options);
    assert.is(code, 0, err);
    const html = search.read('report.html');
    const command = documentOf(html).commands.find(line => line.startsWith('spt report'))!;
    for (let i = 0; i < options.length; i += 2)
      assert.ok(command.includes(options.slice(i, i + 2).join(' ')));
    assert.is((await search.sptHere(...command.split(' ').slice(1))).code, 0);
    assert.is(search.read('report.html'), html);
  });
});

Report('the score to report is that of spt select, for each rule', async () => {
  await withReport(manyFinished(60), async (_, search) => {
    for (const rule of ['best', '1se', 'simplest']) {
      assert.is((await search.sptHere('report', '--select', rule)).code, 0);
      const { answer } = documentOf(search.read('report.html')).sections[0];
      const { chosen, reported } = JSON.parse((await search.sptHere('select', '--rule', rule, '--json')).out);
      assert.is(answer!.id, chosen.id);
      const { score, low, high, isCorrected } = answer!.honest!;
      assert.equal([score, low, high], [reported.score, reported.low, Math.min(1, reported.high)]);
      assert.is(isCorrected, rule !== 'simplest');
    }
  });
});

Report('BBC-CV is there where it is asked for, and what is not there is told with what to do', async () => {
  const search = makeSearch();
  search.spt('enqueue', '--splits', 'A1', '--cv', '--validate');
  assert.is(search.spt('work', '-j', '1').code, 0);
  assert.is((await search.sptHere('report', '--bootstrap')).code, 0);
  const { sections, methods, commands } = documentOf(search.read('report.html'));
  const { bootstrap } = JSON.parse((await search.sptHere('select', '--bootstrap', '--json')).out);
  const { bagged } = sections[0].answer!;
  assert.equal([bagged!.score, bagged!.configs], [bootstrap.estimate, bootstrap.configs]);
  assert.match(methods[0], /the bootstrap bias-corrected estimate \(Tsamardinos et al\. 2018, 4 config/);
  assert.match(commands.at(-1)!, / --bootstrap -o report\.html$/);
  assert.ok(sections[0].curves);
  rmSync(join(search.root, 'data/.prepared'), { recursive: true });
  const { out } = await search.sptHere('report');
  const words = out.replace(/\s+/g, ' ');
  assert.match(
    words,
    / note: A1, by roc_auc\. There are no curves: there is no prepared data [0-9a-f]+\. Copy/,
  );
  const without = documentOf(search.read('report.html')).sections[0];
  assert.match(without.noCurves!, /^There are no curves: there is no prepared data [0-9a-f]+\.$/);
  assert.ok(without.answer!.notes.some(note => /^BBC-CV is not here, .* spt report --bootstrap/.test(note)));
  search.remove();
});

Report('a time that no config can take, and folds that are none, cost no report', async () => {
  const strange = few.map((event, i): Draft => {
    if (event.type === 'finished' && event.config === idOf(0)) return { ...event, seconds: 1e300 };
    if (event.type !== 'enqueued' || i > 0) return event;
    return { ...event, config: { ...event.config, cv: { folds: { toString: 1 } } as never } };
  });
  await withReport(strange, html => {
    const { timeline, sections } = documentOf(html);
    assert.equal(timeline.busy, [1]);
    assert.ok(sections.some(({ folds }) => folds === '(unknown) folds'));
  });
});

Report('refuses a file that is no report, a folder that is not there, and a wrong number', async () => {
  const search = makeSearch();
  try {
    writeLog(search, few);
    search.write('notes.txt', 'my notes');
    const refused = async (words: RegExp, ...args: string[]): Promise<void> => {
      const { code, err } = await search.sptHere('report', ...args);
      assert.is(code, 2, args.join(' '));
      assert.match(err, words);
    };
    await refused(/exists already, and it is not a report/, '-o', 'notes.txt');
    assert.is(search.read('notes.txt'), 'my notes');
    await refused(/there is no folder/, '-o', 'nowhere/report.html');
    await refused(/is not the name of a file/, '-o', '');
    const { code, err } = await search.sptHere('report', '-o', '/dev/full');
    assert.is(code, 1);
    assert.match(err, /cannot write \/dev\/full/);
    await refused(/Expected a number of seconds/, '--refit', 'long');
    await refused(/no config of the log has the pipeline/, '--pipelines', 'lasso');
  } finally {
    search.remove();
  }
});

Report.run();
