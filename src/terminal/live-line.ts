/**
 * One line at the bottom of a terminal that is drawn again and again, with other lines printed above it. It is never
 * wider than the terminal, because a line that wraps cannot be drawn over.
 */

type Output = Pick<NodeJS.WriteStream, 'write'> & Partial<Pick<NodeJS.WriteStream, 'columns'>>;

export class LiveLine {
  /** How many characters stand there; 0 if there is no line. */
  private length = 0;
  private drawnColumns = 0;

  constructor(private readonly output: Output) {}

  /** How many characters a line may have. The last column stays empty: some terminals wrap when it is filled. */
  get width(): number {
    return Math.max(0, (this.output.columns ?? 80) - 1);
  }

  /** Draws a line over the one before. It is cut if it is too wide. */
  draw(text: string): void {
    const line = text.slice(0, this.width);
    this.output.write(`${this.erasing()}${line}`);
    this.length = line.length;
    this.drawnColumns = this.width + 1;
  }

  /** Prints lines above. The caller draws the line again. */
  print(text: string): void {
    this.output.write(`${this.erasing()}${text}\n`);
    this.length = 0;
  }

  /** Removes the line. */
  clear(): void {
    if (this.length > 0) this.output.write(this.erasing());
    this.length = 0;
  }

  /**
   * What erases the line. In a window that has become narrower, the terminal has wrapped the line, so the rows above
   * are erased as well.
   */
  private erasing(): string {
    if (this.length === 0) return '';
    const columns = this.width + 1;
    const rows = columns < this.drawnColumns ? Math.ceil(this.length / columns) : 1;
    return rows > 1 ? `\r\x1b[${rows - 1}A\x1b[J` : '\r\x1b[K';
  }
}
