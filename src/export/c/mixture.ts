/** An ensemble in C: the code of each member with names of its own, and their weighted mean. */
import type { MixturePlan } from '../plan.js';
import { pipelineCode } from './pipeline.js';
import { table } from './text.js';
import type { Code } from './transforms.js';

/** The names of the functions, tables and constants that a text defines outside of functions. */
function definedIn(text: string): Set<string> {
  const found = text.matchAll(/^(?:static [\w *]*?(\w+)[([]|#define (\w+))/gm);
  return new Set(Array.from(found, ([, name, constant]) => name ?? constant));
}

/** The text with a word in front of all names that it defines, because members define the same ones. */
function prefixed(text: string, prefix: string): string {
  const own = definedIn(text);
  return text.replaceAll(/\b[A-Za-z_]\w*/g, name => (own.has(name) ? `${prefix}${name}` : name));
}

/** The function that the user calls, and those of the members, whose names begin with m0_, m1_ and so on. */
export function mixtureCode({ members, weights, classes }: MixturePlan): Code {
  const codes = members.map(member => pipelineCode(member, 'static int predict'));
  const texts = codes.map(
    ({ text }, m) => `/* ======== Member ${m} ======== */\n${prefixed(text, `m${m}_`)}`,
  );
  const k = classes.length;
  const own = `/* ======== The weighted mean ======== */
${table('mixture_weights', weights)}
static int (*const mixture_members[])(const double *, double *) = {
${members.map((_, m) => `  m${m}_predict,`).join('\n')}
};
int spt_predict(const double *x, double *out) {
  double own[${k}];
  for (int c = 0; c < ${k}; c++) out[c] = 0;
  for (int m = 0; m < ${members.length}; m++) {
    if (mixture_members[m](x, own) < 0) return -1;
    for (int c = 0; c < ${k}; c++) out[c] += mixture_weights[m] * own[c];
  }
  return largest_of(out, ${k});
}`;
  return { text: [...texts, own].join('\n\n'), math: codes.flatMap(({ math }) => math) };
}
