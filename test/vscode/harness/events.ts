// What the tests inside the extension host tell the process that started VS Code, one event per request.

export type TestEvent =
  | { kind: "begin"; total: number; vscode: string; node: string }
  | { kind: "pass"; title: string; milliseconds: number }
  | { kind: "fail"; title: string; message: string; stack: string }
  | { kind: "pending"; title: string }
  /** The tests could not be loaded or run at all. */
  | { kind: "broken"; message: string }
  | { kind: "end" };

/** What a test may ask the page for, where VS Code runs in one (see ../ui.ts). */
export type UiRequest =
  | { kind: "screenshot"; name: string }
  | { kind: "press"; key: string }
  | { kind: "type"; text: string }
  | { kind: "click"; selector: string }
  | { kind: "hover"; selector: string }
  | { kind: "pictures"; selector: string }
  | { kind: "texts"; selector: string };

/** Where the process listens, from its environment; absent in a VS Code that was not started for tests. */
export const address = process.env.GRADIENT_INSPECTOR_TEST_URL;

export async function post(path: "event" | "ui", body: TestEvent | UiRequest): Promise<unknown> {
  const response = await fetch(`${address}/${path}`, { method: "POST", body: JSON.stringify(body) });
  const answer = (await response.json()) as { error?: string; value?: unknown };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.value;
}
