// Writes docs/config.md and docs/steps.md from the schemas that check a search.
import { writeFileSync } from 'node:fs';
import { configPage, stepsPage } from '../dist/src/config/reference.js';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('config.md', docs), configPage());
writeFileSync(new URL('steps.md', docs), stepsPage());
