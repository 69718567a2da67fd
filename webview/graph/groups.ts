// What the graph folds: calls of modules and rounds of loops as a tree of groups, which of them are open,
// and the model that is drawn when the others are one node each. Pure.
import type { Scope, Site, SnippetReport } from "../../engine/protocol/report";
import { append } from "../collections";
import { emptyModel, type GraphModel, type NodeBase, type ViewEdge, type ViewNode } from "./model";

export interface Group {
  /** Made of names and order, as keys of nodes are, so that what was opened stays open. */
  key: string;
  label: string;
  /** module: one call; rounds: a loop; round: one round of it. */
  kind: "module" | "rounds" | "round";
  parent: Group | null;
  children: Group[];
  /** Keys of the nodes that stand in it and in no group inside it. */
  own: string[];
  /** All nodes inside, those of inner groups too. */
  size: number;
  /** rounds: how many there were, which may be more than are shown. */
  rounds: number;
  site: Site | null;
}

/** A group that is folded, drawn as one node. */
export interface GroupView extends NodeBase {
  kind: "group";
  group: Group;
  /** It is drawn as a frame around what it holds. */
  open?: boolean;
  operators: number;
  parameters: number;
}

export type DrawnNode = ViewNode | GroupView;

/** `of`: the edges of the whole model that it stands for, where an end of it is a folded group. */
export type DrawnEdge = ViewEdge & { of?: ViewEdge[] };

export const noDrawing = (): DrawnModel => ({
  whole: emptyModel(),
  nodes: [],
  edges: [],
  byKey: new Map(),
  byTensor: new Map(),
  byNode: new Map(),
  shownAs: new Map(),
  frames: [],
});

/** What is drawn: the model with its folded groups as nodes, to which whatever is inside is mapped. */
export interface DrawnModel extends Omit<GraphModel, "nodes" | "edges" | "byKey"> {
  /** The model that it is drawn of. */
  whole: GraphModel;
  nodes: DrawnNode[];
  edges: DrawnEdge[];
  byKey: Map<string, DrawnNode>;
  /** The node that stands for each node of the whole model. */
  shownAs: Map<string, string>;
  /** Open groups, outer ones first. */
  frames: Group[];
}

export interface GroupTree {
  /** Outermost groups. */
  roots: Group[];
  byKey: Map<string, Group>;
  /** The innermost group of each node. */
  of: Map<string, Group>;
}

export const noGroups = (): GroupTree => ({ roots: [], byKey: new Map(), of: new Map() });

/** How many nodes may be seen before inner groups stay folded by themselves. */
export const usualRoom = 20;
/** A loop of more rounds is one node until it is opened. */
const fewRounds = 3;

export function groupTree(snippet: SnippetReport, model: GraphModel): GroupTree {
  const scopes = snippet.scopes ?? [];
  const tree = noGroups();
  if (scopes.length === 0) return tree;
  const raw = scopes.map((scope) => scopeGroup(scope));
  const loops = new Map<string, Group>();
  scopes.forEach((scope, i) => {
    const group = raw[i] as Group;
    const outer = scope.parent === undefined ? null : (raw[scope.parent] as Group);
    if (scope.kind === "module") {
      group.parent = outer;
      return;
    }
    // The rounds of a loop stand in a group of their own.
    const id = `${scope.parent ?? -1} ${scope.loop}`;
    let loop = loops.get(id);
    if (loop === undefined) {
      const site = { range: scope.range };
      loop = { ...scopeGroup(scope), kind: "rounds", label: scope.label, rounds: scope.rounds, site };
      loop.parent = outer;
      loops.set(id, loop);
    }
    group.parent = loop;
  });

  const of = new Map<string, Group>();
  const put = (view: ViewNode, within: number | undefined): void => {
    const group = within === undefined ? undefined : raw[within];
    if (group !== undefined) of.set(view.key, group);
  };
  for (const view of model.nodes) {
    if (view.kind === "grad_fn" || view.kind === "op") put(view, view.node.within);
  }
  placeTensors(model, of);
  for (const view of model.nodes) of.get(view.key)?.own.push(view.key);
  link([...loops.values(), ...raw]);
  tree.roots = [...loops.values(), ...raw].filter((group) => group.parent === null);
  tree.roots = tree.roots.flatMap((group) => simplified(group, null));
  name(tree.roots, "g", tree);
  return tree;
}

function scopeGroup(scope: Scope): Group {
  return {
    key: "",
    label: scope.kind === "module" ? scope.label : `round ${scope.round}`,
    kind: scope.kind,
    parent: null,
    children: [],
    own: [],
    size: 0,
    rounds: 1,
    site: null,
  };
}

