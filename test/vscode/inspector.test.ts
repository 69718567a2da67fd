// The inspector in a real VS Code: it follows the code, and the code follows it.
import * as vscode from "vscode";
import { closeAll, openFile, replace, settled } from "./support";
import { eventually, ui } from "./ui";

const CODE = `# %% [grad] First
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()

# %% [grad] Second
w = torch.tensor([1.0, 2.0], requires_grad=True)
s = w.sum()
`;

/** The drawing is an SVG, whose text is read through the element around it. */
const GRAPH = '[role="tabpanel"]';
const DETAILS = '[aria-label="Details of the selection"]';

async function shows(selector: string, text: string | RegExp): Promise<void> {
  await eventually(`“${text}” in ${selector}`, async () => {
    const found = (await ui.texts(selector)).join("\n");
    const matches = typeof text === "string" ? found.includes(text) : text.test(found);
    if (!matches) throw new Error(`there is: ${found.slice(0, 300)}`);
    return true;
  });
}

describe("the inspector in VS Code", () => {
  let editor: vscode.TextEditor;

  before(async function () {
    // On a desktop there is no page to look at; the same webview is tested in a browser of its own.
    if (!ui.available) this.skip();
    editor = await openFile(CODE);
    await settled(editor.document.uri);
    await vscode.commands.executeCommand("gradientInspector.openInspector");
    await shows(GRAPH, "MulBackward0");
  });
  after(closeAll);

  it("draws the graph of the snippet at the cursor", async () => {
    await shows(GRAPH, /\bx\b/);
    await ui.screenshot("inspector");
  });

  it("goes to the code when a node is clicked, and shows its details", async () => {
    await ui.click('.canvas .target[aria-label^="y,"]');
    await shows(DETAILS, "y");
    await eventually("the line in sight", () =>
      editor.visibleRanges.some((range) => range.start.line <= 2 && range.end.line >= 2),
    );
  });

  it("selects what the cursor is on", async () => {
    await vscode.window.showTextDocument(editor.document);
    editor.selection = new vscode.Selection(1, 0, 1, 0);
    await shows(DETAILS, /^\s*x/);
  });

  it("explains a gradient and tries other numbers, and writes them into the code only when told to", async () => {
    const open = (title: string) => ui.click(`.experiment summary:has-text("${title}")`);
    await open("Explain");
    await shows(DETAILS, /their contributions add up.*3.*3.*6/s);
    await open("Jacobian");
    await shows(DETAILS, /the gradient of x\s*6/);
    await open("What if");
    await ui.click('.number-field[aria-label="x"]');
    await ui.press("Control+A");
    await ui.type("5");
    await shows('[aria-live="polite"]', "x were 5");
    await shows(DETAILS, /the gradient of x\s*10/);
    if (!editor.document.getText().includes("torch.tensor(3.0")) throw new Error("the file was touched");
    await ui.click('.text-button:has-text("Write into code")');
    await eventually("the number in the code", () =>
      editor.document.getText().includes("x = torch.tensor(5.0, requires_grad=True)"),
    );
    await settled(editor.document.uri);
    await shows(GRAPH, "25");
  });

  it("follows the cursor into another snippet", async () => {
    editor.selection = new vscode.Selection(7, 0, 7, 0);
    await shows(GRAPH, "SumBackward0");
  });

  it("follows edits", async () => {
    await replace(editor, "w.sum()", "w.prod()");
    await shows(GRAPH, "ProdBackward0");
  });

  it("opens as an editor tab as well, with the same snippet", async () => {
    await vscode.commands.executeCommand("gradientInspector.openInspectorTab");
    await eventually("the tab", () =>
      vscode.window.tabGroups.all.some((group) =>
        group.tabs.some((tab) => tab.label === "Gradient Inspector"),
      ),
    );
    await eventually(
      "both pages drawn",
      async () => (await ui.texts(GRAPH)).filter((text) => text.includes("ProdBackward0")).length >= 2,
    );
  });

  it("moves to the secondary side bar with what was chosen in it, and back", async () => {
    const secondary = ".part.auxiliarybar .title";
    await vscode.window.showTextDocument(editor.document);
    await ui.click('.canvas .target[aria-label^="s,"]');
    await shows(DETAILS, "s");
    await vscode.commands.executeCommand("gradientInspector.moveToSecondarySideBar");
    await shows(secondary, /gradient inspector/i);
    await shows(GRAPH, "ProdBackward0");
    await shows(`${DETAILS} h2`, /^s$/m);
    await ui.screenshot("inspector-secondary");
    await vscode.commands.executeCommand("workbench.action.closeAuxiliaryBar");
    await eventually(
      "the secondary side bar closed",
      async () => (await ui.texts(".part.auxiliarybar:visible")).length === 0,
    );
    await vscode.commands.executeCommand("gradientInspector.openInspector");
    await eventually("it is back", async () => (await ui.texts(".part.auxiliarybar:visible")).length === 1);
    await shows(`${DETAILS} h2`, /^s$/m);
    await vscode.commands.executeCommand("gradientInspector.moveToActivityBar");
    await shows(".part.sidebar .title", /gradient inspector/i);
    await shows(GRAPH, "ProdBackward0");
  });
});
