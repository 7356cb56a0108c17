/**
 * The entry of the WebAssembly module that scans lines of the log: what a line says, and the CRC of a run of lines.
 */
export * from './runs';
export * from './scan';
