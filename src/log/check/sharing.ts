/**
 * Checks that all users of a group can use all files of a log whose folder the group may write to. Files that spt makes
 * have the folder's permissions. Files that were copied, or that other programs made, may have other permissions.
 */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { someOf } from '../../base/listing.js';
import { segmentNumber, snapshotNumber, workersDirectory } from '../names.js';
import type { Finding } from './findings.js';

const GROUP_WRITES = 0o020;
const SET_GROUP = 0o2000;
/** The permissions that a group needs for a folder, and for a file. */
const NEEDED = { folder: 0o070, file: 0o060 };
const MOST_NAMED = 3;

/** What keeps other users of the group from using the log; nothing where the folder is for one user. */
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

/** The files of the log; other files in the folder do not matter. */
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

/** The names in a folder; none if it is gone, or if this user may not read it. */
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
  const names = someOf(
    wrong.map(({ name }) => name),
    MOST_NAMED,
  );
  return {
    level: 'problem',
    kind: 'not-shared',
    message: `the group may write to the log's folder, but it may not use ${names}`,
    advice: `Let the owner of each run chgrp -R --reference=${folder} ${folder} and chmod -R g+rwX ${folder}`,
  };
}

function withoutGroup(folder: string): Finding {
  return {
    level: 'note',
    kind: 'no-setgid',
    message:
      "the group may write to the log's folder, and new files in it get the group of the user who makes them",
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
