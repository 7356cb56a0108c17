// Written by scripts/kernel-interface.mjs from ../assembly/svm-kernel.ts, ../assembly/svm-smo.ts: edit that file.
import { layoutOf } from '../struct.js';

/** The numbers of the kernel functions. */
export const LINEAR = 0;

export const RBF = 1;

export const POLY = 2;

export const SIGMOID = 3;

/** svmIterate returns this at the optimum. */
export const OPTIMAL = 0;

/** svmIterate returns this when it needs a row of K that is not at hand. */
export const ROW_WANTED = 1;

/** What goes in and out of svmIterate. */
export const SVM_CONTROL = layoutOf([
  /** How many steps have been made. */
  ['iterations', 'f64'],
  /** At this number of iterations svmIterate returns PAUSE. */
  ['pauseAt', 'f64'],
  /** The violation at which the search ends. */
  ['tolerance', 'f64'],
  /** Which row of K is needed. */
  ['wanted', 'f64'],
  /** How far the largest force over `up` exceeds the smallest one over `low`. */
  ['violation', 'f64'],
  /** The first sample of the pair for the next step, or -1 before it is chosen. */
  ['first', 'f64'],
  /** The force on the first sample. */
  ['highest', 'f64'],
]);
