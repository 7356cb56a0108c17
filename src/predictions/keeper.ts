import type { AllOutputs } from '../ml/scored.js';
import { writeKept } from './kept.js';

/**
 * Gathers the predictions of one config while it is trained, and keeps them in a file. It is apart from the training:
 * the time that it takes is counted by itself, and its troubles fail no config.
 */
export class Keeper {
  /** The time that was spent here so far, in seconds. */
  seconds = 0;
  private readonly folds: AllOutputs[] = [];
  private validate: AllOutputs | undefined;
  private trouble: Error | undefined;

  /** Takes what a fit says of the samples that it did not see. */
  readonly add = (of: 'fold' | 'validate', outputs: () => AllOutputs): void => {
    const started = performance.now();
    try {
      if (of === 'fold') this.folds.push(outputs());
      else this.validate = outputs();
    } catch (error) {
      this.trouble ??= error as Error;
    }
    this.seconds += (performance.now() - started) / 1000;
  };

  /**
   * Writes the file. Gives the reason where it cannot.
   * @param digest the digest of the model that was fitted on the whole split
   */
  write(folder: string, config: string, digest: string): string | undefined {
    const { folds, validate } = this;
    if (this.trouble) return this.trouble.message;
    if (folds.length === 0 && !validate) return undefined;
    try {
      writeKept(folder, { config, digest, folds, ...(validate && { validate }) });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
