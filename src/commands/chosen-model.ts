/** The model that a command works with: of a config that is trained again, or of a model file. */
import { readFileSync } from 'node:fs';
import { InputError } from '../base/errors.js';
import type { Model } from '../ml/model-file.js';
import { rebuilt, type Options as RebuildOptions } from './rebuild.js';

/** The options that name a model, beside an id. */
export interface ModelOptions extends RebuildOptions {
  model?: string;
}

/** Throws unless one model is named: by an id, by options that choose a config, or by a file. */
export function refuseTwoModels(id: string | undefined, options: ModelOptions): void {
  const { best, select, split, pipelines, scoring, like, calibrate, threshold, model } = options;
  const chooses = [id, best, select, split, pipelines, scoring, like, calibrate, threshold].some(
    value => value !== undefined,
  );
  if (model === undefined ? id !== undefined || best || select : !chooses) return;
  const expected = 'the id of a config, --best, --select with a rule, or --model with a file';
  throw new InputError(
    'one-config',
    model === undefined
      ? 'no model is named'
      : '--model cannot stand beside an id, options that choose a config, --calibrate or --threshold',
    { value: model, expected, hint: 'spt replay lists the configs and their ids.' },
  );
}

/**
 * The model that is meant, and what has to be said of it.
 * @param asking the command that asks, its options that do not choose a config, and how it reads the text of a file
 */
export async function chosenModel<M>(
  id: string | undefined,
  options: ModelOptions,
  asking: { command: string; rest: readonly string[]; read: (text: string) => Promise<M> },
): Promise<{ model: Model | M; notes: string[] }> {
  if (options.model !== undefined) return { model: await modelOfFile(options.model, asking.read), notes: [] };
  try {
    const { model, proven, notes } = await rebuilt(id, options);
    const unproven = 'The config has not finished yet, so there is no digest to compare.';
    return { model, notes: proven ? notes : [...notes, unproven] };
  } catch (error) {
    if (!(error instanceof InputError) || !error.complaint.commands) throw error;
    const commands = error.complaint.commands.map(line => asLineOf(line, asking));
    throw new InputError(error.code, error.message, { ...error.complaint, commands }, { cause: error });
  }
}

/** A line that chooses a config for `spt rebuild`, as a line of another command. A comment may stand at its end. */
function asLineOf(line: string, { command, rest }: { command: string; rest: readonly string[] }): string {
  const [, words, comment] = /^spt rebuild (.*?)( {2}#.*)?$/.exec(line) ?? [];
  return words === undefined ? line : `spt ${[command, words, ...rest].join(' ')}${comment ?? ''}`;
}

async function modelOfFile<M>(path: string, read: (text: string) => Promise<M>): Promise<M> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message: why } = cause as NodeJS.ErrnoException;
    const message = `the model file cannot be read: ${code === 'ENOENT' ? 'there is no such file' : why}`;
    throw new InputError('unreadable-file', message, { place: { file: path } }, { cause });
  }
  try {
    return await read(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const complaint = { ...error.complaint, place: { file: path } };
    throw new InputError(error.code, error.message, complaint, { cause: error });
  }
}
