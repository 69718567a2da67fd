// What the panel remembers of itself when it is hidden or the window is reloaded. Reports are not
// kept: the extension sends the current one again.
import type { Way } from "../graph/subset";
import type { View } from "../graph/viewport";
import type { Sorting } from "../table/rows";
import type { Tab } from "./header";

export type DirectionChoice = "auto" | "LR" | "TB";

export interface Memory {
  tab: Tab;
  direction: DirectionChoice;
  legend: boolean;
  share: number;
  speed: number;
  query: string;
  sorting: Sorting;
  expanded: string[];
  /** The table without groups. */
  flat: boolean;
  /** Sections of the details that are open. */
  sections: string[];
  /** Groups that were opened (true) or folded (false) by hand. */
  opened: Record<string, boolean>;
  /** Only what the search finds is drawn. */
  onlyMatches: boolean;
  /** Only what is connected with this node is drawn. */
  focus: { key: string; way: Way } | null;
  /** These belong to one snippet and are forgotten with it. */
  of: { file: string; title: string };
  selected: string | null;
  step: number | null;
  view: { view: View; untouched: boolean };
}

export const fresh = (): Memory => ({
  tab: "graph",
  direction: "auto",
  legend: false,
  share: 0.4,
  speed: 1,
  query: "",
  sorting: { column: "line", descending: false },
  expanded: [],
  flat: false,
  sections: [],
  opened: {},
  onlyMatches: false,
  focus: null,
  of: { file: "", title: "" },
  selected: null,
  step: null,
  view: { view: { x: 0, y: 0, scale: 1 }, untouched: true },
});

/** What an older version stored may lack parts. */
export const recall = (stored: unknown): Memory =>
  typeof stored === "object" && stored !== null ? { ...fresh(), ...stored } : fresh();
