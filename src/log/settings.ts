/**
 * The settings of a log's configs. The state knows a config's names only. The rest of its setting is in its `enqueued`
 * record, behind the steps, and is read from there on demand. A search has a few settings and up to millions of
 * configs, so the end of a record is compared as text, and each different text is parsed once.
 */
import type { Config } from '../base/config.js';
import { decode } from '../events/format/decode.js';
import { settingKey, settingOf, type Setting, type SettingSource } from '../events/ask/setting.js';
import type { State } from '../events/state/state.js';
import type { Host } from './host.js';
import { visitConfigs } from './records.js';

/** The text that follows the steps in a config, as `encode` writes it. */
const BEHIND_STEPS = ',"train":"';
/** A member that the text behind the steps must have. JSON would escape its quotes inside a string. */
const DATA = ',"data":"';

export class Settings {
  readonly all: Setting[] = [];
  private numbers = new Uint32Array(0);
  private known = 0;
  /** Numbers by setting, and by the group and the bytes that they were read from. */
  private readonly byKey = new Map<string, number>();
  private readonly byText = new Map<string, number>();

  /** The number of a row's setting, in `all`. */
  of(row: number): number {
    return this.numbers[row];
  }

  /** Reads the settings of the rows that are new since the last call. */
  async follow(state: State, directory: string, host: Host): Promise<this> {
    const grown = new Uint32Array(state.size);
    grown.set(this.numbers.subarray(0, Math.min(this.known, state.size)));
    this.numbers = grown;
    await visitConfigs(directory, host, state, [this.known, state.size], (bytes, start, end, row) => {
      this.numbers[row] = this.numberOf(state, row, bytes, start, end);
    });
    this.known = state.size;
    return this;
  }

  private numberOf(state: State, row: number, bytes: Buffer, start: number, end: number): number {
    let behind = bytes.lastIndexOf(BEHIND_STEPS, end - 1);
    let text = behind < start ? '' : bytes.toString('latin1', behind + 1, end - 1);
    // Without this member, the members have another order, as in a merged log. Then the whole record is read.
    if (!text.includes(DATA)) [behind, text] = [-1, ''];
    const key = `${state.group[row]} ${text}`;
    const known = text === '' ? undefined : this.byText.get(key);
    if (known !== undefined) return known;
    const { split, scoring } = state.groupOf(row);
    const number = this.add(settingOf(split, scoring, sourceOf(bytes, start, end, behind)));
    if (text !== '') this.byText.set(key, number);
    return number;
  }

  private add(setting: Setting): number {
    const key = settingKey(setting);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    this.byKey.set(key, this.all.length);
    return this.all.push(setting) - 1;
  }
}

/** The members of a record behind its steps; none where it is damaged. */
function sourceOf(bytes: Buffer, start: number, end: number, behind: number): SettingSource {
  try {
    // Balanced braces prove that the text belongs to the config itself, and not to a parameter of that name.
    if (behind >= start) return JSON.parse(`{${bytes.toString('utf8', behind + 1, end - 1)}`) as Config;
  } catch {
    // The members have another order. The whole record is read.
  }
  const entry = decode(bytes, start, end);
  return typeof entry === 'object' && entry.event.type === 'enqueued' ? entry.event.config : {};
}
