// The graph as rows of a tree: the same groups, nodes and keys, each node opening to what it is connected with. Pure.

import type { Elements, Site } from "../../engine/protocol/report";
import { append } from "../collections";
import { elementCount, formatNumber, formatShape, lineOf, placeText } from "../format";
import { insideText } from "../graph/card";
import { groupWords } from "../graph/describe";
import {
  type Group,
  type GroupTree,
  type GroupView,
  groupsAround,
  groupView,
  noGroups,
} from "../graph/groups";
import type { GraphModel, ViewEdge, ViewNode } from "../graph/model";
import { search } from "../graph/search";
import { describe, flatten, fromNumber, toNumber } from "../values";

export const columns = [
  { id: "name", title: "Name" },
  { id: "value", title: "Value" },
  { id: "grad", title: "Gradient" },
  { id: "shape", title: "Shape" },
  { id: "dtype", title: "Type" },
  { id: "kind", title: "Kind" },
  { id: "line", title: "Line" },
  { id: "state", title: "State" },
  { id: "within", title: "Part of" },
] as const;

export type ColumnId = (typeof columns)[number]["id"];

export interface Sorting {
  column: ColumnId;
  descending: boolean;
}

export interface Row {
  /** Unique in the table; a connection is a row of its own. */
  id: string;
  /** The node or group that is selected with it. */
  key: string;
  kind: "group" | "node" | "connection";
  /** From 1. */
  level: number;
  cells: Record<ColumnId, string>;
  /** Whether there are rows under it, and whether they are shown. */
  expandable: boolean;
  expanded: boolean;
  position: number;
  siblings: number;
  failing: boolean;
}

export interface RowOptions {
  sorting: Sorting;
  query: string;
  /** Nodes whose connections are shown. */
  expanded: ReadonlySet<string>;
  groups?: GroupTree;
  /** Groups whose content is shown. */
  open?: ReadonlySet<string>;
  /** Groups folded by hand while something is searched for: else all that hold something found are open. */
  folded?: ReadonlySet<string>;
  /** Nodes alone, one below the other, whatever group they stand in. */
  flat?: boolean;
}

/** A node, or a group with what is in it. */
type Entry = Keys & ({ kind: "node"; view: ViewNode } | { kind: "group"; view: GroupView; inside: Entry[] });

/** What an entry is sorted by. Texts and magnitudes are worked out when asked for: of a long table few rows are seen. */
interface Keys {
  cells(): Record<ColumnId, string>;
  /** Magnitudes; -1 for what has none. */
  value(): number;
  grad(): number;
  size: number;
  place: number;
  sequence: number;
}

function once<T>(work: () => T): () => T {
  let known: { is: T } | undefined;
  return () => {
    known ??= { is: work() };
    return known.is;
  };
}

export function rowsOf(model: GraphModel, options: RowOptions): Row[] {
  const found = search(model, options.query);
  const groups = options.groups ?? noGroups();
  const entries = entriesOf(model, options.flat ? noGroups() : groups, groups, found);
  const connections = new Map<string, ViewEdge[]>();
  for (const edge of model.edges) {
    for (const end of [edge.from, edge.to]) append(connections, end, edge);
  }
  const isOpen = (key: string): boolean =>
    found === null ? options.open?.has(key) === true : options.folded?.has(key) !== true;
  const rows: Row[] = [];
  const add = (siblings: Entry[], level: number): void => {
    const sorted = [...siblings].sort(comparing(options.sorting));
    sorted.forEach((entry, i) => {
      const { key } = entry.view;
      const edges = entry.kind === "group" ? [] : (connections.get(key) ?? []);
      const expandable = entry.kind === "group" || edges.length > 0;
      const row: Row = {
        id: key,
        key,
        kind: entry.kind,
        level,
        get cells() {
          return entry.cells();
        },
        expandable,
        expanded: expandable && (entry.kind === "group" ? isOpen(key) : options.expanded.has(key)),
        position: i + 1,
        siblings: sorted.length,
        failing: entry.view.failing !== null,
      };
      rows.push(row);
      if (!row.expanded) return;
      if (entry.kind === "group") add(entry.inside, level + 1);
      else for (const each of connectionRows(model, entry.view, edges, level + 1)) rows.push(each);
    });
  };
  add(entries, 1);
  return rows;
}

