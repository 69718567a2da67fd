// Nodes and tensors of a report by their ids, found without walking the lists each time.
import type { GraphNode, NodeId, SnippetReport, TensorId, TensorRecord } from "../engine/protocol/report";

interface Tables {
  nodes: Map<NodeId, GraphNode>;
  tensors: Map<TensorId, TensorRecord>;
}

const known = new WeakMap<SnippetReport, Tables>();

function tablesOf(snippet: SnippetReport): Tables {
  let tables = known.get(snippet);
  if (tables === undefined) {
    tables = {
      nodes: new Map(snippet.graph.nodes.map((node) => [node.id, node])),
      tensors: new Map(snippet.tensors.map((tensor) => [tensor.id, tensor])),
    };
    known.set(snippet, tables);
  }
  return tables;
}

export const nodeOf = (snippet: SnippetReport, id: NodeId | null | undefined): GraphNode | undefined =>
  id === null || id === undefined ? undefined : tablesOf(snippet).nodes.get(id);

export const tensorOf = (
  snippet: SnippetReport,
  id: TensorId | null | undefined,
): TensorRecord | undefined =>
  id === null || id === undefined ? undefined : tablesOf(snippet).tensors.get(id);
