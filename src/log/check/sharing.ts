/**
 * Whether the users of a group, who may write to the folder of a log, can use all that stands in it. Files that spt makes
 * have the folder's permissions; those that were copied, or made by other programs, may have any.
 */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { segmentNumber, snapshotNumber, workersDirectory } from '../names.js';
import type { Finding } from './findings.js';

const GROUP_WRITES = 0o020;
const SET_GROUP = 0o2000;
/** What a group needs of a folder, and of a file. */
const NEEDED = { folder: 0o070, file: 0o060 };
const MOST_NAMED = 3;

/** What keeps others of the group from working on the log; nothing where the folder is for one user. */
export function sharingFindings(folder: string): Finding[] {
  const log = lookAt(folder);
  if (!log) return [];
  const inside = entriesOf(folder);
  if ((log.mode & GROUP_WRITES) === 0) return isOfSeveral(log, inside) ? [closed(folder)] : [];
  const wrong = inside.filter(({ found }) => found.gid !== log.gid || !isOpen(found));
  const findings = wrong.length > 0 ? [notShared(folder, wrong)] : [];
  if ((log.mode & SET_GROUP) === 0 && isOfSeveral(log, inside)) findings.push(withoutGroup(folder));
  return findings;
}

interface Entry {
  name: string;
  found: Stats;
}

/** What the log is made of; other files in the folder do not matter. */
function entriesOf(folder: string): Entry[] {
  const isOwn = (name: string): boolean =>
    segmentNumber(name) !== undefined || snapshotNumber(name) !== undefined || name === 'status.log';
  const workers = workersDirectory('');
  const names = [
    ...namesIn(folder).filter(name => isOwn(name) || name === workers),
    ...namesIn(join(folder, workers)).map(name => join(workers, name)),
  ];
  return names.flatMap(name => {
    const found = lookAt(join(folder, name));
    return found ? [{ name, found }] : [];
  });
}

/** Files come and go, and a folder may be closed to us. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function isOpen(found: Stats): boolean {
  const needed = found.isDirectory() ? NEEDED.folder : NEEDED.file;
  return (found.mode & needed) === needed;
}

function isOfSeveral(log: Stats, inside: readonly Entry[]): boolean {
  return inside.some(({ found }) => found.uid !== log.uid && found.uid !== 0);
}

function notShared(folder: string, wrong: readonly Entry[]): Finding {
  const named = wrong.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = wrong.length > named.length ? `, and ${wrong.length - named.length} more` : '';
  return {
    level: 'problem',
    kind: 'not-shared',
    message: `the group may write to the log's folder, but it may not use ${named.join(', ')}${more}`,
    advice: `Let the owner of each run chgrp -R --reference=${folder} ${folder} and chmod -R g+rwX ${folder}`,
  };
}

function withoutGroup(folder: string): Finding {
  return {
    level: 'note',
    kind: 'no-setgid',
    message:
      "the group may write to the log's folder, and new files in it get the group of whoever makes them",
    advice: `Let the owner run chmod g+s ${folder}, so that new files get the folder's group.`,
  };
}

function closed(folder: string): Finding {
  return {
    level: 'problem',
    kind: 'not-shared',
    message: 'several users have written to the log, and its folder is open to its owner only',
    advice: `Let the owner run chmod -R g+rwX ${folder} and chmod g+s ${folder}`,
  };
}
