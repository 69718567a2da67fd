// Completions for annotations, and the rules that ignore comments name.
import assert from "node:assert/strict";
import { RULES } from "../../../engine/protocol/rules";
import { completionsAt, ruleLinks } from "../../../extension/view/annotations";

/** What each completion makes of the line that was typed. */
function completed(kind: "python" | "markdown", line: string): string[] {
  return completionsAt(kind, line, line.length).map(
    ({ from, to, insert }) => line.slice(0, from) + insert + line.slice(to),
  );
}

describe("completions for annotations", () => {
  it("make a marker of what has been typed of it", () => {
    for (const typed of ["#", "# %", "# %%", "# %% [", "# %% [gr", "#%%"])
      assert.deepEqual(completed("python", typed), ["# %% [grad] "], typed);
    assert.deepEqual(completed("python", "  # %%"), ["  # %% [grad] "]);
  });

  it("stay away from other comments and from code", () => {
    for (const typed of ["# a comment", "x = 1 #", "# %% Title", "y = x  #?", ""])
      assert.deepEqual(completed("python", typed), [], typed);
  });

  it("offer behind a marker the options that are not there yet", () => {
    assert.deepEqual(
      completionsAt("python", "# %% [grad] Title ", 18).map(({ label }) => label),
      ["timeout=", "live=false", "isolated"],
    );
    assert.deepEqual(completed("python", "# %% [grad] timeout=5 li"), [
      "# %% [grad] timeout=5 live=false",
      "# %% [grad] timeout=5 isolated",
    ]);
  });

  it("make a fence's info string", () => {
    for (const typed of ["```", "```py", "~~~ python", "- ```", "> ```python g"])
      assert.equal(completed("markdown", typed).length, 1, typed);
    assert.deepEqual(completed("markdown", "```py"), ["```python grad "]);
    assert.deepEqual(completed("markdown", "```python grad ")[0], "```python grad timeout=");
    assert.deepEqual(completed("markdown", "```js and more"), []);
    assert.deepEqual(completed("markdown", "text"), []);
  });

  it("offer inside an ignore comment the rules that can be ignored and are not yet", () => {
    const rules = RULES.filter((rule) => rule.configurable).map((rule) => rule.code);
    const line = "y = x  # grad: ignore[";
    assert.deepEqual(
      completionsAt("python", line, line.length).map(({ label }) => label),
      rules,
    );
    const second = `${line}${rules[0]}, `;
    assert.deepEqual(
      completionsAt("python", second, second.length).map(({ label }) => label),
      rules.slice(1),
    );
    assert.deepEqual(completed("python", "y = x  # gr"), ["y = x  # grad: ignore["]);
  });
});

describe("links of ignore comments", () => {
  it("are on the rules they name", () => {
    const text = "x = 1\ny = x  # grad: ignore[autograd/hidden-write, autograd/graph-kept]\n# grad: ignore\n";
    const links = ruleLinks(text).map(({ line, from, to }) => text.split("\n")[line]?.slice(from, to));
    assert.deepEqual(links, ["autograd/hidden-write", "autograd/graph-kept"]);
    assert.deepEqual(ruleLinks("x  # grad: ignore[a/../../secret]"), [], "no way out of the folder of pages");
  });
});
