// What every suite in the browser needs: a browser, a server, one inspector for each test, and that the
// policy refused nothing and nothing went wrong in the page.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../support/browser";
import { type Inspector, type OpenOptions, openInspector, serve } from "./inspector";

export interface Suite {
  open(options?: OpenOptions): Promise<Inspector>;
  readonly browser: Browser;
}

/** To be called inside a `describe`. */
export function inspectorSuite(): Suite {
  let browser: Browser | undefined;
  let site: { url: string; server: Server } | undefined;
  const opened: Inspector[] = [];
  before(async () => {
    [browser, site] = await Promise.all([launchBrowser(), serve()]);
  });
  after(async () => {
    await browser?.close();
    site?.server.close();
  });
  afterEach(async () => {
    const complaints = opened.flatMap((inspector) => inspector.complaints);
    await Promise.all(opened.splice(0).map((inspector) => inspector.close()));
    assert.deepEqual(complaints, []);
  });
  return {
    async open(options) {
      assert(browser && site, "called before the suite began");
      const inspector = await openInspector(browser, site.url, options);
      opened.push(inspector);
      return inspector;
    },
    get browser() {
      assert(browser, "called before the suite began");
      return browser;
    },
  };
}
