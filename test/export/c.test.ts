/** A model as a file of C99, as text. `npm run test:export` compiles such files and runs them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../src/base/config.js';
import { c } from '../../src/export/c/writer.js';
import { planOf } from '../../src/export/planning.js';
import { fromRows } from '../../src/ml/algebra/matrix.js';
import { blobs, splitOf } from '../../support/datasets.js';
import { exportModel } from '../../support/export-cases.js';

const Text = suite('export to C');

Text('every function is called, because compilers refuse a static one that is not', async () => {
  const pipelines: Step[][] = [
    [{ Normalizer: {} }, { LinearSVC: {} }],
    [{ PowerTransformer: {} }, { LinearSVC: {} }],
    [{ SVC: { kernel: 'sigmoid' } }],
    [{ GaussianNB: {} }],
  ];
  for (const steps of pipelines) {
    const plan = planOf(await exportModel({ name: 'case', steps }, splitOf(blobs(60, 3))));
    const numbers = { decisions: Float64Array.of(1), probabilities: Float64Array.of(1, 0) };
    const examples = { x: fromRows([[0, 1, 2]]), answers: { labels: Int32Array.of(0), ...numbers } };
    const about = {
      file: 'model.c',
      spt: '0.5.0',
      config: 'c0ffee',
      digest: 'd1',
      pipeline: 'p',
      split: 's',
    };
    const [{ bytes }] = c.files(plan, { ...about, examples });
    const text = Buffer.from(bytes).toString();
    const names = [...text.matchAll(/^static \w+ (\w+)\(/gm)].map(([, name]) => name);
    assert.ok(names.length > 2);
    for (const name of names)
      assert.ok(text.split(new RegExp(`\\b${name}\\(`)).length > 2, `${name} is not called`);
  }
});

Text.run();
