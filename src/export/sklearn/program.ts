/** The program of Python that builds a fitted pipeline, and the file of its numbers. */
import { sha256 } from '../../base/json.js';
import { toText } from '../../ml/serialize.js';
import type { Document } from '../../ml/types.js';
import type { ExportPlan, Levels } from '../plan.js';
import type { About } from '../writer.js';
import { levelsInto } from '../levels.js';
import { rowMajor } from '../row-major.js';
import { lastCode } from './last.js';
import { HELPERS } from './helpers.js';
import { pythonList, pythonLiteral, pythonText } from './literals.js';
import type { Helper, InnerStep, StepCode } from './step-code.js';
import { transformCode } from './transforms.js';

/** The versions of scikit-learn that these programs were tried with, ascending. */
const TRIED = ['1.2.1', '1.6.1', '1.9.1'];

/** A step with its name in the pipeline, and the function of the program that makes it. */
interface NamedStep {
  name: string;
  maker: string;
  code: StepCode;
  /** How many features it takes, and all its parameters. */
  inputs: number;
  params: ExportPlan['last']['params'];
}

/** The texts of the program and of the numbers, whose file has the given name. */
export function programOf(
  plan: ExportPlan,
  about: About,
  numbersFile: string,
): { program: string; numbers: string } {
  const steps = namedSteps(plan, about);
  const numbers = toText({
    format: 'spt-sklearn',
    version: 1,
    config: about.config,
    digest: about.digest,
    classes: plan.classes.length,
    steps: steps.map(entryOf),
    examples: examplesOf(about),
  });
  const sections = [
    [head(about, plan.levels), imports(steps)].join('\n'),
    constants(plan, about, numbersFile, sha256(64, numbers)),
    loadText(steps),
    ...steps.flatMap(makerTexts),
    ...helpersOf(steps).map(helper => HELPERS[helper].text.trimEnd()),
    reading(plan.levels),
  ];
  return { program: `${sections.join('\n\n\n')}\n`, numbers };
}

/** The steps, named as make_pipeline of scikit-learn names them. */
function namedSteps(plan: ExportPlan, about: About): NamedStep[] {
  const into = levelsInto(plan.transforms, plan.levels ?? new Array<null>(plan.features.length).fill(null));
  const codes = [...plan.transforms.map((part, at) => transformCode(part, into[at])), lastCode(plan, about)];
  const parts = [...plan.transforms, plan.last];
  return codes.map((code, at) => {
    const same = codes.filter(({ className }) => className === code.className);
    const lower = code.className.toLowerCase();
    const name = same.length > 1 ? `${lower}-${same.indexOf(code) + 1}` : lower;
    return { name, maker: name.replace('-', '_'), code, inputs: parts[at].inputs, params: parts[at].params };
  });
}

/** A step in the file of numbers. */
function entryOf({ name, code, inputs, params }: NamedStep): Document {
  return { name, class: code.className, inputs, params: params as Document, learned: code.numbers };
}

/** Rows of X, row-major, and what spt says of them. */
function examplesOf({ examples: { x, answers } }: About): Document {
  if (answers.values) return { x: rowMajor(x), predict: answers.values };
  const { labels, probabilities, decisions } = answers;
  return {
    x: rowMajor(x),
    labels,
    ...(probabilities && { predict_proba: probabilities }),
    ...(!probabilities && decisions && { decision_function: decisions }),
  };
}

const TEXTS_OF_LEVELS = `
Categories are the texts of LEVELS. An array of X holds objects then. A missing value is NaN.`;

/** The docstring. It has no text from outside, because a name may hold any character. */
function head({ spt, file }: About, levels: Levels | undefined): string {
  const texts = levels ? TEXTS_OF_LEVELS : '';
  const stem = file.replace(/\.py$/, '');
  const use = /^[A-Za-z_]\w*$/.test(stem)
    ? `    from ${stem} import load`
    : '    import runpy\n    load = runpy.run_path("the name of this file")["load"]';
  return `\
"""
A fitted pipeline of scikit-learn. spt ${spt} wrote it.

${use}
    pipe = load()
    pipe.predict(X)

X is a DataFrame with the columns of FEATURES, in this order, or an array of float64 with these columns.${texts}
"""`;
}

/** The imports: those of Python, a blank line, and those of packages. */
function imports(steps: readonly NamedStep[]): string {
  const asked = [
    'import numpy',
    'import sklearn',
    'from sklearn.pipeline import Pipeline',
    ...allCodes(steps).flatMap(({ imports }) => imports),
    ...helpersOf(steps).flatMap(helper => HELPERS[helper].imports),
  ];
  const isPlain = (line: string): boolean => line.startsWith('import');
  const lines = [...new Set(asked)].sort();
  const own = ['import hashlib', 'import json', 'import pathlib', 'import warnings'];
  const ofPython = lines.filter(line => /^from (functools|inspect)/.test(line));
  const others = lines.filter(line => !ofPython.includes(line));
  const ordered = [...others.filter(isPlain), ...others.filter(line => !isPlain(line))];
  return [...own, ...ofPython, '', ...ordered].join('\n');
}

/** The helpers that some step needs. */
function helpersOf(steps: readonly NamedStep[]): Helper[] {
  return [...new Set(allCodes(steps).flatMap(({ helpers }) => helpers ?? []))];
}

/** The codes of the steps, and of those inside of them. */
function allCodes(steps: readonly { code: StepCode }[]): StepCode[] {
  return steps.flatMap(({ code }) => [code, ...allCodes(code.inner ?? [])]);
}

