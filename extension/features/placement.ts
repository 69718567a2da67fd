// Where the inspector's view stands: in the activity bar's side bar or in the secondary one. VS Code moves the
// view and remembers where it is; the state of the page goes along with it.
import * as vscode from "vscode";
import { VIEW_ID } from "./inspector";

const containers = {
  activityBar: "workbench.view.extension.gradientInspector",
  secondarySideBar: "workbench.view.extension.gradientInspectorSecondary",
} as const;

/** From this version on an extension may have a container in the secondary side bar. */
const firstMinor = 106;

export async function moveInspector(to: keyof typeof containers): Promise<void> {
  const [major = 0, minor = 0] = vscode.version.split(".").map(Number);
  if (to === "secondarySideBar" && major === 1 && minor < firstMinor) {
    // There VS Code asks where to; "New Secondary Side Bar Entry" is among the answers.
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
    await vscode.commands.executeCommand("workbench.action.moveFocusedView");
    return;
  }
  await vscode.commands.executeCommand("vscode.moveViews", {
    viewIds: [VIEW_ID],
    destinationId: containers[to],
  });
  await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
}
