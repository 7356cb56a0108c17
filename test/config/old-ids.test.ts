/** A search has the config ids that it always had: who upgrades in the middle of one trains nothing twice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crossValidation } from '../../src/config/enumerate.js';
import { loadExperiment } from '../../src/config/load.js';
import { resolveSplits } from '../../src/config/splits.js';
import { loadTables } from '../../src/data/source.js';
import { prepareSplit } from '../../src/data/split.js';
import { enumerationOf, type Asked } from '../../support/configs.js';
import { root } from '../../support/root.js';

const fixtures = join(root, 'test', 'fixtures');

interface Golden extends Asked {
  search: string;
  /** The digest of the prepared data of each split. */
  data: { [split: string]: string };
  ids: string[];
}

const golden: Golden[] = JSON.parse(readFileSync(join(fixtures, 'ids-0.1.0.json'), 'utf8'));

const Ids = suite('ids of 0.1.0');

for (const { search, data, ids, ...selection } of golden) {
  const { splits, cv, validate } = selection;
  const options = [cv && '--cv', validate && '--validate'].filter(option => option !== false);
  const asked = [search, ...splits, ...options].join(' ');
  const folder = join(fixtures, 'ids-0.1.0', search, 'configs');
  const files = { config: join(folder, 'config.yaml'), pipeConfigs: join(folder, 'pipe_configs.yaml') };
  const experiment = loadExperiment(root, files);

  Ids(`${asked}: the same data`, async () => {
    const tables = await loadTables(experiment.source);
    for (const { split, train, validate } of resolveSplits(experiment, selection)) {
      const { digest } = prepareSplit(tables, {
        ...{ split, train, validate, placeOf: experiment.placeOf },
        trainFilter: experiment.splits.get(train)!,
        validateFilter: validate === undefined ? undefined : experiment.splits.get(validate)!,
        folds: cv ? crossValidation(experiment).folds : undefined,
      });
      assert.is(digest, data[split], split);
    }
  });

  Ids(`${asked}: the same ids in the same order`, () => {
    const found = [...enumerationOf(experiment, selection, new Map(Object.entries(data))).iterate()];
    assert.equal(
      found.map(({ id }) => id),
      ids,
    );
  });
}

Ids('there are ids of every search', () => {
  assert.is(golden.reduce((sum, { ids }) => sum + ids.length, 0) > 500, true);
});

Ids.run();
