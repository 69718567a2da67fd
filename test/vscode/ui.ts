// What a test can do with the VS Code window as a person would. Only where VS Code runs in a page that the test
// process drives; on a desktop VS Code `ui.available` is false, and a test that needs it says so by skipping.
import { address, post } from "./harness/events";

export const ui = {
  available: address !== undefined && process.env.GRADIENT_INSPECTOR_TEST_RUNNER === "page",

  /** Keeps a picture of the window; resolves to its path. */
  screenshot: (name: string) => post("ui", { kind: "screenshot", name }) as Promise<string>,

  /** A key or chord, as Playwright names them: "F1", "Control+Shift+P". */
  press: async (key: string) => void (await post("ui", { kind: "press", key })),

  /** Types into whatever has the focus. */
  type: async (text: string) => void (await post("ui", { kind: "type", text })),

  /** Clicks the first visible element of the window or one of its webviews. */
  click: async (selector: string) => void (await post("ui", { kind: "click", selector })),

  /** Moves the mouse onto the first visible element. */
  hover: async (selector: string) => void (await post("ui", { kind: "hover", selector })),

  /** The widths of matching pictures that are loaded, in pixels of their own. */
  pictures: (selector: string) => post("ui", { kind: "pictures", selector }) as Promise<number[]>,

  /** The text of every matching element, in the window and all its webviews. */
  texts: (selector: string) => post("ui", { kind: "texts", selector }) as Promise<string[]>,
};

/** Waits until `probe` gives something other than undefined or false; the last error is the reason it failed. */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  milliseconds = 15_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + milliseconds;
  let reason = "";
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<T>;
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end) throw new Error(`${what} did not happen within ${milliseconds / 1000} s${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
