/**
 * The model file of an ensemble: version 2 or 3 of the form of model-file.ts, with `members` in the place of a config
 * and a pipeline. Programs that know version 1 only refuse it as newer. This file goes from ensembles to text and back.
 */
import { z } from 'zod';
import { InputError } from '../base/errors.js';
import type { AnyModel } from './any-model.js';
import { ensembleDigest, type Ensemble, type Member } from './ensemble.js';
import {
  changedNumbers,
  checkedText,
  classesIn,
  commonMembers,
  documentOf,
  FORMAT,
  isMixed,
  modelMembers,
  modelOfDocument,
  needsVersion3,
  parsed,
  pipelineOf,
  refuseChanged,
  tableOf,
  targetMembers,
  type ModelDocument,
} from './model-file.js';
import { columnDocuments } from './model-columns.js';
import { pipelineDigest } from './pipeline.js';
import type { Document } from './types.js';

/** The text of the model file. */
export function ensembleText({
  versions,
  digest,
  classes,
  samples,
  columns,
  table,
  members,
}: Ensemble): string {
  return checkedText([
    ['format', FORMAT],
    ['version', needsVersion3({ classes, columns, table }) ? 3 : 2],
    ['versions', versions],
    ['digest', digest],
    ...targetMembers(classes),
    ['samples', samples],
    ['columns', columnDocuments(columns)],
    ['table', table],
    ['members', members.map(memberDocument)],
  ]);
}

function memberDocument({ weight, config, digest, scores, pipeline }: Member): Document {
  const document = { weight, config, digest, pipeline: pipeline.serialize(), ...(scores && { scores }) };
  return document as unknown as Document;
}

const mixed = z.looseObject({
  ...commonMembers,
  members: z.array(z.looseObject({ ...modelMembers, weight: z.number().positive() })).min(1),
});

/** The model or the ensemble of a file's text. Throws InputErrors as `readModel` does. */
export async function readAnyModel(text: string): Promise<AnyModel> {
  const document = documentOf(text);
  return isMixed(document) ? ensembleOfDocument(document) : modelOfDocument(document);
}

async function ensembleOfDocument(document: ModelDocument): Promise<Ensemble> {
  const read = parsed(mixed, document);
  const { versions, digest, samples } = read;
  const classes = classesIn(read);
  const documents = document.members as ModelDocument[];
  const members: Member[] = [];
  for (const [place, member] of read.members.entries()) {
    const { pipeline } = documents[place];
    const found = pipelineDigest(pipeline);
    if (found !== member.digest) throw changedNumbers(found, member.digest);
    members.push({ ...(member as unknown as Member), pipeline: await pipelineOf(pipeline) });
  }
  const found = ensembleDigest(members);
  if (found !== digest) throw changedNumbers(found, digest);
  refuseChanged(document);
  for (const member of members) refuseOther(member, classes.length === 0);
  return { versions, digest, classes, samples, ...tableOf(read), members };
}

/** Refuses a member without what is averaged. */
function refuseOther({ config, pipeline }: Member, isOfValues: boolean): void {
  if (pipeline.classes === undefined ? isOfValues : !isOfValues && pipeline.proba) return;
  const what = isOfValues ? 'values' : 'probabilities';
  throw new InputError('bad-model', `the member ${config.id} of the ensemble has no ${what}`, {
    expected: `members with ${what}`,
  });
}
