/** What a question about the log is given, and the table that answers it. */
export interface Setting {
  /** An empty folder, which is removed afterwards. */
  folder: string;
  /** Whether to ask in a form that is small enough for the suite. Its figures mean nothing. */
  tiny: boolean;
}

export interface Table {
  question: string;
  heads: string[];
  rows: (string | number)[][];
}
