// The panel under or beside the graph that tells everything about what is selected.
import type { Elements, SnippetReport } from "../../engine/protocol/report";
import { h } from "../dom";
import { groupWords } from "../graph/describe";
import type { DrawnNode } from "../graph/groups";
import type { GraphModel } from "../graph/model";
import { groupDetails } from "./group";
import { nodeDetails } from "./node";
import { overview } from "./overview";
import { type DetailsContext, placeLink } from "./parts";
import { tensorDetails } from "./tensor";

export interface DetailsCallbacks extends Omit<DetailsContext, "elements"> {
  elements(tensor: number, offset: number, count: number): Promise<Elements>;
}

const kindWords = {
  tensor: "tensor",
  grad_fn: "autograd node",
  op: "operator",
  failure: "failed here",
  group: "folded",
} satisfies Record<DrawnNode["kind"], string>;

export class DetailsView {
  readonly element = h("section", {
    class: "details",
    "aria-label": "Details of the selection",
    tabindex: 0,
  });

  constructor(private readonly context: DetailsCallbacks) {}

  show(view: DrawnNode | null, snippet: SnippetReport | null, model: GraphModel): void {
    const scroll = this.element.dataset.key === view?.key ? this.element.scrollTop : 0;
    this.element.dataset.key = view?.key ?? "";
    if (view === null || snippet === null) {
      this.element.replaceChildren(...(snippet === null ? [] : overview(snippet, model, this.context)));
      return;
    }
    const kind =
      view.kind === "tensor"
        ? view.tensor.isLeaf
          ? "leaf tensor"
          : "tensor"
        : view.kind === "group" && view.open
          ? groupWords[view.group.kind]
          : kindWords[view.kind];
    const head = h(
      "header",
      { class: "details-head" },
      h("h2", { class: "code" }, view.label),
      h("span", { class: "muted" }, kind),
    );
    const body = this.bodyOf(view, snippet, model);
    const failed = view.failing === null ? [] : [h("p", { class: "note is-error" }, view.failing)];
    // What is typed in stays where one types, though everything around it is told anew.
    const focused = this.element.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.focus
      : undefined;
    this.element.replaceChildren(head, ...failed, ...body);
    this.element.scrollTop = scroll;
    if (focused !== undefined) {
      this.element
        .querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)
        ?.focus({ preventScroll: true });
    }
  }

  private bodyOf(view: DrawnNode, snippet: SnippetReport, model: GraphModel): HTMLElement[] {
    switch (view.kind) {
      case "tensor":
        return tensorDetails(view, snippet, model, this.context);
      case "failure": {
        const place = placeLink(view.site, this.context, "It was raised at ");
        return place === null ? [] : [h("p", {}, place)];
      }
      case "group":
        return groupDetails(view, snippet, model, this.context);
      default:
        return nodeDetails(view, snippet, model, this.context);
    }
  }
}
