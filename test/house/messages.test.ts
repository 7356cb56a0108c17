/**
 * Every complaint of spt has a real example here. No message is added without one, and a person can read all of them in
 * one sitting: MESSAGES_PRINT=1 prints them.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { allCodes, removeSearch, type Example } from '../../support/gallery.js';
import { ofChoice } from '../../support/gallery-choice.js';
import { ofColumns } from '../../support/gallery-columns.js';
import { ofCommands } from '../../support/gallery-commands.js';
import { ofFiles } from '../../support/gallery-files.js';
import { ofFindings } from '../../support/gallery-findings.js';
import { ofFits } from '../../support/gallery-fits.js';
import { ofFolds } from '../../support/gallery-folds.js';
import { ofInit } from '../../support/gallery-init.js';
import { ofNotes } from '../../support/gallery-notes.js';
import { ofPredict } from '../../support/gallery-predict.js';
import { ofUses } from '../../support/gallery-uses.js';

const gallery: Example[] = [
  ...[ofFiles, ofColumns, ofFolds, ofCommands, ofChoice, ofFits, ofInit].flat(),
  ...[ofFindings, ofNotes, ofPredict, ofUses].flat(),
];
/** Codes without an example, and the reason for each. */
const NOT_SHOWN: { [code: string]: string } = {
  // The suites of the log provoke these, in states that no command line leads to.
  'bad-event': 'no command makes such an event',
  'log-damaged': 'a line has to change while a command runs',
  'log-gone': 'the log has to be moved while a command runs',
  'log-locked': 'another process has to hold the lock for minutes',
  'log-lost-lines': 'the log has to lose lines while a worker runs',
  'log-read-only': 'no command writes to a past state',
  'export-differs': 'a writer has to be wrong',
  'export-not-run': 'a compiler or Python has to fail on a file of ours',
  'bad-onnx': 'a file has to change between its writing and its trial',
  'lost-lines': 'the log has to lose lines and then be written on',
  malformed: 'another program has to write a line with a right checksum',
  'merge-unsettled': 'three appends have to be in doubt',
  uncertain: 'a file server has to keep back its locks',
  probe: 'the folder of the log has to be closed to us',
  'partner-lost': 'it needs two processes, one of which is killed',
  'no-setgid': 'it needs files of a second user',
  // An earlier check refuses these, so a search never gets there.
  'bad-folds': 'config.yaml is checked before',
  'no-groups': 'config.yaml is checked before',
  'engine-not-loaded': 'every command loads the engine first',
  'no-samples': 'a split without samples is refused before',
  'no-weights': 'steps that cannot weigh samples are refused before (infeasible)',
  'nothing-to-calibrate': 'every classifier has a decision or probabilities',
  'not-a-number': 'models that learned such numbers are refused before',
  // These take long or need much room.
  'too-many-configs': 'it needs several spaces of millions',
  'too-many-dimensions': 'it needs a space of more parameters than the table of Sobol has',
  'file-too-large': 'it needs a file of megabytes',
  'long-record': 'it needs a line of 64 million characters',
  'blank-lines': 'it needs a million lines',
  unexpected: 'a fault of the program itself',
};

const isPrinting = process.env.MESSAGES_PRINT === '1';
const shown = new Set<string>();

const Messages = suite('messages');

for (const { code, written, provoke } of gallery) {
  Messages(`${code}: ${written}`, async () => {
    const { codes, text } = await provoke();
    if (isPrinting) console.log(`## ${code}\n${written}\n----\n${text}\n`);
    assert.ok(codes.includes(code), `${code} is not among ${codes.join(', ')}: ${text}`);
    for (const one of codes) shown.add(one);
  });
}

Messages('every code has an example, or a reason for none', () => {
  removeSearch();
  const codes = [...allCodes().keys()];
  assert.equal(
    codes.filter(code => !shown.has(code) && !Object.hasOwn(NOT_SHOWN, code)),
    [],
    'codes without an example',
  );
  assert.equal(
    Object.keys(NOT_SHOWN).filter(code => shown.has(code) || !codes.includes(code)),
    [],
    'reasons that nobody needs',
  );
  assert.ok(codes.length > 150, 'the source is read');
});

Messages.run();
