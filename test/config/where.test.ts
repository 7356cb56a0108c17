/** Filters as they are written in config.yaml, down to the samples that they select. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch, smallConfig } from '../../support/search.js';

const Where = suite('filters in config.yaml');

const cells = ['1', '01', '1.0', '+1', '0x10', '16', '0o17', '15', '1e1', '10'];

Where(
  'a number means every way to write it, and what is not written as a decimal number is text',
  async () => {
    const search = makeSearch({ pipes: 'nb: [GaussianNB]' });
    try {
      // Every cell stands in one sample of each class.
      const rows = cells.flatMap((cell, i) => [`r${2 * i},well,${cell}`, `r${2 * i + 1},sick,${cell}`]);
      search.write('data/metadata.csv', `Run,Condition,g\n${rows.join('\n')}\n`);
      const cases: [string, string[]][] = [
        ['1', ['1', '01', '1.0', '+1']],
        ['"1"', ['1']],
        ['01', ['1', '01', '1.0', '+1']],
        ['+1.0', ['1', '01', '1.0', '+1']],
        ['0x10', ['0x10']],
        ['0o17', ['0o17']],
        ['[0x10, 16]', ['0x10', '16']],
        ['{ in: [0x10], not: 16 }', ['0x10']],
        ['10', ['1e1', '10']],
        ['{ not: [1, 0x10, 16, 0o17, 15] }', ['1e1', '10']],
      ];
      for (const [condition, selected] of cases) {
        search.write('configs/config.yaml', smallConfig.replace('Batch: [1, 2, 3]', `g: ${condition}`));
        const { code, out, err } = await search.sptHere('enqueue', '--splits', 'train_A1', '--dry-run');
        assert.is(code, 0, err);
        assert.match(out, `train_A1: ${2 * selected.length} samples`, condition);
      }
      search.write('configs/config.yaml', smallConfig.replace('Batch: [1, 2, 3]', 'g: { gte: 0x10 }'));
      const { code, err } = await search.sptHere('enqueue', '--splits', 'train_A1', '--dry-run');
      assert.is(code, 2);
      assert.match(err, /compares by `gte` with "0x10"/);
    } finally {
      search.remove();
    }
  },
);

Where.run();
