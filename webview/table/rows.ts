// The graph as rows: the same nodes with the same keys, each opening to what it is connected with. Pure.

import type { Elements } from "../../engine/protocol/report";
import { append } from "../collections";
import { elementCount, formatShape, lineOf, placeText } from "../format";
import { type GroupTree, groupsAround, noGroups } from "../graph/groups";
import type { GraphModel, ViewEdge, ViewNode } from "../graph/model";
import { search } from "../graph/search";
import { describe, flatten, toNumber } from "../values";

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
  /** The node that is selected with it. */
  key: string;
  level: 1 | 2;
  cells: Record<ColumnId, string>;
  /** For the first level: whether there are rows under it, and whether they are shown. */
  expandable: boolean;
  expanded: boolean;
  position: number;
  siblings: number;
  failing: boolean;
}

export function rowsOf(
  model: GraphModel,
  options: { sorting: Sorting; query: string; expanded: ReadonlySet<string>; groups?: GroupTree },
): Row[] {
  const found = search(model, options.query);
  const views = model.nodes.filter((view) => found === null || found.has(view.key));
  const within = (view: ViewNode): string => placeIn(options.groups ?? noGroups(), view);
  const sorted = sortViews(views, options.sorting, within);
  const connections = new Map<string, ViewEdge[]>();
  for (const edge of model.edges) {
    for (const end of [edge.from, edge.to]) append(connections, end, edge);
  }
  return sorted.flatMap((view, i) => {
    const edges = connections.get(view.key) ?? [];
    const expanded = options.expanded.has(view.key);
    const row: Row = {
      id: view.key,
      key: view.key,
      level: 1,
      cells: { ...cellsOf(view), within: within(view) },
      expandable: edges.length > 0,
      expanded: expanded && edges.length > 0,
      position: i + 1,
      siblings: sorted.length,
      failing: view.failing !== null,
    };
    return row.expanded ? [row, ...connectionRows(model, view, edges, within)] : [row];
  });
}

/** The calls of modules and rounds of loops that it stands in, the outermost first. */
const placeIn = (groups: GroupTree, view: ViewNode): string =>
  groupsAround(groups, view.key)
    .map(({ label, kind, rounds }) => (kind === "rounds" && rounds > 1 ? `${label} × ${rounds}` : label))
    .join(" › ");

function connectionRows(
  model: GraphModel,
  view: ViewNode,
  edges: ViewEdge[],
  within: (view: ViewNode) => string,
): Row[] {
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
    const cells = { ...cellsOf(other), within: within(other), name: `${role} ${other.label}` };
    if (edge.kind === "cut") cells.state = `gradient cut: ${edge.cut ?? ""}`;
    const row: Row = {
      id: `${view.key}|${edge.key}`,
      key: other.key,
      level: 2,
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

function sortViews(views: ViewNode[], sorting: Sorting, within: (view: ViewNode) => string): ViewNode[] {
  const compare =
    sorting.column === "within"
      ? (a: ViewNode, b: ViewNode) => within(a).localeCompare(within(b))
      : comparers[sorting.column];
  const sign = sorting.descending ? -1 : 1;
  // Equal ones stay in the order of the code, whatever the direction.
  return [...views].sort((a, b) => sign * compare(a, b) || comparers.line(a, b) || sequence(a) - sequence(b));
}

const sequence = (view: ViewNode): number =>
  view.kind === "grad_fn" || view.kind === "op"
    ? view.node.sequence
    : view.kind === "tensor"
      ? view.tensor.id
      : 0;

const byText =
  (column: ColumnId) =>
  (a: ViewNode, b: ViewNode): number =>
    cellsOf(a)[column].localeCompare(cellsOf(b)[column]);

/** Operators have no value; they come after everything that has. */
const magnitude = (view: ViewNode, of: "value" | "grad"): number => {
  if (view.kind !== "tensor" || view.tensor[of] === null) return -1;
  return flatten(view.tensor[of]).reduce<number>((most, v) => Math.max(most, Math.abs(toNumber(v)) || 0), 0);
};

const comparers: Record<Exclude<ColumnId, "within">, (a: ViewNode, b: ViewNode) => number> = {
  name: byText("name"),
  kind: byText("kind"),
  dtype: byText("dtype"),
  state: byText("state"),
  shape: (a, b) => sizeOf(a) - sizeOf(b),
  value: (a, b) => magnitude(a, "value") - magnitude(b, "value"),
  grad: (a, b) => magnitude(a, "grad") - magnitude(b, "grad"),
  line: (a, b) => place(a) - place(b),
};

const sizeOf = (view: ViewNode): number => (view.kind === "tensor" ? elementCount(view.tensor.shape) : -1);

/** Lines first, then columns: what has no place comes first. */
const place = (view: ViewNode): number =>
  view.site === null
    ? -1
    : view.site.range.start.line * 10_000 + Math.min(view.site.range.end.character, 9_999);