function entriesOf(
  model: GraphModel,
  tree: GroupTree,
  real: GroupTree,
  found: ReadonlySet<string> | null,
): Entry[] {
  const nodeEntry = (view: ViewNode): Entry => ({
    kind: "node",
    view,
    cells: once(() => ({ ...cellsOf(view), within: placeIn(real, view) })),
    value: once(() => magnitude(view, "value")),
    grad: once(() => magnitude(view, "grad")),
    size: view.kind === "tensor" ? elementCount(view.tensor.shape) : -1,
    place: place(view),
    sequence: sequence(view, model),
  });
  const wanted = (view: ViewNode | undefined): view is ViewNode =>
    view !== undefined && (found === null || found.has(view.key));
  const groupEntry = (group: Group): Entry[] => {
    const own = group.own.map((key) => model.byKey.get(key)).filter(wanted);
    const inside = [...own.map(nodeEntry), ...group.children.flatMap(groupEntry)];
    if (inside.length === 0) return [];
    const view = groupView(group, model);
    const most = (of: "value" | "grad"): (() => number) =>
      once(() => inside.reduce((max, entry) => Math.max(max, entry[of]()), -1));
    const least = (of: "place" | "sequence"): number =>
      inside.reduce((min, { [of]: n }) => (n >= 0 ? Math.min(min, n) : min), Number.MAX_VALUE);
    const keys = { value: most("value"), grad: most("grad"), size: -1 };
    const first = view.site === null ? least("place") : Math.max(0, place(view));
    const cells = once(() => groupCells(view, keys));
    return [{ kind: "group", view, inside, cells, ...keys, place: first, sequence: least("sequence") }];
  };
  const outside = model.nodes.filter((view) => !tree.of.has(view.key)).filter(wanted);
  return [...outside.map(nodeEntry), ...tree.roots.flatMap(groupEntry)];
}

/** Of its numbers a group tells the largest: a layer whose gradients vanish is seen without being opened. */
function groupCells(view: GroupView, { value, grad }: Pick<Keys, "value" | "grad">): Row["cells"] {
  const line = view.site === null || view.site.file !== undefined ? "" : String(lineOf(view.site.range));
  const most = (magnitude: number): string =>
    magnitude < 0 ? "" : `max ${formatNumber(fromNumber(magnitude), 3)}`;
  return {
    name: view.label + (view.count > 1 ? ` × ${view.count}` : ""),
    kind: groupWords[view.group.kind],
    shape: "",
    dtype: "",
    value: most(value()),
    grad: most(grad()),
    state: [view.failing === null ? "" : "failed inside", insideText(view)].filter(Boolean).join(", "),
    line,
    within: "",
  };
}

/** The calls of modules and rounds of loops that it stands in, the outermost first. */
const placeIn = (groups: GroupTree, view: ViewNode): string =>
  groupsAround(groups, view.key)
    .map(({ label, kind, rounds }) => (kind === "rounds" && rounds > 1 ? `${label} × ${rounds}` : label))
    .join(" › ");

function connectionRows(model: GraphModel, view: ViewNode, edges: ViewEdge[], level: number): Row[] {
  const rank = (edge: ViewEdge): number =>
    edge.to === view.key ? (edge.argument?.index ?? 0) : edges.length;
  const ordered = [...edges].sort((a, b) => rank(a) - rank(b));
  return ordered.flatMap((edge, i) => {
    const incoming = edge.to === view.key;
    const other = model.byKey.get(incoming ? edge.from : edge.to);
    if (other === undefined) return [];
    const role = incoming
      ? edge.argument === undefined
        ? "from"
        : `${edge.argument.name} from`
      : edge.kind === "write"
        ? "writes to"
        : "to";
    const cells = { ...cellsOf(other), name: `${role} ${other.label}` };
    if (edge.kind === "cut") cells.state = `gradient cut: ${edge.cut ?? ""}`;
    const row: Row = {
      id: `${view.key}|${edge.key}`,
      key: other.key,
      kind: "connection",
      level,
      cells,
      expandable: false,
      expanded: false,
      position: i + 1,
      siblings: edges.length,
      failing: false,
    };
    return [row];
  });
}

