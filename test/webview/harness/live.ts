// An inspector in the browser whose questions the real engine answers, as the extension would ask it.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { Answer, AnsweringReport } from "../../../engine/protocol/experiment";
import type { SnippetReport } from "../../../engine/protocol/report";
import { requestOf } from "../../support/engine";
import type { Inspector, OpenOptions } from "./inspector";
import type { Suite } from "./suite";

export interface Live {
  inspector: Inspector;
  report: SnippetReport;
}

/** Runs the code and shows its report; questions go to the engine. */
export async function live(
  open: Suite["open"],
  engine: EngineClient,
  code: string,
  options: OpenOptions = {},
): Promise<Live> {
  const request = requestOf([code]);
  const outcome = await engine.run(request);
  assert.equal(outcome.kind, "report");
  const report = outcome.kind === "report" ? outcome.report.snippets[0] : undefined;
  assert.ok(report && report.status !== "stopped");
  // As the extension does it: one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  const inspector = await open({
    width: 900,
    height: 800,
    ...options,
    elements: (tensor, offset, count) => engine.elements(request.runId, tensor, offset, count),
    ask(question, tries) {
      const answer = last.then(async (): Promise<Answer> => {
        const experiment = { snippet: 0, question, tries };
        const outcome = await engine.run({ ...request, runId: requestOf([]).runId, experiment });
        const found = outcome.kind === "report" ? (outcome.report.snippets[0] as AnsweringReport) : undefined;
        return found?.answer ?? { kind: "refused", why: "It was stopped." };
      });
      last = answer;
      return answer;
    },
  });
  await inspector.show(report);
  return { inspector, report };
}
