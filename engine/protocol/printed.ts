// What a snippet has printed, written to shared memory while it runs, so that it can be read at any time and survives
// the worker's end. Written by the worker, read by the client. A page of text at most: what comes later is in the report
// alone.
import type { SnippetReport } from "./report";

/** Of the whole buffer. */
export const PRINTED_BYTES = 256 * 1024;

// 32-bit words in front: bytes in use behind them, and the snippet. Each entry: five words (the range and the number of
// bytes), then its text as UTF-8, filled up to whole words.
const USED = 0;
const SNIPPET = 1;
const HEAD_WORDS = 2;
const ENTRY_WORDS = 5;

interface Encoder {
  encodeInto(text: string, view: Uint8Array): { read: number; written: number };
}
interface Decoder {
  decode(view: Uint8Array): string;
}

export type PrintedEntry = SnippetReport["output"][number];

export class PrintedWriter {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private used = 0;

  constructor(
    buffer: SharedArrayBuffer | ArrayBuffer,
    private readonly encoder: Encoder,
  ) {
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  begin(snippet: number): void {
    this.used = 0;
    Atomics.store(this.words, USED, 0);
    Atomics.store(this.words, SNIPPET, snippet);
  }

  /** Leaves away what does not fit. */
  write(text: string, line: number, character: number, endLine: number, endCharacter: number): void {
    const at = (HEAD_WORDS + ENTRY_WORDS) * 4 + this.used;
    const room = this.bytes.length - at;
    if (room < 4) return;
    const scratch = new Uint8Array(Math.min(room, text.length * 3));
    const { written } = this.encoder.encodeInto(text, scratch);
    this.bytes.set(scratch.subarray(0, written), at);
    const word = at / 4 - ENTRY_WORDS;
    this.words.set([line, character, endLine, endCharacter, written], word);
    this.used += ENTRY_WORDS * 4 + written + ((4 - (written % 4)) % 4);
    // Last, so that a reader never sees half an entry.
    Atomics.store(this.words, USED, this.used);
  }
}

export class PrintedReader {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(
    private readonly buffer: SharedArrayBuffer | ArrayBuffer,
    private readonly decoder: Decoder,
  ) {
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  /** Nothing of an earlier run is left. */
  clear(): void {
    Atomics.store(this.words, USED, 0);
    Atomics.store(this.words, SNIPPET, -1);
  }

  /** Grows with what is printed. */
  size(snippet: number): number {
    return Atomics.load(this.words, SNIPPET) === snippet ? Atomics.load(this.words, USED) : 0;
  }

  /** What the snippet has printed, in order; what one statement printed at a time is one entry. */
  read(snippet: number): PrintedEntry[] {
    const entries: PrintedEntry[] = [];
    const end = Math.min(this.size(snippet), this.buffer.byteLength) + HEAD_WORDS * 4;
    let at = HEAD_WORDS * 4;
    while (at + ENTRY_WORDS * 4 <= end) {
      const word = at / 4;
      const [line = 0, character = 0, endLine = 0, endCharacter = 0, length = 0] = this.words.subarray(
        word,
        word + ENTRY_WORDS,
      );
      at += ENTRY_WORDS * 4;
      // Shared memory has to be copied before it is decoded.
      const text = this.decoder.decode(this.bytes.slice(at, at + length));
      at += length + ((4 - (length % 4)) % 4);
      const range = { start: { line, character }, end: { line: endLine, character: endCharacter } };
      const last = entries[entries.length - 1];
      if (last && !last.text.endsWith("\n") && sameRange(last.range, range)) last.text += text;
      else entries.push({ text, range });
    }
    return entries;
  }
}

function sameRange(a: PrintedEntry["range"], b: PrintedEntry["range"]): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}
