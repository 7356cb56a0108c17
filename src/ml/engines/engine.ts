import type { z } from 'zod';
import type { Document, FitContext, Classifier, ClassProblem } from '../types.js';

/**
 * An estimator with several implementations behind one set of parameters. Each implementation is an engine. The
 * step's parameter `engine` chooses one of them.
 */
export interface Engine<P> {
  /** The first parameter that this engine cannot honor, and the reason; undefined where it honors all of them. */
  refuses?(params: P): [parameter: string, reason: string] | undefined;
  fit(problem: ClassProblem, params: P, context: FitContext): Classifier;
  /** The model whose `serialize` gave this document. */
  load(document: Document): Classifier;
}

export type Engines<P> = { readonly [name: string]: Engine<P> };

/** A check for a schema's superRefine. It refuses a parameter that the chosen engine cannot honor. */
export function refuseUnsupported<P extends { engine: string }>(engines: Engines<P>) {
  return (params: P, context: z.core.$RefinementCtx): void => {
    const refused = engines[params.engine].refuses?.(params);
    if (!refused) return;
    const [parameter, reason] = refused;
    const input = params[parameter as keyof P];
    context.addIssue({
      code: 'custom',
      path: [parameter],
      message: `engine ${params.engine} ${reason}`,
      input,
    });
  };
}

/** Fits by the chosen engine; the document says which one it was. */
export function fitByEngine<P extends { engine: string }>(engines: Engines<P>) {
  return (problem: ClassProblem, params: P, context: FitContext): Classifier => {
    const model = engines[params.engine].fit(problem, params, context);
    return { ...model, serialize: () => ({ engine: params.engine, model: model.serialize() }) };
  };
}

/** Loads by the engine that the document names. */
export function loadByEngine<P>(engines: Engines<P>) {
  return (document: Document): Classifier => {
    const { engine, model } = document as { engine: string; model: Document };
    return { ...engines[engine].load(model), serialize: () => document };
  };
}

/** The first parameter that differs from the only value an engine knows, with a reason; undefined if none does. */
export function firstDifference<P>(params: P, only: Partial<P>): [string, string] | undefined {
  for (const [name, value] of Object.entries(only)) {
    if (params[name as keyof P] !== value) return [name, `has ${name} ${JSON.stringify(value)} only`];
  }
  return undefined;
}
