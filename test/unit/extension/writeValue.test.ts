// What a tried number becomes in the code.
import assert from "node:assert/strict";
import { literal, withValue } from "../../../extension/view/writeValue";

describe("a value that is written into the code", () => {
  const cases: [source: string, value: Parameters<typeof withValue>[1], expected: string | null][] = [
    ["torch.tensor(2.0, requires_grad=True)", 3, "torch.tensor(3.0, requires_grad=True)"],
    ["torch.tensor([1.0, 2.0])", [1.5, -2], "torch.tensor([1.5, -2.0])"],
    [
      "torch.tensor(\n    [[1, 2], [3, 4]],\n    dtype=torch.float64,\n)",
      [
        [0, 1],
        [2, 3],
      ],
      "torch.tensor(\n    [[0.0, 1.0], [2.0, 3.0]],\n    dtype=torch.float64,\n)",
    ],
    ["torch.randn(2, 1, requires_grad=True)", [[1], [2]], "torch.tensor([[1.0], [2.0]], requires_grad=True)"],
    ["torch.ones((2,)).double()", [1, 2], "torch.tensor([1.0, 2.0]).double()"],
    ['torch.tensor([float("nan"), 1.0])', ["NaN", 2], 'torch.tensor([float("nan"), 2.0])'],
    ["torch.tensor(data=[1.0])", [2], null],
    ["make(3)", 3, null],
    ["torch.tensor([1.0", [2], null],
  ];
  for (const [source, value, expected] of cases) {
    it(`turns ${JSON.stringify(source)} into ${JSON.stringify(expected)}`, () => {
      assert.equal(withValue(source, value), expected);
    });
  }

  it("is a float in Python, however large or small", () => {
    assert.deepEqual([literal(1e21), literal(-0), literal(1e-7)], ["1e+21", "-0.0", "1e-7"]);
  });
});