/** A result stands with its operator, a parameter or a constant with all that use it. */
function placeTensors(model: GraphModel, of: Map<string, Group>): void {
  const makers = new Map<string, string>();
  const users = new Map<string, string[]>();
  for (const { from, to, kind } of model.edges) {
    if (kind === "write") continue;
    const target = model.byKey.get(to);
    if (target?.kind === "tensor") makers.set(to, from);
    append(users, from, to);
  }
  for (const view of model.nodes) {
    if (view.kind !== "tensor") continue;
    const maker = makers.get(view.key);
    const made = maker === undefined ? undefined : of.get(maker);
    if (made !== undefined) of.set(view.key, made);
    const inner = view.tensor.isParameter === true || view.tensor.names.length === 0;
    if (maker !== undefined || !inner) continue;
    const around = (users.get(view.key) ?? []).map((key) => pathOf(of.get(key) ?? null));
    const common = around.reduce<Group[] | null>(
      (shared, path) => (shared === null ? path : shared.filter((group, i) => group === path[i])),
      null,
    );
    const last = common?.at(-1);
    if (last !== undefined) of.set(view.key, last);
  }
}

function pathOf(group: Group | null): Group[] {
  const path: Group[] = [];
  for (let at = group; at !== null; at = at.parent) path.unshift(at);
  return path;
}

function link(groups: readonly Group[]): void {
  for (const group of groups) group.parent?.children.push(group);
}

/** A group that holds one thing alone says nothing: what is inside takes its place. */
function simplified(group: Group, parent: Group | null): Group[] {
  group.children = group.children.flatMap((child) => simplified(child, group));
  group.parent = parent;
  group.size = group.own.length + group.children.reduce((sum, child) => sum + child.size, 0);
  if (group.size === 0) return [];
  const oneRound = group.kind === "rounds" && group.children.length < 2;
  const [only] = group.children;
  if (only !== undefined && group.children.length === 1 && group.own.length === 0 && !oneRound) {
    // "round 2" around "layers.1 (Linear)" and nothing else.
    Object.assign(group, { label: `${group.label} · ${only.label}`, children: only.children, own: only.own });
    for (const child of group.children) child.parent = group;
    return [group];
  }
  if (oneRound || (group.size < 2 && group.kind === "module") || alone(group)) {
    for (const child of group.children) child.parent = parent;
    parent?.own.push(...group.own);
    return group.children;
  }
  return [group];
}

/** The only round that is shown of a loop. */
const alone = (group: Group): boolean =>
  group.kind === "round" && (group.parent === null || group.parent.children.length < 2);

function name(groups: readonly Group[], prefix: string, tree: GroupTree): void {
  const used = new Map<string, number>();
  for (const group of groups) {
    const n = (used.get(group.label) ?? 0) + 1;
    used.set(group.label, n);
    group.key = `${prefix}/${group.label}${n === 1 ? "" : `#${n}`}`;
    tree.byKey.set(group.key, group);
    for (const key of group.own) tree.of.set(key, group);
    name(group.children, group.key, tree);
  }
}

/** What a person opened or closed, by key; groups that are not in it open by themselves while there is room. */
export type Opened = Readonly<Record<string, boolean>>;

/** What a person opens or folds changes nothing elsewhere: what opens by itself is decided without it. */
export function openGroups(
  tree: GroupTree,
  model: GraphModel,
  opened: Opened,
  room: number = usualRoom,
): Set<string> {
  const open = new Set<string>();
  const outside = model.nodes.length - tree.of.size + tree.roots.length;
  const decide = (groups: readonly Group[], byItself: ReadonlySet<string>): void => {
    for (const group of groups) {
      if (!(opened[group.key] ?? byItself.has(group.key))) continue;
      open.add(group.key);
      const asked = !byItself.has(group.key);
      // What is opened by hand shows of its inner groups what would open if it were alone.
      decide(group.children, asked ? openByThemselves(group.children, 1 + cost(group), room) : byItself);
    }
  };
  decide(tree.roots, openByThemselves(tree.roots, outside, room));
  return open;
}

/** Opens outer groups before inner ones and smaller before larger, until the room is used up. */
function openByThemselves(roots: readonly Group[], already: number, room: number): Set<string> {
  const open = new Set<string>();
  let seen = already;
  let waiting = roots;
  while (waiting.length > 0) {
    const next: Group[] = [];
    for (const groups of alike(waiting)) {
      const all = groups.reduce((sum, group) => sum + cost(group), 0);
      const manyRounds = groups.some((group) => group.kind === "rounds" && group.children.length > fewRounds);
      if (manyRounds || seen + all > room) continue;
      seen += all;
      for (const group of groups) {
        open.add(group.key);
        next.push(...group.children);
      }
    }
    waiting = next;
  }
  return open;
}

