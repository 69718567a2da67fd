// Imports of packages that are not here: the line says so, and the code runs as far as it can.
import assert from "node:assert/strict";
import type { SnippetReport } from "../../engine/protocol/report";
import { inspect } from "./compare";

describe("a package that is not here", function () {
  this.timeout(120_000);
  let snippets: SnippetReport[];
  before(async () => {
    ({ snippets } = await inspect("test/oracle/imports/absent.md"));
  });
  const snippet = (title: string) => {
    const found = snippets.find((each) => each.title === title);
    assert.ok(found, title);
    return found;
  };
  const printed = ({ output }: SnippetReport) => output.map(({ text }) => text).join("");
  const about = ({ diagnostics }: SnippetReport) =>
    diagnostics
      .filter(({ code }) => code === "run/absent-package")
      .map(({ severity, message, range }) => [range.start.line, severity, message.split(" ")[0]]);

  it("does not keep a program from running that hardly uses it", () => {
    const { status, error } = snippet("imported and hardly used");
    assert.equal(status, "ok", error?.message);
    assert.equal(
      printed(snippet("imported and hardly used")),
      "2 tensor([ 6.2832, 12.5664]) False <module 'numpy' (not available in Gradient Inspector's engine)>\n",
    );
  });

  it("is told of at its import line: a warning, or information where nothing is lost", () => {
    assert.deepEqual(about(snippet("imported and hardly used")), [
      [5, "information", "matplotlib"],
      [6, "warning", "numpy"],
      [7, "warning", "pandas"],
      [9, "information", "tqdm"],
    ]);
  });

  it("raises where it is used, naming itself and what can be done", () => {
    const used = snippet("used").error;
    assert.equal(used?.type, "ModuleNotFoundError");
    assert.equal(
      used?.message,
      "No module named 'numpy' in Gradient Inspector's engine, which numpy.array would need. torch.tensor, " +
        "torch.linspace, torch.arange and the methods of tensors do most of the same.",
    );
    assert.match(snippet("by name").error?.message ?? "", /which sklearn\.datasets\.make_moons would need/);
    assert.equal(about(snippet("by name")).length, 1);
    assert.match(snippet("as a base class").error?.message ?? "", /which pandas\.DataFrame would need/);
  });

  it("is missing as ever where the code provides for that", () => {
    const provided = snippet("provided for");
    assert.equal(provided.status, "ok");
    assert.equal(printed(provided), "ModuleNotFoundError No module named 'jax'\nNone\n");
    assert.deepEqual(about(provided), []);
  });

  it("is not made up for a part of Python that does not exist", () => {
    assert.equal(
      snippet("not a package").error?.message,
      "No module named 'os.nothing'; 'os' is not a package",
    );
  });
});
