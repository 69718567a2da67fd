// The k elements that come first in an order, in the order (also among equal ones) in which the C++ standard
// library's partial_sort, nth_element and sort leave them: that is what `topk` shows of ties.

type Before = (a: number, b: number) => boolean;

/** Places of the `k` first of `length` elements. `before(a, b)`: the element at a comes before that at b. */
export function largestFirst(length: number, k: number, sorted: boolean, before: Before): number[] {
  const places = Array.from({ length }, (_, i) => i);
  if (k === 0) return [];
  if (k * 64 <= length) {
    partialSort(places, k, before);
  } else {
    nthElement(places, k - 1, before);
    if (sorted) introsort(places, 0, k - 1, before);
  }
  return places.slice(0, k);
}

function partialSort(list: number[], k: number, before: Before): void {
  makeHeap(list, 0, k, before);
  for (let i = k; i < list.length; i++) {
    if (!before(list[i], list[0])) continue;
    const value = list[i];
    list[i] = list[0];
    adjustHeap(list, 0, 0, k, value, before);
  }
  sortHeap(list, 0, k, before);
}

function makeHeap(list: number[], first: number, last: number, before: Before): void {
  const length = last - first;
  for (let parent = (length - 2) >> 1; parent >= 0 && length >= 2; parent--) {
    adjustHeap(list, first, parent, length, list[first + parent], before);
  }
}

/** Lets `value` sink from `hole`, then rise, as __adjust_heap does. */
function adjustHeap(
  list: number[],
  first: number,
  from: number,
  length: number,
  value: number,
  before: Before,
): void {
  let hole = from;
  let child = hole;
  while (child < (length - 1) >> 1) {
    child = 2 * (child + 1);
    if (before(list[first + child], list[first + child - 1])) child--;
    list[first + hole] = list[first + child];
    hole = child;
  }
  if ((length & 1) === 0 && child === (length - 2) >> 1) {
    child = 2 * (child + 1);
    list[first + hole] = list[first + child - 1];
    hole = child - 1;
  }
  let parent = (hole - 1) >> 1;
  while (hole > from && before(list[first + parent], value)) {
    list[first + hole] = list[first + parent];
    hole = parent;
    parent = (hole - 1) >> 1;
  }
  list[first + hole] = value;
}

function sortHeap(list: number[], first: number, last: number, before: Before): void {
  for (let end = last - 1; end > first; end--) {
    const value = list[end];
    list[end] = list[first];
    adjustHeap(list, first, 0, end - first, value, before);
  }
}

function depthLimit(length: number): number {
  return length > 0 ? 2 * Math.floor(Math.log2(length)) : 0;
}

function nthElement(list: number[], nth: number, before: Before): void {
  let first = 0;
  let last = list.length;
  let depth = depthLimit(last - first);
  while (last - first > 3) {
    if (depth-- === 0) {
      heapSelect(list, first, nth + 1, last, before);
      [list[first], list[nth]] = [list[nth], list[first]];
      return;
    }
    const cut = partitionByPivot(list, first, last, before);
    if (cut <= nth) first = cut;
    else last = cut;
  }
  insertionSort(list, first, last, before);
}

function heapSelect(list: number[], first: number, middle: number, last: number, before: Before): void {
  makeHeap(list, first, middle, before);
  for (let i = middle; i < last; i++) {
    if (!before(list[i], list[first])) continue;
    const value = list[i];
    list[i] = list[first];
    adjustHeap(list, first, 0, middle - first, value, before);
  }
}

/** The median of three becomes the first element and the pivot; answers where the second part begins. */
function partitionByPivot(list: number[], first: number, last: number, before: Before): number {
  const middle = first + ((last - first) >> 1);
  const [a, b, c] = [first + 1, middle, last - 1];
  let median: number;
  if (before(list[a], list[b])) {
    median = before(list[b], list[c]) ? b : before(list[a], list[c]) ? c : a;
  } else {
    median = before(list[a], list[c]) ? a : before(list[b], list[c]) ? c : b;
  }
  [list[first], list[median]] = [list[median], list[first]];
  const pivot = list[first];
  let low = first + 1;
  let high = last;
  for (;;) {
    while (before(list[low], pivot)) low++;
    high--;
    while (before(pivot, list[high])) high--;
    if (low >= high) return low;
    [list[low], list[high]] = [list[high], list[low]];
    low++;
  }
}

const THRESHOLD = 16;

function introsort(list: number[], first: number, last: number, before: Before): void {
  if (last - first < 2) return;
  introsortLoop(list, first, last, depthLimit(last - first), before);
  if (last - first <= THRESHOLD) {
    insertionSort(list, first, last, before);
    return;
  }
  insertionSort(list, first, first + THRESHOLD, before);
  for (let i = first + THRESHOLD; i < last; i++) insertUnguarded(list, i, before);
}

function introsortLoop(list: number[], first: number, end: number, limit: number, before: Before): void {
  let last = end;
  let depth = limit;
  while (last - first > THRESHOLD) {
    if (depth === 0) {
      heapSelect(list, first, last, last, before);
      sortHeap(list, first, last, before);
      return;
    }
    depth--;
    const cut = partitionByPivot(list, first, last, before);
    introsortLoop(list, cut, last, depth, before);
    last = cut;
  }
}

function insertionSort(list: number[], first: number, last: number, before: Before): void {
  for (let i = first + 1; i < last; i++) {
    if (before(list[i], list[first])) {
      const [value] = list.splice(i, 1);
      list.splice(first, 0, value);
    } else {
      insertUnguarded(list, i, before);
    }
  }
}

function insertUnguarded(list: number[], from: number, before: Before): void {
  const value = list[from];
  let i = from;
  while (before(value, list[i - 1])) {
    list[i] = list[i - 1];
    i--;
  }
  list[i] = value;
}