function constants(
  { features, levels, classes }: ExportPlan,
  about: About,
  file: string,
  digest: string,
): string {
  return [
    '# The model: the id of its config in the log, and the digest of what it has learned.',
    `CONFIG, DIGEST = ${pythonText(about.config)}, ${pythonText(about.digest)}`,
    '',
    '# The file of the numbers, which stands beside this one, and its SHA-256.',
    `NUMBERS = ${pythonText(file)}`,
    `SHA256 = ${pythonText(digest)}`,
    '',
    '# The versions of scikit-learn that this program was tried with.',
    `TRIED = ${pythonLiteral(TRIED)}`,
    '',
    '# The columns of X.',
    `FEATURES = ${pythonList(features)}`,
    ...(levels
      ? ['', '# The levels of the columns of categories, by the places of the columns.', levelsText(levels)]
      : []),
    '',
    classes.length > 0
      ? '# The classes, in the order of the columns of predict_proba. Of two, the second one is the positive class.'
      : '# There are no classes: predict gives values.',
    `CLASSES = numpy.array(${pythonList(classes)}, dtype=object)`,
  ].join('\n');
}

function levelsText(levels: Levels): string {
  const lines = levels.flatMap((own, j) => (own ? [`    ${j}: [${own.map(pythonText).join(', ')}],`] : []));
  return ['LEVELS = {', ...lines, '}'].join('\n');
}

function loadText(steps: readonly NamedStep[]): string {
  const lines = steps.map(({ name, maker }) => `            ("${name}", ${maker}(learned["${name}"])),`);
  return `\
def load():
    """The fitted pipeline. Raises RuntimeError where this scikit-learn gives other answers than spt."""
    check_version()
    numbers = read_numbers()
    learned = {step["name"]: step["learned"] for step in numbers["steps"]}
    pipe = Pipeline(
        [
${lines.join('\n')}
        ]
    )
    check_answers(pipe, numbers["examples"])
    ${helpersOf(steps).includes('groups') ? NAMES_OF_GROUPS : NAMES}
    return pipe`;
}

const NAMES = 'pipe[0].feature_names_in_ = numpy.array(FEATURES, dtype=object)';
const NAMES_OF_GROUPS = 'name_features(pipe[0], numpy.array(FEATURES, dtype=object))';

/** The functions that make a step and those inside of it. */
function makerTexts({ maker, code, inputs }: Pick<NamedStep, 'maker' | 'code' | 'inputs'>): string[] {
  const inner = (code.inner ?? []).flatMap(({ maker: own, code: its, part }: InnerStep) =>
    makerTexts({ maker: own, code: its, inputs: part.inputs }),
  );
  return [makerText({ maker, code, inputs }), ...inner];
}

function makerText({ maker, code, inputs }: Pick<NamedStep, 'maker' | 'code' | 'inputs'>): string {
  const { className, before = [], args, lines, countsFeatures } = code;
  const body = [
    ...before,
    `step = ${className}(${args.join(', ')})`,
    ...(countsFeatures === false ? [] : [`step.n_features_in_ = ${inputs}`]),
    ...lines,
    'return step',
  ];
  return [`def ${maker}(of):`, ...body.map(line => `    ${line}`)].join('\n');
}

/** From rows of codes to what a person has: the texts of the levels. */
const TEXTS = `

def texts_of(x):
    """Rows of numbers as rows of X: a category is its text, and a level that is not there another text."""
    rows = x.astype(object)
    for j, levels in LEVELS.items():
        texts = [*levels, max(levels, key=len, default="") + "?"]
        rows[:, j] = [code if numpy.isnan(code) else texts[int(code)] for code in x[:, j]]
    return rows
`;

/** The functions that every program ends with. */
function reading(levels: Levels | undefined): string {
  if (!levels) return READING;
  const rows = 'examples.pop("x").reshape(-1, len(FEATURES))';
  return `${READING.replace(rows, `texts_of(${rows})`)}\n${TEXTS.trimEnd()}`;
}

const READING = `\
def check_version():
    """Refuses versions that are too old, and warns of those that were not tried."""
    version, newest = ([int(part) for part in text.split(".")[:2]] for text in (sklearn.__version__, TRIED[-1]))
    if version < [1, 2]:
        raise RuntimeError(f"scikit-learn 1.2 or newer is needed, and this is {sklearn.__version__}")
    if version > newest:
        warnings.warn(f"tried with scikit-learn {', '.join(TRIED)} only, and this is {sklearn.__version__}")


def read_numbers():
    """The content of the file of numbers."""
    content = pathlib.Path(__file__).with_name(NUMBERS).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{NUMBERS} is not the file that was written with {__file__}")
    return json.loads(content, object_hook=array_of)


def array_of(members):
    """An array of numpy for an object {"$f64": [..]}, and every other object as it is."""
    for name, dtype in (("$f64", "float64"), ("$f32", "float32"), ("$i32", "int32")):
        if name in members:
            return numpy.array([float(value) for value in members[name]]).astype(dtype)
    return members


def check_answers(pipe, examples):
    """Compares the answers for some samples with those of spt."""
    X = examples.pop("x").reshape(-1, len(FEATURES))
    labels = examples.pop("labels", None)
    same = labels is None or numpy.array_equal(pipe.predict(X), CLASSES[labels])
    for method, expected in examples.items():
        found = numpy.ravel(getattr(pipe, method)(X))
        same = same and numpy.allclose(found, expected, rtol=1e-4, atol=1e-4)
    if not same:
        raise RuntimeError(f"scikit-learn {sklearn.__version__} gives other answers than spt, so do not use it here")`;
