// What an interned place in the user's code is: its range, and the file where it is not the document.
import type { CellPlace } from "../protocol/engineApi";
import type { Range, Site } from "../protocol/report";
import { lineWords } from "./cells";

export class SiteTable {
  private readonly sites = new Map<number, Site>();
  private cells: readonly CellPlace[] | undefined;

  /** The document is a notebook with these cells. */
  layCells(cells: readonly CellPlace[] | undefined): void {
    this.cells = cells;
  }

  private readonly madeUp: Range[] = [];

  add(more: ReadonlyMap<number, Site>): void {
    for (const [number, site] of more) this.sites.set(number, site);
  }

  clear(): void {
    this.sites.clear();
    this.madeUp.length = 0;
  }

  /** A number for a place that no call has. */
  placeOf(range: Range): number {
    const known = this.madeUp.findIndex((each) => JSON.stringify(each) === JSON.stringify(range));
    const index = known >= 0 ? known : this.madeUp.push(range) - 1;
    this.sites.set(-1 - index, { range });
    return -1 - index;
  }

  /** null for 0: nowhere in the user's code. */
  site(number: number): Site | null {
    return this.sites.get(number) ?? null;
  }

  /** The range, where it is in the document itself. */
  range(number: number): Range | null {
    const site = this.sites.get(number);
    return site && site.file === undefined ? site.range : null;
  }

  /** "line 3", "cell 2, line 3" in a notebook, or "line 3 of model.py"; empty for no place. */
  line(number: number): string {
    const site = this.sites.get(number);
    if (!site) return "";
    const { line } = site.range.start;
    return site.file === undefined
      ? lineWords(line, this.cells)
      : `${lineWords(line, undefined)} of ${site.file}`;
  }

  /** " on line 3", to be put behind a word; empty for no place. */
  on(number: number): string {
    const line = this.line(number);
    return line === "" ? "" : ` on ${line}`;
  }
}
