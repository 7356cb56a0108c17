/** All that the module gives: what a line says, and what a run of lines sums to. */
export * from './runs';
export * from './scan';