/** The rounds of one loop are opened together or not at all. */
function alike(groups: readonly Group[]): Group[][] {
  const rounds = new Map<Group | null, Group[]>();
  const sets: Group[][] = [];
  for (const group of groups) {
    const set = group.kind === "round" ? rounds.get(group.parent) : undefined;
    if (set !== undefined) set.push(group);
    else {
      const started = [group];
      sets.push(started);
      if (group.kind === "round") rounds.set(group.parent, started);
    }
  }
  const most = (set: Group[]): number => Math.max(...set.map(cost));
  return sets.sort((a, b) => most(a) - most(b));
}

const cost = (group: Group): number => group.own.length + group.children.length - 1;

/** The groups around a node, outermost first. */
export const groupsAround = (tree: GroupTree, key: string): Group[] => pathOf(tree.of.get(key) ?? null);

export function fold(model: GraphModel, tree: GroupTree, open: ReadonlySet<string>): DrawnModel {
  const drawn: DrawnModel = { ...noDrawing(), whole: model };
  const closed = new Map<string, GroupView>();
  for (const view of model.nodes) {
    const outermost = groupsAround(tree, view.key).find((group) => !open.has(group.key));
    const shown = outermost === undefined ? view : folded(outermost, closed);
    drawn.shownAs.set(view.key, shown.key);
    if (!drawn.byKey.has(shown.key)) {
      drawn.nodes.push(shown);
      drawn.byKey.set(shown.key, shown);
    }
    if (shown.kind === "group") count(shown, view);
  }
  for (const [id, key] of model.byTensor) drawn.byTensor.set(id, drawn.shownAs.get(key) ?? key);
  for (const [id, key] of model.byNode) drawn.byNode.set(id, drawn.shownAs.get(key) ?? key);
  drawn.edges = foldedEdges(model, drawn);
  const frames = (groups: readonly Group[]): void => {
    for (const group of groups) {
      if (!open.has(group.key)) continue;
      drawn.frames.push(group);
      frames(group.children);
    }
  };
  frames(tree.roots);
  return drawn;
}

function folded(group: Group, closed: Map<string, GroupView>): GroupView {
  let view = closed.get(group.key);
  if (view === undefined) {
    view = emptyView(group);
    closed.set(group.key, view);
  }
  return view;
}

const emptyView = (group: Group): GroupView => ({
  kind: "group",
  key: group.key,
  label: group.label,
  group,
  site: group.site,
  failing: null,
  count: group.kind === "rounds" ? group.rounds : 1,
  scope: [],
  operators: 0,
  parameters: 0,
});

/** What a group would be as one node, whether it is folded or not. */
export function groupView(group: Group, model: GraphModel): GroupView {
  const view = emptyView(group);
  for (const key of keysIn(group)) {
    const inner = model.byKey.get(key);
    if (inner !== undefined) count(view, inner);
  }
  return view;
}

export function keysIn(group: Group): Set<string> {
  const keys = new Set(group.own);
  for (const child of group.children) for (const key of keysIn(child)) keys.add(key);
  return keys;
}

function count(group: GroupView, view: ViewNode): void {
  if (view.kind === "tensor") {
    if (view.tensor.isParameter) group.parameters++;
  } else {
    // Where it runs, rather than where its parameters were made.
    if (group.operators === 0 && group.group.site === null) group.site = view.site;
    group.operators++;
  }
  group.failing ??= view.failing;
  group.site ??= view.site;
}

const strength: Record<ViewEdge["kind"], number> = { cut: 3, gradient: 2, data: 1, write: 0 };

/** Of several edges between the same two, one is drawn: that which says most. */
function foldedEdges(model: GraphModel, drawn: DrawnModel): DrawnEdge[] {
  const edges = new Map<string, DrawnEdge>();
  for (const edge of model.edges) {
    const from = drawn.shownAs.get(edge.from) ?? edge.from;
    const to = drawn.shownAs.get(edge.to) ?? edge.to;
    if (from === edge.from && to === edge.to) {
      edges.set(edge.key, edge);
      continue;
    }
    if (from === to) continue;
    const key = `${from}⇒${to}`;
    const known = edges.get(key);
    known?.of?.push(edge);
    if (known !== undefined && strength[known.kind] >= strength[edge.kind]) continue;
    edges.set(key, {
      of: known?.of ?? [edge],
      key,
      from,
      to,
      kind: edge.kind,
      ...(edge.cut === undefined ? {} : { cut: edge.cut }),
      ...(from === edge.from && edge.output !== undefined ? { output: edge.output } : {}),
      ...(to === edge.to && edge.argument !== undefined ? { argument: edge.argument } : {}),
      ...(edge.carries === undefined ? {} : { carries: edge.carries }),
    });
  }
  return [...edges.values()];
}

/** Nothing folded. */
export const unfolded = (model: GraphModel): DrawnModel => fold(model, noGroups(), new Set());
