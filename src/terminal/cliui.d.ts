/** cliui 9 ships no types; this is the part of it that we use. */
declare module 'cliui' {
  interface Cell {
    text: string;
    width?: number;
  }
  interface Layout {
    div(...cells: Cell[]): void;
    toString(): string;
  }
  export default function cliui(options: { width: number; wrap?: boolean }): Layout;
}
