// The graph as a picture that stands by itself: SVG with every colour resolved, and PNG from it.
import { svg } from "../dom";

/** What the style sheet decides and a picture has to carry with it. */
const properties = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "stroke-linecap",
  "opacity",
  "display",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "text-anchor",
];
const initial: Record<string, string> = {
  "fill-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-linejoin": "miter",
  "stroke-linecap": "butt",
  opacity: "1",
  display: "inline",
  "font-style": "normal",
  "text-anchor": "start",
};
const margin = 16;

/** `print`: dark on white, whatever the theme. */
export function toSvg(
  world: SVGGElement,
  size: { width: number; height: number },
  title: string,
  print = false,
): string {
  const width = Math.ceil(size.width + 2 * margin);
  const height = Math.ceil(size.height + 2 * margin);
  const copy = world.cloneNode(true) as SVGGElement;
  // Nothing of it is painted: the class goes before the browser comes to that.
  world.classList.toggle("for-print", print);
  resolve(world, copy);
  world.classList.remove("for-print");
  copy.removeAttribute("style");
  copy.setAttribute("transform", `translate(${margin} ${margin})`);
  const background = getComputedStyle(world.ownerDocument.body).backgroundColor;
  const root = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    svg("title", {}, title),
    svg("rect", { width, height, fill: print ? "#ffffff" : opaque(background) }),
    copy,
  );
  return new XMLSerializer().serializeToString(root);
}

/** A sidebar's body is transparent: its colour is a variable of the theme. */
function opaque(colour: string): string {
  if (!/^rgba\(.*, 0\)$|^transparent$/.test(colour)) return colour;
  const style = getComputedStyle(document.documentElement);
  return style.getPropertyValue("--vscode-editor-background").trim() || "white";
}

function resolve(from: Element, to: Element): void {
  // What is there to be clicked on is not part of the picture.
  for (const target of to.querySelectorAll(":scope > .target, :scope > .edge-target")) target.remove();
  const style = getComputedStyle(from);
  const isText = from.tagName === "text";
  for (const name of properties) {
    if ((name.startsWith("font") || name === "text-anchor") && !isText) continue;
    const value = style.getPropertyValue(name);
    if (value === "" || value === initial[name]) continue;
    const colour = name === "fill" || name === "stroke" ? plainColour(value) : null;
    if (colour === null) {
      to.setAttribute(name, value);
      continue;
    }
    to.setAttribute(name, colour.rgb);
    if (colour.alpha < 1) to.setAttribute(`${name}-opacity`, String(colour.alpha));
  }
  for (const name of [
    "class",
    "style",
    "role",
    "tabindex",
    "aria-label",
    "aria-selected",
    "aria-hidden",
    "data-key",
    "data-edge",
  ]) {
    to.removeAttribute(name);
  }
  Array.from(from.children).forEach((child, i) => {
    const twin = to.children[i];
    if (twin !== undefined) resolve(child, twin);
  });
}

/** Mixed colours are computed as "color(srgb …)" and translucent ones as "rgba(…)", which other programs cannot read. */
export function plainColour(value: string): { rgb: string; alpha: number } | null {
  const parts = /^(color\(srgb|rgba?\()(.*)\)$/.exec(value);
  if (parts === null) return null;
  const numbers = (parts[2] ?? "")
    .split(/[\s,/]+/)
    .filter(Boolean)
    .map(Number);
  const [r = 0, g = 0, b = 0, alpha = 1] = numbers;
  const unit = parts[1]?.startsWith("color") ? 255 : 1;
  const channel = (n: number): string =>
    Math.round(Math.min(255, Math.max(0, n * unit)))
      .toString(16)
      .padStart(2, "0");
  return { rgb: `#${channel(r)}${channel(g)}${channel(b)}`, alpha };
}

/** Twice the size, for sharp screens, within what a canvas can hold. */
export async function toPng(source: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const scale = Math.min(2, 16_000 / Math.max(image.width, image.height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This view cannot draw on a canvas.");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be written."))),
      "image/png",
    );
  });
}

export async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
