/** What TypeScript knows of the WebAssembly module agrees with its sources and with the compiler. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import asc from 'assemblyscript/asc';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../../src/kernels/loader.js';
import { float64, scope } from '../../src/kernels/memory.js';
import { allocate, allocateArray, layoutOf } from '../../src/kernels/struct.js';
import { root } from '../../support/root.js';

const folder = join(root, 'src/kernels');
const test = suite('the interface of the kernels');

test('the generated files are those of the sources', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/kernel-interface.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
});

/** The names and the numbers of parameters of the functions that the generated types declare. */
function declaredFunctions(): Map<string, number> {
  const found = new Map<string, number>();
  for (const name of readdirSync(join(folder, 'exports'))) {
    const text = readFileSync(join(folder, 'exports', name), 'utf8');
    for (const statement of parse(text, { sourceType: 'module', plugins: ['typescript'] }).program.body) {
      if (statement.type !== 'ExportNamedDeclaration') continue;
      if (statement.declaration?.type !== 'TSInterfaceDeclaration') continue;
      for (const member of statement.declaration.body.body) {
        assert.is(member.type, 'TSMethodSignature');
        if (member.type !== 'TSMethodSignature' || member.key.type !== 'Identifier') continue;
        found.set(member.key.name, member.parameters.length);
      }
    }
  }
  return found;
}

test('the module exports the declared functions, with as many parameters', () => {
  const declared = declaredFunctions();
  const exported = Object.entries(kernels()).filter(([, value]) => typeof value === 'function');
  assert.ok(exported.length > 50);
  assert.equal(
    exported.map(([name, { length }]) => [name, length]).sort(),
    [...declared].sort(),
    'name and number of parameters',
  );
});

interface Topic {
  topic: string;
  file: string;
}

/** The assembly files that declare structs, and the layouts that are made from them. */
const structs: Topic[] = readdirSync(join(folder, 'assembly'))
  .filter(name => readFileSync(join(folder, 'assembly', name), 'utf8').includes('@unmanaged'))
  .map(name => ({ file: name.slice(0, -3), topic: name.slice(0, -3).split('-')[0] }));

test('layouts place fields where the compiler does', async () => {
  assert.ok(structs.length >= 2);
  for (const { topic, file } of structs) {
    const text = readFileSync(join(folder, 'assembly', `${file}.ts`), 'utf8');
    const layouts = await import(`../../src/kernels/layouts/${topic}.js`);
    const probes: Probe[] = [];
    const expected: number[] = [];
    for (const [, name] of text.matchAll(/@unmanaged\s+(?:export )?class (\w+)/g)) {
      const { fields, offsets, bytes } = layouts[`${topic}_${name}`.toUpperCase()] as AnyLayout;
      probes.push({ name, fields: fields.map(([field]) => field) });
      expected.push(...fields.map(([field]) => offsets[field]), bytes);
    }
    assert.equal(await offsetsOf(text, probes), expected, `${file}: field by field, and the whole`);
  }
});

interface AnyLayout {
  fields: [string, string][];
  offsets: { [field: string]: number };
  bytes: number;
}

interface Probe {
  name: string;
  fields: string[];
}

/** The compiler's offset of each field of the structs of a file, and after those of each struct its size. */
async function offsetsOf(text: string, probes: Probe[]): Promise<number[]> {
  const classes = [...text.matchAll(/^@unmanaged\s+(?:export )?class [^]*?^}/gm)].join('\n');
  const wanted = probes.flatMap(({ name, fields }) => [
    ...fields.map(field => `offsetof<${name}>('${field}')`),
    `offsetof<${name}>()`,
  ]);
  const functions = wanted.map((value, i) => `export function at${i}(): usize { return ${value}; }`);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['probe.ts', '--outFile', 'probe.wasm', '--runtime', 'stub'], {
    readFile: path => (path === 'probe.ts' ? `${classes}\n${functions.join('\n')}` : null),
    writeFile: (path, contents) => {
      if (path === 'probe.wasm') binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  assert.ok(binary, `${error}: ${stderr}`);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>));
  const functionsFound = instance.exports as { [name: string]: () => number };
  return wanted.map((_, i) => functionsFound[`at${i}`]());
}

const SAMPLE = layoutOf([
  ['share', 'f32'],
  ['weight', 'f64'],
  ['count', 'u32'],
  ['feature', 'i32'],
  ['values', 'usize'],
  ['unused', 'u32'],
]);

test('a struct is written by its names and read field by field', () => {
  assert.equal(SAMPLE.offsets, { share: 0, weight: 8, count: 16, feature: 20, values: 24, unused: 28 });
  assert.is(SAMPLE.bytes, 32);
  scope(() => {
    const values = float64(3);
    const array = allocateArray(SAMPLE, 2);
    const given = { share: 0.5, weight: -1.25, count: 3_000_000_000, feature: -7, values, unused: 0 };
    const struct = allocate(SAMPLE, given);
    struct.set('feature', -8);
    const written = new Uint8Array(values.buffer, struct.pointer, SAMPLE.bytes);
    array.bytes.set(written, SAMPLE.bytes);
    const second = (name: keyof typeof given) => {
      const field = array.field(name);
      assert.is(field.values[0], 0);
      return field.values[field.stride];
    };
    assert.is(second('share'), 0.5);
    assert.is(second('weight'), -1.25);
    assert.is(second('count'), 3_000_000_000);
    assert.is(second('feature'), -8);
    assert.is(second('values'), values.byteOffset);
  });
});

test('an address is that of an array in the kernel memory, or 0', () => {
  scope(() => {
    const given = { share: 0, weight: 0, count: 0, feature: 0, unused: 0 };
    assert.throws(
      () => allocate(SAMPLE, { ...given, values: new Float64Array(1) }),
      /values is not in the kernel memory/,
    );
    const struct = allocate(SAMPLE, { ...given, values: null });
    const view = new Uint32Array(float64(0).buffer, struct.pointer, SAMPLE.bytes / 4);
    assert.is(view[SAMPLE.offsets.values / 4], 0);
  });
});

test('structs of an array that would not be aligned are refused', () => {
  const layout = layoutOf([
    ['weight', 'f64'],
    ['count', 'u32'],
  ]);
  assert.throws(() => allocateArray(layout, 2), /structs of 12 bytes would not be aligned to 8/);
});

test.run();
