/** Bytes that grow. A view of them stays what it was when it was taken. */
export class Bytes {
  /** How many bytes there are; the buffer may have room for more. */
  size: number;

  constructor(private buffer: Buffer) {
    this.size = buffer.length;
  }

  view(): Buffer {
    return this.buffer.subarray(0, this.size);
  }

  /** Puts bytes at a position; a gap before it is filled with NULs. */
  put(position: number, bytes: Buffer): void {
    const end = position + bytes.length;
    // earlier views see the buffer up to their own size, so that only what is behind it may be written in place
    if (position < this.size) this.buffer = withBytes(this.view(), position, bytes);
    else {
      if (end > this.buffer.length) {
        const larger = Buffer.alloc(Math.max(2 * this.buffer.length, end));
        this.buffer.copy(larger, 0, 0, this.size);
        this.buffer = larger;
      }
      bytes.copy(this.buffer, position);
    }
    this.size = Math.max(this.size, end);
  }
}

/** A copy with the bytes put at the position; a gap before it is filled with NULs. */
export function withBytes(old: Buffer, position: number, bytes: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(old.length, position + bytes.length));
  old.copy(result);
  bytes.copy(result, position);
  return result;
}
