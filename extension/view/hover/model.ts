// What a hover is made of: plain data, before it becomes Markdown.
import type { Range, Site } from "../../../engine/protocol/report";
import type { Picture } from "../pictures";

export interface HoverModel {
  range: Range;
  /** A name, or words for what an expression is. */
  name: string;
  /** The compact first line: "float32", "shape [2, 3]", "leaf", … */
  facts: string[];
  stale: boolean;
  sections: HoverSection[];
}

export interface HoverItem {
  text: string;
  code?: string;
  site?: Site;
}

export type HoverSection =
  | { kind: "grid"; label?: string; lines: string[] }
  | { kind: "line"; label: string; code: string }
  | { kind: "text"; text: string; site?: Site }
  | { kind: "list"; label: string; items: HoverItem[] }
  /** Beside each other. */
  | { kind: "pictures"; pictures: { label: string; picture: Picture }[] };

/** Elements that fit on the line of their label are not given a block of their own. */
export const INLINE_WIDTH = 60;
