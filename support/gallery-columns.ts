/** Examples of what is refused of columns that are no plain numbers. */
import { CONFIG, FEATURES, METADATA, PIPES, files, piece, type Example } from './gallery.js';
import { smallConfig, smallTables } from './search.js';

const { features, metadata } = smallTables();

/** The features with one more column. */
const withColumn = (name: string, of: (i: number) => string): string => {
  const [head, ...rows] = features.trim().split('\n');
  return `${[`${head},${name}`, ...rows.map((row, i) => `${row},${of(i)}`)].join('\n')}\n`;
};

/** A search with one more column, and what `columns:` says of it. */
function column(
  code: string,
  name: string,
  of: (i: number) => string,
  kind?: string,
  changes: { [path: string]: string } = {},
): Example {
  const written = `${FEATURES}: ${name}: ${[0, 1, 2, 3].map(of).join(', ')}, ...`;
  const line = kind === undefined ? '' : `columns: { ${name}: ${kind} }`;
  const text = smallConfig.replace('seed: 7', `seed: 7\n${line}`);
  return files(code, `${written}\n${CONFIG}: ${line}`, {
    [FEATURES]: withColumn(name, of),
    [CONFIG]: text,
    ...changes,
  });
}

/** The key `columns` alone, on the usual tables. */
const key = (code: string, kinds: string): Example =>
  piece(CONFIG)(code, 'seed: 7', `seed: 7\ncolumns: ${kinds}`);

const take = (words: readonly string[]) => (i: number) => words[i % words.length];
const sites = take(['Bonn', 'Jena', 'Ulm']);
const turned = ['x', ...Array.from({ length: 80 }, (_, i) => `r${i}`)].join();

export const ofColumns: Example[] = [
  key('wrong-type', '[height]'),
  key('wrong-type', '{ height: numeric }'),
  key('unknown-key', '{ height: { levels: [low, high] } }'),
  key('too-small', '{ height: { ordered: [low] } }'),
  key('level-twice', '{ height: { ordered: [low, high, low] } }'),
  key('no-such-column', '{ hieght: number }'),
  key('no-such-column', '{ "gene_*": category }'),
  key('no-such-column', '{ Run: category }'),
  column('infeasible', 'Site', sites),
  column('infeasible', 'Site', sites, undefined, {
    [PIPES]: 'p: [{ SimpleImputer: { strategy: mean } }, LogisticRegression]\n',
  }),
  column('infeasible', 'Site', sites, undefined, { [PIPES]: 'p: [VarianceThreshold, XGBClassifier]\n' }),
  column('bad-cell', 'Dose', i => (i === 7 ? 'high' : `${i}`)),
  column('bad-cell', 'Dose', i => (i === 7 ? '1O.5' : `${i}.5`)),
  column('bad-cell', 'Stage', take(['1', '2', '3', 'unclear'])),
  column('bad-cell', 'Dose', i => `"${i},5"`),
  column('bad-cell', 'Dose', i => `${i} mg`),
  column('bad-cell', 'Share', i => `${i}%`),
  column('bad-cell', 'Site', sites, 'number'),
  column('bad-cell', 'Dose', take(['?', 'unknown'])),
  column('date-column', 'Visit', i => `2024-01-${10 + (i % 20)}`),
  column('date-column', 'Visit', i => `${1 + (i % 28)}-Mar-2024`),
  column('free-text', 'Comment', i => `patient ${i} was seen`),
  column('unknown-level', 'Grade', take(['low', 'mid', 'high']), '{ ordered: [low, high] }'),
  column('unknown-level', 'Grade', take(['low', 'High']), '{ ordered: [low, high] }'),
  column('not-boolean', 'Smoker', take(['yes', 'no', 'ex']), 'boolean'),
  column('not-boolean', 'Smoker', take(['0', '1', '2']), 'boolean'),
  column('ambiguous-label', 'Stage', take(['1', '1.0', '2']), 'category'),
  column('empty-category', 'Site', i => (Math.floor(i / 2) % 4 === 3 ? 'Bonn' : '')),
  files('turned-kind', `${FEATURES}: one row a feature\n${CONFIG}: columns: { a: category }`, {
    [FEATURES]: `${turned}\na${',1'.repeat(80)}\n`,
    [METADATA]: metadata,
    [CONFIG]: smallConfig
      .replace('metadata.csv }', 'metadata.csv, orientation: features }')
      .replace('seed: 7', 'seed: 7\ncolumns: { a: category }'),
  }),
];
