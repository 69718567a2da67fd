// Questions about a run, with an engine that answers when the test says so.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { RunOutcome, RunRequest } from "../../../engine/protocol/engineApi";
import type { Answer, Question, Tries } from "../../../engine/protocol/experiment";
import { EngineService } from "../../../extension/engineService";
import { range, report, snippetReport } from "./fixtures";

const place = range(1, 0, 3, 0);
const none: Tries = { replace: [], seeds: [] };
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function setUp() {
  const asked: { request: RunRequest; answer(answer?: Answer): void }[] = [];
  const stopped: (string | undefined)[] = [];
  const client: EngineClient = {
    info: async () => ({ torch: "2.13.0", python: "3.14.0", startMilliseconds: 1, fromSnapshot: true }),
    run: (request) =>
      new Promise<RunOutcome>((resolve) => {
        const outcome = (answer?: Answer): RunOutcome => ({
          kind: "report",
          report: report(...request.snippets.map(({ range }) => ({ ...snippetReport({ range }), answer }))),
        });
        if (request.experiment) asked.push({ request, answer: (answer) => resolve(outcome(answer)) });
        else resolve(outcome());
      }),
    elements: async () => ({ value: 1 }),
    warm: () => {},
    stop: (file) => void stopped.push(file),
    restart: () => {},
    dispose: () => {},
  };
  const service = new EngineService(
    () => client,
    () => {},
  );
  const run = async (): Promise<number> => {
    let id = 0;
    await service.run({
      file: "/home/ada/lesson.py",
      version: 1,
      snippets: [{ title: "", range: place, header: place, code: "x = 1", indent: [0], options: {} }],
      siblings: [],
      limits: { seconds: 2, tensorBytes: 1, outputCharacters: 1, records: 1 },
      started: (runId) => {
        id = runId;
      },
      progress() {},
      printed() {},
    });
    return id;
  };
  return { service, asked, stopped, run };
}

const paths: Question = { kind: "paths", call: 1, tensor: 1 };
const found: Answer = { kind: "refused", why: "an answer of the engine's" };

describe("a question about a run", () => {
  it("runs what that run ran, with the question and time for an answer", async () => {
    const { service, asked, run } = setUp();
    const id = await run();
    const answer = service.ask(id, place, paths, none);
    await turn();
    const [{ request } = { request: undefined }] = asked;
    assert.deepEqual(request?.experiment, { snippet: 0, question: paths, tries: none });
    assert.equal(request?.snippets[0]?.code, "x = 1");
    assert.equal(request?.limits.seconds, 10);
    assert.notEqual(request?.runId, id);
    asked[0]?.answer(found);
    assert.equal(await answer, found);
  });

  it("waits for the one before it, and is asked once by two pages", async () => {
    const { service, asked, run } = setUp();
    const id = await run();
    const first = service.ask(id, place, paths, none);
    assert.equal(service.ask(id, place, paths, none), first);
    const second = service.ask(id, place, { kind: "jacobian", call: 1, tensor: 1 }, none);
    await turn();
    assert.equal(asked.length, 1);
    asked[0]?.answer(found);
    await first;
    await turn();
    assert.equal(asked.length, 2);
    asked[1]?.answer(found);
    assert.equal(await second, found);
  });

  it("of what to try is dropped when something newer is tried", async () => {
    const { service, asked, run } = setUp();
    const id = await run();
    const tries = (value: number): Tries => ({ replace: [{ tensor: 1, values: [value] }], seeds: [] });
    const answers = [1, 2, 3].map((value) => service.ask(id, place, { kind: "whatIf" }, tries(value)));
    await turn();
    assert.equal(asked.length, 1);
    asked[0]?.answer(found);
    await turn();
    await turn();
    assert.deepEqual(
      asked.map(({ request }) => request.experiment?.tries.replace[0]?.values),
      [[3]],
    );
    const [first, second] = await Promise.all(answers.slice(0, 2));
    assert.match(first?.kind === "refused" ? first.why : "", /newer/);
    assert.match(second?.kind === "refused" ? second.why : "", /newer/);
  });

  it("is refused when the run is unknown, and can be stopped", async () => {
    const { service, stopped, run } = setUp();
    const unknown = await service.ask(99, place, paths, none);
    assert.match(unknown.kind === "refused" ? unknown.why : "", /too long ago/);
    const id = await run();
    void service.ask(id, place, paths, none);
    await turn();
    service.cancelQuestion();
    assert.deepEqual(stopped, ["/home/ada/lesson.py"]);
  });
});
