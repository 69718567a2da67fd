// Listens on 127.0.0.1 for what the tests inside VS Code report, and answers what they ask of its window.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

/**
 * @typedef {import("../../test/vscode/harness/events").TestEvent} TestEvent
 * @typedef {import("../../test/vscode/harness/events").UiRequest} UiRequest
 */

/**
 * @param {{ onEvent: (event: TestEvent) => void, onUi: (request: UiRequest) => Promise<unknown> }} handlers
 * @returns {Promise<{ url: string, close: () => void }>} `url` holds a secret, so that nobody else can report
 */
export function listenForEvents(handlers) {
  const secret = randomBytes(12).toString("hex");
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    let text = "";
    for await (const chunk of request) text += chunk;
    /** @type {{ value?: unknown, error?: string }} */
    let answer = {};
    if (path === `/${secret}/event`) {
      handlers.onEvent(JSON.parse(text));
    } else if (path === `/${secret}/ui`) {
      try {
        answer = { value: await handlers.onUi(JSON.parse(text)) };
      } catch (error) {
        answer = { error: error instanceof Error ? error.message : String(error) };
      }
    } else {
      response.statusCode = 404;
    }
    response.end(JSON.stringify(answer));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      const close = () => {
        server.closeAllConnections();
        server.close();
      };
      resolve({ url: `http://127.0.0.1:${port}/${secret}`, close });
    });
  });
}
