// Finds the programs this project uses but does not ship: a desktop VS Code and a Chromium-like browser.
// Says plainly what is missing and how to get it.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Refusal } from "./output.mjs";
import { CommandFailed, isFile, onPath, run } from "./processes.mjs";

/**
 * The user's desktop VS Code: the path given (option or GRADIENT_INSPECTOR_CODE), else on PATH, else where its
 * installers put it. Undefined where there is none, or no display to show it on.
 * @param {string} [given]
 * @returns {string | undefined} a command line program such as .../bin/code
 */
export function findDesktopCode(given = process.env.GRADIENT_INSPECTOR_CODE) {
  if (given) {
    const path = isFile(given) ? given : onPath([given]);
    if (path) return path;
    throw new Refusal(
      `There is no VS Code at ${given}.`,
      "Give the path of its command line program, e.g. /usr/bin/code.",
    );
  }
  if (!hasDisplay()) return undefined;
  // In a remote session `code` is a messenger to a window elsewhere, which takes no folders of its own.
  const found = onPath(["code", "code-insiders", "codium"]);
  if (found && !found.includes("remote-cli")) return found;
  return installedCode().find(isFile);
}

function installedCode() {
  const home = homedir();
  if (process.platform === "darwin") {
    return ["/Applications", join(home, "Applications")].flatMap((folder) => [
      join(folder, "Visual Studio Code.app/Contents/Resources/app/bin/code"),
      join(folder, "VSCodium.app/Contents/Resources/app/bin/codium"),
    ]);
  }
  if (process.platform === "win32") {
    const local = process.env.LOCALAPPDATA ?? join(home, "AppData", "Local");
    const folders = [join(local, "Programs"), process.env.ProgramFiles ?? "C:\\Program Files"];
    return folders.map((folder) => join(folder, "Microsoft VS Code", "bin", "code.cmd"));
  }
  return ["/usr/share/code/bin/code", "/snap/bin/code", "/var/lib/flatpak/exports/bin/com.visualstudio.code"];
}

export function hasDisplay() {
  if (process.platform === "darwin" || process.platform === "win32") return !process.env.SSH_CONNECTION;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** A Chromium, Chrome or Edge: GRADIENT_INSPECTOR_BROWSER, else on PATH, else where its installers put it. */
export function findBrowser() {
  const given = process.env.GRADIENT_INSPECTOR_BROWSER;
  if (given) {
    if (isFile(given)) return given;
    throw new Refusal(`GRADIENT_INSPECTOR_BROWSER names ${given}, and there is no such file.`);
  }
  return (
    onPath([
      "chromium",
      "chromium-browser",
      "google-chrome",
      "google-chrome-stable",
      "microsoft-edge",
      "chrome",
    ]) ?? installedBrowsers().find(isFile)
  );
}

function installedBrowsers() {
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === "win32") {
    const folders = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].map(
      (name) => process.env[name] ?? "",
    );
    return folders.flatMap((folder) => [
      join(folder, "Google", "Chrome", "Application", "chrome.exe"),
      join(folder, "Microsoft", "Edge", "Application", "msedge.exe"),
    ]);
  }
  return ["/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

/**
 * A browser to run tests in, installed from Debian's packages where that is possible.
 * @param {import("./output.mjs").Progress} progress
 */
export async function ensureBrowser(progress) {
  const found = findBrowser();
  if (found) return found;
  if (canInstallDebianPackages()) {
    await progress.step("Chromium, from Debian's packages", () => installDebianPackages(["chromium"]), {
      long: true,
    });
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Refusal(
    "The tests need a Chromium-like browser, and none was found.",
    "Install Chromium, Chrome or Edge (Debian: `sudo apt-get install chromium`), or name one with\n" +
      "GRADIENT_INSPECTOR_BROWSER=/path/to/browser.",
  );
}

/** What a browser of its own needs: no question, no network of its own, and root's rights where it is root. */
export const browserArguments = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens a page in the person's own browser; that it fails is no harm, since the address was printed. */
export async function openInBrowser(/** @type {string} */ url) {
  try {
    if (process.platform === "darwin") await run("open", [url]);
    else if (process.platform === "win32") await run("rundll32", ["url.dll,FileProtocolHandler", url]);
    else await run("xdg-open", [url], { timeout: 10_000 });
  } catch {
    // A machine without xdg-open, or without a default browser.
  }
}

/** Root on Debian itself: elsewhere "chromium" may be another packaging system's stub. */
function canInstallDebianPackages() {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !onPath(["apt-get"])) return false;
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

async function installDebianPackages(/** @type {string[]} */ names) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...names], { env });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Refusal(
      `apt-get could not install ${names.join(", ")}:\n${error.output.trim()}`,
      "Check the network and the package sources, then try again.",
    );
  }
}
