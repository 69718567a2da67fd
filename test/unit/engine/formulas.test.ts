// Every operator that a gradient goes back through can be explained: a formula for each argument that has one, which
// can be typeset, and no formula that belongs to no operator.
import assert from "node:assert/strict";
import temml from "temml";
import { registry } from "../../../engine/ops";

describe("the formulas of the operator table", () => {
  const differentiable = registry.filter((entry) => entry.formulas instanceof Map);

  it("are there for every argument with a derivative", () => {
    const missing = differentiable.flatMap(({ key, formulas, math }) =>
      [...(formulas as ReadonlyMap<string, unknown>).keys()]
        .filter((name) => !math?.[name])
        .map((name) => `${key}: ${name}`),
    );
    assert.ok(differentiable.length > 500, `${differentiable.length} differentiable operators`);
    assert.deepEqual(missing, []);
  });

  it("can be typeset", () => {
    for (const { key, math } of registry)
      for (const [name, tex] of Object.entries(math ?? {}))
        assert.doesNotThrow(
          () => temml.renderToString(tex, { throwOnError: true }),
          `${key} ${name}: ${tex}`,
        );
  });

  it("are those of the functional form in place", () => {
    const mathOf = (key: string) => registry.find((entry) => entry.key === key)?.math;
    assert.deepEqual(mathOf("asinh_"), mathOf("asinh"));
    assert.equal(mathOf("clamp_min_.Tensor")?.min, "\\bar{a} = \\bar{r}\\ \\text{where}\\ s < a");
    assert.equal(mathOf("mul.Tensor")?.other, "\\bar{o} = \\bar{r}\\,s", "an entry's own formula stays");
  });
});
