// A small menu under a button: arrow keys, Escape, a click elsewhere; its items are plain actions.
import { h } from "../dom";

export interface MenuItem {
  label: string;
  run(): void;
  /** Makes it an item that is on or off; asked whenever the menu opens. */
  checked?(): boolean;
  /** Asked whenever the menu opens. */
  enabled?(): boolean;
}

export function menuButton(
  button: HTMLButtonElement,
  label: string,
  items: readonly (MenuItem | null)[],
): HTMLElement {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, hidden: true });
  const entries: HTMLButtonElement[] = [];
  const refreshers: (() => void)[] = [];
  for (const item of items) {
    if (item === null) {
      menu.append(h("div", { role: "separator", class: "menu-line" }));
      continue;
    }
    const entry = h(
      "button",
      {
        type: "button",
        role: item.checked === undefined ? "menuitem" : "menuitemcheckbox",
        tabindex: -1,
        class: "menu-item",
      },
      item.label,
    );
    const { checked, enabled } = item;
    if (checked !== undefined) {
      refreshers.push(() => entry.setAttribute("aria-checked", String(checked())));
    }
    if (enabled !== undefined) {
      refreshers.push(() => entry.setAttribute("aria-disabled", String(!enabled())));
    }
    entry.addEventListener("click", () => {
      if (entry.getAttribute("aria-disabled") === "true") return;
      close(true);
      item.run();
    });
    entries.push(entry);
    menu.append(entry);
  }
  const outside = (event: Event): void => {
    if (!frame.contains(event.target as Node)) close(false);
  };
  const close = (focus: boolean): void => {
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (focus) button.focus();
  };
  const open = (at: number): void => {
    for (const refresh of refreshers) refresh();
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
    entries.at(at)?.focus();
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (menu.hidden ? open(0) : close(true)));
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && menu.hidden) {
      open(0);
      event.preventDefault();
    }
  });
  menu.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) entries.at(next % entries.length)?.focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") close(false);
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  });
  const frame = h("div", { class: "menu-frame" }, button, menu);
  return frame;
}
