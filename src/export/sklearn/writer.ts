/** `--to sklearn`: a program of Python and its numbers, which build a fitted Pipeline of scikit-learn. */
import { evaluatePlan } from '../evaluate/plan.js';
import { askPython, findPython } from '../python.js';
import { plainPlan } from '../refusal.js';
import type { Runner, Writer } from '../writer.js';
import { programOf } from './program.js';
import { readNumbers } from './reader.js';

/** Loads the file as a person would, and turns classes back into codes. */
const SCRIPT = `\
import warnings
warnings.simplefilter("ignore")
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("exported", sys.argv[1])
module = module_from_spec(spec)
spec.loader.exec_module(module)
pipe = module.load()
if hasattr(module, "LEVELS"):
    x = module.texts_of(x)
codes = {name: code for code, name in enumerate(module.CLASSES)}
if codes:
    labels = [codes[name] for name in pipe.predict(x)]
else:
    values = pipe.predict(x)
if hasattr(pipe, "predict_proba"):
    probabilities = pipe.predict_proba(x)
if hasattr(pipe, "decision_function"):
    decisions = pipe.decision_function(x)
`;

const scikitLearn: Runner = {
  name: 'scikit-learn',
  version: () => findPython('sklearn')?.version,
  run: (folder, files, x) => askPython(findPython('sklearn')!, folder, SCRIPT, x, [files[0].name]),
};

const own: Runner = {
  name: 'spt',
  version: () => 'its own evaluator of the numbers; no scikit-learn was at hand',
  run: (_folder, [, { bytes }], x) => evaluatePlan(readNumbers(Buffer.from(bytes).toString()), x),
};

export const sklearn: Writer = {
  to: 'sklearn',
  extension: '.py',
  what: 'a program of Python that builds a fitted Pipeline',
  files(plan, about) {
    const numbersFile = `${about.file.replace(/\.py$/, '')}.numbers.json`;
    const { program, numbers } = programOf(plainPlan(plan, 'sklearn'), about, numbersFile);
    return [
      { name: about.file, bytes: Buffer.from(program) },
      { name: numbersFile, bytes: Buffer.from(numbers) },
    ];
  },
  categories:
    'A category goes in as its text, in a DataFrame or an array of objects, and a missing value as NaN.',
  runners: [scikitLearn, own],
};
