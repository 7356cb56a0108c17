import { Command } from 'commander';
import type { Config } from '../base/config.js';
import { configsOf } from '../config/enumerate.js';
import type { Journal } from '../log/journal.js';
import { table } from '../terminal/table.js';
import { count } from '../terminal/units.js';
import { statusLog } from '../worker/status-log.js';
import { openLog } from './journal.js';
import { type PlaceOptions, experiment, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  pipelines?: string[];
  splits: string[];
  cv?: boolean;
  validate?: boolean;
  dryRun?: boolean;
  json?: boolean;
}
