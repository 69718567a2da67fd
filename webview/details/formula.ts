// A formula in TeX, typeset as MathML. What cannot be read as TeX is shown as it is.
import temml from "temml";
import { h } from "../dom";

export function formula(tex: string): HTMLElement {
  const element = h("span", { class: "formula" });
  try {
    temml.render(tex, element, { throwOnError: true, trust: false });
    // The source of the formula is more useful to a screen reader than nothing, and shorter than the tree.
    element.setAttribute("title", tex);
  } catch {
    element.replaceChildren(tex);
    element.classList.add("code");
  }
  return element;
}
