// Written by scripts/kernel-interface.mjs from ../assembly/network-activations.ts: edit that file.

/** The numbers of the activations. */
export const IDENTITY = 0;

export const LOGISTIC = 1;

export const TANH = 2;

export const RELU = 3;
