import { Command } from 'commander';
import type { Config } from '../base/config.js';
import { type Enumeration, configsOf } from '../config/enumerate.js';
import type { Experiment } from '../config/load.js';
import { splitRequest } from '../config/splits.js';
import { type PreparedSplit, loadTables, prepareSplit, storePrepared } from '../data/index.js';
import type { Journal } from '../log/journal.js';
import { table } from '../terminal/table.js';
import { count } from '../terminal/units.js';
import { statusLog } from '../worker/status-log.js';
import { openJournal } from './journal.js';
import { type PlaceOptions, experiment, folders, withPlace } from './place.js';

interface EnqueueOptions extends PlaceOptions {
  pipelines?: string[];
  splits: string[];
  cv?: boolean;
  validate?: boolean;
  dryRun?: boolean;
  json?: boolean;
}
