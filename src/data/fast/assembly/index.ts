/**
 * The entry of the WebAssembly module that reads rows of numbers from delimited text.
 */
export { POWERS_OF_FIVE } from './product';
export * from './rows';
