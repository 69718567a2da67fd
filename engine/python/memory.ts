// A run leaves nothing behind: Python's whole memory and file system go back to how they were.
// Python keeps all its state in WASM memory, so that copying 31 MB back (2 to 3 milliseconds) undoes every
// monkey patch, mode, seed and cache, known or unknown. Runs of the same text start from the same bytes.

/** Emscripten's in-memory file system, as far as it is needed here. */
export interface FileSystem {
  root: FsNode;
  /** Every node that exists, in chains by hash. */
  nameTable: (FsNode | undefined)[];
  nextInode: number;
  streams: (FsStream | null | undefined)[];
  writeFile(path: string, data: string | Uint8Array): void;
  mkdirTree(path: string): void;
  chdir(path: string): void;
  cwd(): string;
}
interface FsNode {
  name: string;
  mode: number;
  parent: FsNode;
  name_next?: FsNode;
  /** A folder's entries by name, a file's bytes, or neither (a device). */
  contents?: Record<string, FsNode> | Uint8Array | number[] | null;
  usedBytes?: number;
  atime?: number;
  mtime?: number;
  ctime?: number;
  mounted?: unknown;
}
interface FsStream {
  fd: number;
  position: number;
}

export interface PythonModule {
  HEAPU8: Uint8Array;
  FS: FileSystem;
  _emscripten_stack_get_current(): number;
  __emscripten_stack_restore(pointer: number): void;
}

const FOLDER = 0o040000;
const KIND = 0o170000;

/** What a node of the file system was, with its own copy of the bytes. */
interface SavedNode {
  node: FsNode;
  fields: Partial<FsNode>;
  bytes?: Uint8Array;
}

function saveNode(node: FsNode): SavedNode {
  const { name, mode, parent, name_next, atime, mtime, ctime, mounted, contents } = node;
  const fields: Partial<FsNode> = { name, mode, parent, name_next, atime, mtime, ctime, mounted };
  if ((mode & KIND) === FOLDER) return { node, fields: { ...fields, contents: { ...(contents as object) } } };
  if (!(contents instanceof Uint8Array)) return { node, fields };
  return { node, fields, bytes: contents.slice(0, node.usedBytes ?? contents.length) };
}

function restoreNode({ node, fields, bytes }: SavedNode): void {
  const { contents, ...rest } = fields;
  Object.assign(node, rest);
  if (contents) node.contents = { ...(contents as Record<string, FsNode>) };
  if (!bytes) return;
  const { contents: now } = node;
  // Written over without a look at what is there: faster than comparing.
  if (now instanceof Uint8Array && node.usedBytes === bytes.length) now.set(bytes);
  else {
    node.contents = bytes.slice();
    node.usedBytes = bytes.length;
  }
}

/** Remembers the whole file system; the function that is returned puts it back. */
function rememberFiles(FS: FileSystem): () => void {
  const nodes: SavedNode[] = [];
  for (const first of FS.nameTable) {
    for (let node = first; node; node = node.name_next) nodes.push(saveNode(node));
  }
  const table = FS.nameTable.slice();
  const { nextInode } = FS;
  const cwd = FS.cwd();
  const positions = FS.streams.map((stream) => stream?.position);
  return () => {
    // Streams opened since are dropped, not closed: their owner, Python's memory, no longer knows them.
    FS.streams.length = positions.length;
    FS.streams.forEach((stream, fd) => {
      const position = positions[fd];
      if (position === undefined) FS.streams[fd] = null;
      else if (stream) stream.position = position;
    });
    for (let i = 0; i < table.length; i++) FS.nameTable[i] = table[i];
    for (const node of nodes) restoreNode(node);
    FS.nextInode = nextInode;
    FS.chdir(cwd);
  };
}

/** Above this the grown memory is not worth keeping: memory of WASM never shrinks. */
const WORN_OUT = 256 * 1024 * 1024;

export interface PristineMemory {
  /** Puts everything back. Python must not be running. */
  restore(): void;
  /** Memory has grown so much that a new worker is better than this one. */
  readonly wornOut: boolean;
}

/** Remembers Python as it is now. Python must not be running. */
export function remember(module: PythonModule): PristineMemory {
  const bytes = module.HEAPU8.slice();
  const restoreFiles = rememberFiles(module.FS);
  const stack = module._emscripten_stack_get_current();
  return {
    restore() {
      restoreFiles();
      module.HEAPU8.set(bytes);
      if (module.HEAPU8.length > bytes.length) module.HEAPU8.fill(0, bytes.length);
      module.__emscripten_stack_restore(stack);
    },
    get wornOut() {
      return module.HEAPU8.length > WORN_OUT;
    },
  };
}
