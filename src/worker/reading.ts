/** Reads claimed configs, of which some may be damaged. */
import type { Config } from '../base/config.js';
import { Failure } from '../base/errors.js';
import type { Journal } from '../log/journal.js';

/**
 * The configs of rows. A config whose record is damaged is replaced by the failure that tells why. So damage to a
 * record costs its config only. After damage the log is read again, so that the journal notices another log in its
 * place.
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
