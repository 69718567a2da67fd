// The settings, read from VS Code and made safe to use.
import * as vscode from "vscode";
import type { RunLimits } from "../engine/protocol/engineApi";
import type { Severity } from "../engine/protocol/report";
import type { LiveMode, SessionSettings } from "./session";
import type { SeveritySettings } from "./view/diagnostics";
import type { InlineSettings } from "./view/inlineValues";

export const SECTION = "gradientInspector";

const LIVE_MODES: readonly LiveMode[] = ["onType", "onSave", "manual"];
const INLINE_GRADIENTS: readonly InlineSettings["gradients"][] = ["off", "marked", "all"];
const SEVERITIES: readonly (Severity | "off")[] = ["error", "warning", "information", "hint", "off"];

function read<T>(name: string, resource: vscode.Uri | undefined, fallback: T): T {
  return vscode.workspace.getConfiguration(SECTION, resource).get<T>(name) ?? fallback;
}

/** A number in its bounds; whatever else stands in the settings file is taken for the default. */
function number(name: string, resource: vscode.Uri, fallback: number, least: number, most: number): number {
  const value = Number(read<unknown>(name, resource, fallback));
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : fallback;
}

export function liveMode(resource?: vscode.Uri): LiveMode {
  const value = read<string>("live", resource, "onType") as LiveMode;
  return LIVE_MODES.includes(value) ? value : "onType";
}

export function sessionSettings(resource: vscode.Uri): SessionSettings {
  return {
    live: liveMode(resource),
    debounceMilliseconds: number("debounce", resource, 120, 0, 10_000),
    limits: limits(resource),
  };
}

function limits(resource: vscode.Uri): RunLimits {
  return {
    seconds: number("timeout", resource, 5, 0.05, 3600),
    tensorBytes: number("memoryLimit", resource, 512, 1, 16_384) * 1024 * 1024,
    outputCharacters: number("outputLimit", resource, 100_000, 1_000, 10_000_000),
    records: number("recordLimit", resource, 20_000, 100, 1_000_000),
  };
}

export function severitySettings(resource: vscode.Uri): SeveritySettings {
  const raw = read<Record<string, unknown>>("severities", resource, {});
  const overrides = Object.entries(raw).filter(([, value]) => SEVERITIES.includes(value as Severity));
  return {
    hints: read("hints", resource, true),
    overrides: Object.fromEntries(overrides) as SeveritySettings["overrides"],
  };
}

export function inlineSettings(resource: vscode.Uri): InlineSettings {
  const gradients = read<string>("inlineGradients", resource, "marked") as InlineSettings["gradients"];
  return {
    values: read("inlineValues", resource, true),
    gradients: INLINE_GRADIENTS.includes(gradients) ? gradients : "marked",
    output: read("inlineOutput", resource, true),
  };
}

export function codeLensEnabled(resource: vscode.Uri): boolean {
  return read("codeLens", resource, true);
}

export function tryFixesEnabled(resource: vscode.Uri): boolean {
  return read("tryFixes", resource, true);
}
