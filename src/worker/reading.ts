import type { Config } from '../base/config.js';
import { Failure } from '../base/errors.js';
import type { Journal } from '../log/journal.js';

/**
 * The configs of rows, or why one cannot be read: where a record is damaged, it alone is lost. The log is read again then,
 * so that the journal notices whether it is another one by now. Rejects where reading itself fails.
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
