// Which rows of a long table are in the document: those that are seen and some around them. Pure.

export interface RowWindow {
  from: number;
  to: number;
}

/** Shorter tables are there as a whole. */
export const allUpTo = 200;
const around = 24;

export function windowOf(count: number, scrolled: number, height: number, rowHeight: number): RowWindow {
  if (count <= allUpTo) return { from: 0, to: count };
  const first = Math.floor(scrolled / rowHeight);
  const seen = Math.ceil(height / rowHeight);
  const from = Math.max(0, Math.min(first - around, count - seen - 2 * around));
  return { from, to: Math.min(count, from + seen + 2 * around + 1) };
}

/** Where to scroll so that a row is seen below a head of `head` pixels; the same place where it is seen already. */
export function scrollTo(
  row: number,
  scrolled: number,
  height: number,
  rowHeight: number,
  head: number,
): number {
  const top = row * rowHeight;
  if (top < scrolled) return top;
  if (top + rowHeight > scrolled + height - head) return top + rowHeight - height + head;
  return scrolled;
}
