/** The place of a search: its options, its folders, and its two YAML files. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError, InputErrors } from '../base/errors.js';
import type { Experiment } from '../config/load.js';
import { loadExperiment } from '../config/load.js';
import { readYaml, type YamlFile } from '../config/yaml.js';

/** The options that name the place of a search. Every command has them. */
export interface PlaceOptions {
  root: string;
  config?: string;
  pipeConfigs?: string;
  log?: string;
}

/** The folders of a search, absolute. */
export interface Folders {
  root: string;
  log: string;
  prepared: string;
  /** Where workers keep predictions. */
  kept: string;
}

/** Adds the options of the log, and with `'configs'` those of the two YAML files. */
export function withPlace(command: Command, needs: 'log' | 'configs'): Command {
  command.addOption(new Option('--root <dir>', 'the folder that holds configs/').default('.'));
  if (needs === 'configs') {
    command.option('--config <file>', 'use this file instead of configs/config.yaml');
    command.option('--pipe-configs <file>', 'use this file instead of configs/pipe_configs.yaml');
  }
  return command.option('--log <dir>', 'use this folder instead of log/');
}

/** The folders that the options name. Throws InputError if the root or the log is not a folder. */
export function folders(options: PlaceOptions): Folders {
  const root = resolve(options.root);
  if (options.root === '' || !isFolder(root)) {
    throw new InputError('no-such-folder', `there is no folder ${root}`, {
      value: options.root,
      expected: 'the folder that holds configs/',
      hint: 'Go there, or name it with --root.',
    });
  }
  const log = resolve(options.log ?? join(root, 'log'));
  if (options.log === '' || (existsSync(log) && !isFolder(log))) {
    throw new InputError('not-a-folder', options.log === '' ? '--log is empty' : `the log ${log} is a file`, {
      value: options.log,
      expected: 'a folder, or the name of a new one',
    });
  }
  const data = join(root, 'data');
  return { root, log, prepared: join(data, '.prepared'), kept: join(data, '.predictions') };
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/**
 * The config.yaml of a search as it is written. Errors of its content do not matter here. Undefined if it cannot be
 * read; a file that the user named must be readable. Throws InputErrors.
 */
export function configFile(options: PlaceOptions): YamlFile | undefined {
  const path = options.config ?? join(folders(options).root, 'configs', 'config.yaml');
  if (options.config === undefined && !existsSync(path)) return undefined;
  try {
    return readYaml(path);
  } catch (error) {
    if (options.config === undefined && error instanceof InputErrors) return undefined;
    throw error;
  }
}

/** Reads and checks the two YAML files of a search: the named pipelines, or all. Throws InputError(s). */
export function experiment(options: PlaceOptions, pipelines?: readonly string[]): Experiment {
  const { root } = folders(options);
  return loadExperiment(root, { config: options.config, pipeConfigs: options.pipeConfigs, pipelines });
}