export function cellsOf(view: ViewNode): Record<ColumnId, string> {
  const line =
    view.site === null
      ? ""
      : view.site.file === undefined
        ? String(lineOf(view.site.range))
        : placeText(view.site);
  const times = view.count > 1 ? ` × ${view.count}` : "";
  const cells = {
    name: view.label + times,
    kind: "",
    shape: "",
    dtype: "",
    value: "",
    grad: "",
    state: "",
    line,
    within: "",
  };
  switch (view.kind) {
    case "tensor": {
      const { tensor } = view;
      cells.kind = tensor.isLeaf ? "leaf" : "tensor";
      cells.shape = formatShape(tensor.shape);
      cells.dtype = tensor.dtype;
      cells.value = describe(elementsOf(tensor.value, tensor.summary));
      if (tensor.requiresGrad) {
        const grad = describe(elementsOf(tensor.grad, tensor.gradSummary));
        const passing = tensor.gradSource === "inspector" && grad !== "none";
        cells.grad = passing ? `∂ ${grad}` : grad === "none" ? "None" : grad;
      }
      cells.state = tensorState(view).join(", ");
      break;
    }
    case "failure":
      cells.kind = "failed";
      cells.state = view.failing ?? "";
      break;
    default: {
      const { node } = view;
      cells.kind = view.kind === "grad_fn" ? "autograd node" : "operator";
      const state: string[] = [];
      if (view.failing !== null) state.push("failed");
      if (view.root) state.push("backward starts here");
      if (node.state === "freed")
        state.push(node.freedBy ? `freed by line ${lineOf(node.freedBy.range)}` : "freed");
      else if (node.saved.length > 0) state.push(`saves ${node.saved.map((s) => s.name).join(", ")}`);
      if (node.cut !== undefined) state.push("gradient cut");
      cells.state = state.join(", ");
    }
  }
  return cells;
}

function tensorState(view: ViewNode & { kind: "tensor" }): string[] {
  const { tensor } = view;
  const state: string[] = [];
  if (view.failing !== null) state.push("failed");
  if (tensor.requiresGrad) state.push("requires_grad");
  if (view.frozen) state.push("frozen");
  if (tensor.retainsGrad) state.push("retains_grad");
  if (view.root) state.push("backward starts here");
  if (view.savedBy.length > 0) state.push("saved");
  if (tensor.version > 0) state.push(`version ${tensor.version}`);
  return state;
}

const elementsOf = (value: Elements["value"], summary: Elements["summary"]): Elements => ({
  value,
  ...(summary === undefined ? {} : { summary }),
});

const comparing = ({ column, descending }: Sorting): ((a: Entry, b: Entry) => number) => {
  const compare = numbers[column] ?? ((a, b) => a.cells()[column].localeCompare(b.cells()[column]));
  const sign = descending ? -1 : 1;
  // Equal ones stay in the order of the code, whatever the direction.
  return (a, b) => sign * compare(a, b) || a.place - b.place || a.sequence - b.sequence;
};

/** Columns that are not sorted by their text. */
const numbers: Partial<Record<ColumnId, (a: Keys, b: Keys) => number>> = {
  shape: (a, b) => a.size - b.size,
  value: (a, b) => ranked(a.value()) - ranked(b.value()),
  grad: (a, b) => ranked(a.grad()) - ranked(b.grad()),
  line: (a, b) => a.place - b.place,
};

/** NaN is what one looks for: beyond infinity. */
const ranked = (magnitude: number): number =>
  Number.isNaN(magnitude) ? Number.MAX_VALUE : Math.min(magnitude, Number.MAX_VALUE / 2);

/** The largest magnitude of its elements; -1 for what has none. */
function magnitude(view: ViewNode, of: "value" | "grad"): number {
  if (view.kind !== "tensor") return -1;
  const { tensor } = view;
  const summary = of === "value" ? tensor.summary : tensor.gradSummary;
  if (tensor[of] === null) {
    if (summary === undefined) return -1;
    if (summary.nan > 0) return Number.NaN;
    return Math.max(Math.abs(toNumber(summary.min)), Math.abs(toNumber(summary.max)));
  }
  return flatten(tensor[of]).reduce<number>((most, v) => Math.max(most, Math.abs(toNumber(v))), 0);
}

/** Autograd's order; a result comes right after what made it, and what nothing made comes first. */
function sequence(view: ViewNode, model: GraphModel): number {
  if ("node" in view) return view.node.sequence;
  if (view.kind !== "tensor") return Number.MAX_VALUE;
  const { node, isLeaf } = view.tensor;
  const maker = isLeaf || node === undefined ? undefined : model.byKey.get(model.byNode.get(node) ?? "");
  return maker !== undefined && "node" in maker ? maker.node.sequence + 0.5 : -1;
}

/** Lines first, then columns: what has no place comes first. */
const place = (view: { site: Site | null }): number =>
  view.site === null
    ? -1
    : view.site.range.start.line * 10_000 + Math.min(view.site.range.end.character, 9_999);
