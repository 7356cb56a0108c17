/** The data of a split: classes, groups, and what cannot be trained on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classesOf, classNames, featureNames } from '../../src/base/dataset.js';
import { loadTables } from '../../src/data/source.js';
import { prepareSplit } from '../../src/data/split.js';
import type { SplitRequest } from '../../src/data/types.js';
import { fixture } from '../../support/fixture.js';
import { root } from '../../support/root.js';
import { prepared, refused, usual } from '../../support/splits.js';
import { someFeatures, someMetadata, type Given } from '../../support/tables.js';

const Split = suite('data: splits');

const shipped = (name: string) => join(root, 'data', name);

Split('train and validate have their samples in the order of the metadata', async () => {
  const metadataText = 'Run,Condition,Batch\ns6,well,3\ns3,sick,2\ns5,sick,3\ns2,well,1\n';
  const { data, notes } = await prepared({ metadataText });
  assert.equal(featureNames(data), ['a', 'b']);
  assert.equal(classNames(data.target), ['sick', 'well']);
  assert.equal(data.train.index, ['s3', 's2']);
  assert.equal(Array.from(data.train.x.data), [3, 2, 30, 20]);
  assert.equal(Array.from(classesOf(data.train.target).codes), [0, 1]);
  assert.equal(data.validate!.index, ['s6', 's5']);
  assert.equal(Array.from(classesOf(data.validate!.target).codes), [1, 0]);
  assert.is(data.train.groups, undefined);
  assert.equal(notes, [
    '2 of 6 samples have no metadata and are not used.',
    'positive: well (1 of 2 samples of train_A1), because it sorts last. Write `positive:` in config.yaml to choose.',
    'train_A1 has classes with one sample only: sick, well.',
  ]);
});

Split('without validate there is only train', async () => {
  const { data } = await prepared({}, { validate: undefined, validateFilter: undefined, trainFilter: {} });
  assert.is(data.train.x.rows, 6);
  assert.is(data.validate, undefined);
});

Split('the positive class is code 1', async () => {
  const { data } = await prepared({ positive: 'sick' });
  assert.equal(classNames(data.target), ['well', 'sick']);
  assert.equal(Array.from(classesOf(data.train.target).codes), [1, 0, 1, 0]);
  assert.match(
    await refused({ positive: 'ill' }),
    'no-such-class config.yaml:1 the positive class "ill" is not in train_A1',
  );
  const three = someMetadata.replace('s4,well', 's4,odd');
  assert.match(
    await refused({ positive: 'sick', metadataText: three }),
    'many-classes config.yaml:1 a positive class is given, and train_A1 has 3 classes: odd, sick, well',
  );
});

Split('the shipped tables give what pandas gives', async () => {
  const source = {
    features: shipped('breast_cancer_features.csv'),
    metadata: shipped('breast_cancer_metadata.csv'),
  };
  const rest = {
    orientation: 'samples' as const,
    index: 'Run',
    target: 'Condition',
    positive: 'malignant',
    missing: [''],
  };
  const tables = await loadTables({ ...source, ...rest });
  const { data, notes } = prepareSplit(tables, {
    ...usual,
    trainFilter: { Batch: [1, 2, 3] },
    validateFilter: { Batch: 4 },
    folds: 5,
  });
  const whole = prepareSplit(tables, { split: 'all', train: 'all', trainFilter: {} });
  const wanted = fixture('tables').shipped;
  for (const [name, samples] of [
    ['all', whole.data.train],
    ['train_A1', data.train],
    ['validate_A1', data.validate!],
  ] as const) {
    assert.is(samples.x.rows, wanted[name].rows);
    assert.is(samples.index[0], wanted[name].first);
    assert.is(createHash('sha256').update(samples.x.data).digest('hex'), wanted[name].x, name);
    assert.equal(Array.from(classesOf(samples.target).codes), wanted[name].y);
  }
  assert.equal(notes, ['281 of 569 samples are in neither train_A1 nor validate_A1.']);
});

Split("groups have codes in scikit-learn's order", async () => {
  const metadataText =
    'Run,Condition,Batch,Patient\ns1,sick,1,10\ns2,well,1,9\ns3,sick,2,9\ns4,well,2,1\ns5,sick,3,10\ns6,well,3,4\n';
  const { data, notes } = await prepared({ metadataText, positive: 'sick' }, { group: 'Patient' });
  assert.equal(Array.from(data.train.groups!), [2, 1, 1, 0]);
  assert.is(data.validate!.groups, undefined);
  assert.equal(notes, ['1 value of Patient is in both train_A1 and validate_A1: 10.']);
  const cases: [Partial<SplitRequest>, string, string][] = [
    [
      { group: 'patient' },
      metadataText,
      'no-such-column config.yaml:2 the metadata has no column "patient" to group by',
    ],
    [
      { group: 'Patient' },
      metadataText.replace('2,9', '2,'),
      'missing-group metadata.csv:4:4 1 sample of train_A1 has no value of the group, "Patient"',
    ],
    [
      { group: 'Patient', folds: 2 },
      metadataText.replaceAll('9', '1').replaceAll('10', '1'),
      'too-few-groups config.yaml:2 "Patient" has 1 value in train_A1, too few for 2 folds',
    ],
  ];
  for (const [request, text, wanted] of cases)
    assert.match(await refused({ metadataText: text }, request), wanted);
});

Split('what cannot be trained on or would deceive is refused', async () => {
  const with4 = (condition: string) => ({ metadataText: someMetadata.replace('s4,well', `s4,${condition}`) });
  const cases: [Given, Partial<SplitRequest>, string][] = [
    [
      {},
      { validateFilter: { Batch: [2, 3] } },
      'overlapping-splits config.yaml:2 2 samples are in both train_A1 and validate_A1: s3, s4',
    ],
    [
      {},
      { trainFilter: { Condition: 'sick', Batch: 1 } },
      'one-class config.yaml:2 train_A1 has one class only, "sick"',
    ],
    [
      with4(''),
      {},
      'missing-target metadata.csv:5:2 1 sample of train_A1 has no value of the target, "Condition"',
    ],
    [
      with4('NA'),
      {},
      'missing-target metadata.csv:5:2 1 sample of train_A1 has no value of the target, "Condition"',
    ],
    [
      { metadataText: someMetadata.replace('s6,well', 's6,odd') },
      {},
      'unseen-class metadata.csv:7:2 validate_A1 has the class "odd", which train_A1 does not have',
    ],
    [
      { metadataText: someMetadata.replace('s6,well', 's6,') },
      {},
      'missing-target metadata.csv:7:2 1 sample of validate_A1 has no value of the target, "Condition"',
    ],
    [
      with4('odd'),
      { folds: 2 },
      'too-few-members config.yaml:2 the class "odd" has 1 sample in train_A1, too few for 2 folds',
    ],
    [
      {},
      { trainFilter: { Batch: 7 } },
      'empty-split config.yaml:2 the split train_A1 selects none of the 6 samples',
    ],
    [
      {},
      { validateFilter: { Batch: 7 } },
      'empty-split config.yaml:2 the split validate_A1 selects none of the 6 samples',
    ],
    [
      { featuresText: someFeatures.replace('s5,5,50\n', '') },
      {},
      'sample-without-features metadata.csv:6 1 sample of 2 in validate_A1 has no features: s5',
    ],
  ];
  for (const [given, request, wanted] of cases) assert.is(await refused(given, request), wanted);
});

Split('a sample without features, a class or a target matters only where it is selected', async () => {
  const metadataText = `${someMetadata}s7,,9\ns8,odd,9\n`;
  const { data } = await prepared({ metadataText });
  assert.equal(classNames(data.target), ['sick', 'well']);
});

Split('empty and constant features are kept and told', async () => {
  const featuresText = 'Run,a,b,c\ns1,,7,1\ns2,,7,1\ns3,,7,NA\ns4,,7,2\ns5,1,8,3\ns6,2,9,4\n';
  const { data, notes } = await prepared({ featuresText, positive: 'sick' });
  assert.equal(featureNames(data), ['a', 'b', 'c']);
  assert.equal(notes, [
    'train_A1 has 1 feature without any value: a.',
    'train_A1 has 1 feature with one value only: b.',
  ]);
});

Split('a class that validate lacks is told', async () => {
  const { notes } = await prepared({ positive: 'sick' }, { validateFilter: { Run: 's5' } });
  assert.equal(notes, [
    '1 of 6 samples is in neither train_A1 nor validate_A1.',
    'validate_A1 has no sample of a class of train_A1: well.',
  ]);
});

Split.run();
