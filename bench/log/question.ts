/** What a question about the log is given, and how it answers. */
export interface Setting {
  /** A folder that is empty before and removed after. */
  folder: string;
  /** Small enough for the suite: the figures mean nothing then. */
  tiny: boolean;
}

export interface Table {
  question: string;
  heads: string[];
  rows: (string | number)[][];
}
