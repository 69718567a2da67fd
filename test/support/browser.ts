// The browser that webview tests run in: the one that `npm test` found, without rights or network of its own.
import { type Browser, chromium } from "playwright-core";

/** Close it when the tests are done. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.GRADIENT_INSPECTOR_BROWSER;
  const args = process.env.GRADIENT_INSPECTOR_BROWSER_ARGUMENTS;
  if (!executablePath || args === undefined) throw new Error("Run these tests with `npm test -- webview`.");
  return chromium.launch({ executablePath, args: JSON.parse(args) as string[] });
}
