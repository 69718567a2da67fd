// Which backward call a question is about: the last one that reached the tensor, or another that is chosen.
import type { BackwardCall, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import { h } from "../dom";
import { placeText } from "../format";

export interface AskedCall {
  index: number;
  call: BackwardCall;
  /** What the engine knows it by. */
  ordinal: number;
}

/** The calls that brought the tensor a gradient, the last one last. */
export function callsOf(tensor: TensorRecord, snippet: SnippetReport): AskedCall[] {
  const indices = [...new Set(tensor.gradEvents.map((event) => event.call))].sort((a, b) => a - b);
  return indices.flatMap((index) => {
    const call = snippet.backwardCalls[index];
    return call === undefined ? [] : [{ index, call, ordinal: call.ordinal ?? index + 1 }];
  });
}

/** The content for the last call, with a choice above it where there are several. */
export function perCall(
  calls: readonly AskedCall[],
  show: (call: AskedCall) => Promise<Node>,
): Promise<Node> {
  const last = calls.at(-1);
  if (last === undefined)
    return Promise.resolve(h("p", { class: "muted" }, "No backward call has reached it."));
  if (calls.length === 1) return show(last);
  const content = h("div");
  const choose = h("select", { class: "plain-select", "aria-label": "Backward call" });
  calls.forEach(({ call }, i) => {
    const option = h("option", { value: String(i) }, `call ${i + 1}, ${placeText(call.site)}`);
    option.selected = i === calls.length - 1;
    choose.append(option);
  });
  let latest = 0;
  const fill = async (call: AskedCall): Promise<void> => {
    const mine = ++latest;
    const made = await show(call);
    if (mine === latest) content.replaceChildren(made);
  };
  choose.addEventListener("change", () => {
    const chosen = calls[Number(choose.value)];
    if (chosen) void fill(chosen);
  });
  return fill(last).then(() => h("div", {}, choose, content));
}
