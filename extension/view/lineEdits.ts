// The difference of two texts as edits of whole lines: as few lines as possible, so that a preview shows what changes
// and nothing else. Pure.

/** Lines [from, to) of the old text become `lines`. */
export interface Hunk {
  from: number;
  to: number;
  lines: string[];
}

/** Above this, what lies between the first and the last difference is one hunk. */
const MAX_CELLS = 4_000_000;

export function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  if (old.length === 0 && fresh.length === 0) return [];
  if (old.length * fresh.length > MAX_CELLS) return [{ from: head, to: head + old.length, lines: fresh }];
  return between(old, fresh).map(({ from, to, lines }) => ({ from: from + head, to: to + head, lines }));
}

/** By the longest common subsequence. */
function between(old: readonly string[], fresh: readonly string[]): Hunk[] {
  const width = fresh.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      const same = old[i] === fresh[j];
      longest[i * width + j] = same
        ? (longest[(i + 1) * width + j + 1] as number) + 1
        : Math.max(longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number);
    }
  }
  const hunks: Hunk[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      i++;
      j++;
      continue;
    }
    const from = i;
    const lines: string[] = [];
    while (
      (i < old.length || j < fresh.length) &&
      !(i < old.length && j < fresh.length && old[i] === fresh[j])
    ) {
      const takesNew =
        j < fresh.length &&
        (i >= old.length ||
          (longest[i * width + j + 1] as number) >= (longest[(i + 1) * width + j] as number));
      if (takesNew) lines.push(fresh[j++] as string);
      else i++;
    }
    hunks.push({ from, to: i, lines });
  }
  return hunks;
}
