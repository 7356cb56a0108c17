import type { Config } from '../base/config.js';
import { Failure } from '../base/errors.js';
import type { Journal } from '../log/journal.js';

/**
 * The configs of rows; instead of a config whose record is damaged, why it cannot be read. So damage to a record
 * costs its config only. After damage the log is read again, so that the journal notices if another log stands there.
 * @throws the error of a read that fails
 */
export async function readEach(journal: Journal, rows: readonly number[]): Promise<(Config | Failure)[]> {
  try {
    return await journal.readConfigs(rows);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  const read: (Config | Failure)[] = [];
  for (const row of rows) {
    const config = journal.readConfig(row);
    read.push(
      await config.catch(error => {
        if (error instanceof Failure) return error;
        throw error;
      }),
    );
  }
  await journal.refresh();
  return read;
}
