// The frames around what open groups hold: a box with the group's name at its top, which folds it again.
import { svg } from "../dom";
import { shorten } from "../format";
import type { Measure } from "./card";
import type { Layout } from "./geometry";
import type { Group } from "./groups";

export function drawFrames(frames: readonly Group[], layout: Layout, measure: Measure): SVGElement[] {
  return frames.flatMap((group) => {
    const box = layout.frames[group.key];
    if (box === undefined) return [];
    const text = shorten(group.label, Math.max(8, Math.floor((box.width - 34) / 7)));
    const width = Math.min(box.width - 8, measure(text, "name") + 24);
    const handle = svg(
      "g",
      { class: "frame-handle", transform: "translate(6 4)" },
      svg("rect", {
        class: "frame-target",
        width,
        height: 18,
        rx: 3,
        role: "button",
        tabindex: -1,
        "aria-expanded": "true",
        "aria-label": `Fold ${group.label}`,
      }),
      svg("path", { class: "frame-mark", d: "M5 9h7" }),
      svg("text", { class: "t-name", x: 18, y: 13, "aria-hidden": "true" }, text),
    );
    return [
      svg(
        "g",
        {
          class: `frame frame-${group.kind}`,
          "data-group": group.key,
          transform: `translate(${box.x} ${box.y})`,
        },
        svg("rect", { class: "frame-box", width: box.width, height: box.height, rx: 8 }),
        handle,
      ),
    ];
  });
}
