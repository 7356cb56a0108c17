/** The place of an array's first element in the kernel memory, in bytes: `array.byteOffset`. */
export type Pointer = number;
