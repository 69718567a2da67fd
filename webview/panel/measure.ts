// Widths of text in the fonts that the style sheet gives to the graph.
import type { Measure, TextStyle } from "../graph/card";

export class TextMeasure {
  private readonly context = document.createElement("canvas").getContext("2d");
  private fonts: Record<TextStyle, string> | null = null;
  private known = new Map<string, number>();

  /** The theme or the fonts have changed. */
  forget(): void {
    this.fonts = null;
    this.known.clear();
  }

  readonly width: Measure = (text, style) => {
    const id = `${style}:${text}`;
    const known = this.known.get(id);
    if (known !== undefined) return known;
    this.fonts ??= readFonts();
    const { context } = this;
    if (context === null) return text.length * 7;
    context.font = this.fonts[style];
    const width = context.measureText(text).width;
    if (this.known.size > 5000) this.known.clear();
    this.known.set(id, width);
    return width;
  };
}

function readFonts(): Record<TextStyle, string> {
  const style = getComputedStyle(document.documentElement);
  const code = style.getPropertyValue("--vscode-editor-font-family").trim() || "monospace";
  const ui = style.getPropertyValue("--vscode-font-family").trim() || "sans-serif";
  // The sizes are those of the style sheet's t-name, t-small and t-number.
  return { name: `600 12px ${code}`, small: `11px ${ui}`, number: `11px ${code}` };
}
