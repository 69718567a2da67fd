// The layout worker: one request at a time goes in, boxes and splines come out. It is ended from
// outside when a newer request makes the one under way superfluous.
import { instance } from "@viz-js/viz";
import type { Layout, LayoutInput } from "./graph/geometry";
import { layOut } from "./graph/graphviz";

export interface LayoutRequest {
  id: number;
  input: LayoutInput;
}
export type LayoutAnswer =
  | { kind: "ready" }
  | { kind: "done"; id: number; layout: Layout; milliseconds: number }
  | { kind: "failed"; id: number; message: string };

const scope = self as unknown as {
  postMessage(answer: LayoutAnswer): void;
  onmessage: ((event: MessageEvent<LayoutRequest>) => void) | null;
};
const graphviz = instance();

scope.onmessage = async ({ data: { id, input } }) => {
  try {
    const viz = await graphviz;
    const start = performance.now();
    const layout = layOut(input, (graph) => viz.renderString(graph, { format: "json0", engine: "dot" }));
    scope.postMessage({ kind: "done", id, layout, milliseconds: performance.now() - start });
  } catch (error) {
    scope.postMessage({
      kind: "failed",
      id,
      message: error instanceof Error ? error.message : String(error),
    });
  }
};
graphviz.then(
  () => scope.postMessage({ kind: "ready" }),
  () => undefined,
);
