// The documents that features are registered for.
import type * as vscode from "vscode";

/** Cells of notebooks have the language of their code, so these two cover them. */
export const SELECTOR: vscode.DocumentSelector = [{ language: "python" }, { language: "markdown" }];
