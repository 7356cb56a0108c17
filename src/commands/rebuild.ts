import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { Failure, InputError } from '../base/errors.js';
import { readPrepared } from '../data/store.js';
import type { State } from '../events/state.js';
import { refit } from '../ml/evaluate.js';
import { toText } from '../ml/serialize.js';
import { greaterIsBetter } from '../ml/metrics.js';
import { duration, score } from '../terminal/units.js';
import { existingLog, rowOf } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  out?: string;
  best?: boolean;
  json?: boolean;
}
