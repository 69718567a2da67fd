// Which part of the drawing is seen, and how large: pan by dragging and wheel, zoom by pinch or
// Ctrl and wheel, fit. Arithmetic is pure; the class only listens.
import type { Box, Point } from "./geometry";

export interface View {
  /** Screen position of the drawing's origin, and pixels per unit. */
  x: number;
  y: number;
  scale: number;
}

export const smallestScale = 0.005;
export const largestScale = 3;
const margin = 16;
/** The buttons at the bottom lie over the drawing. */
const bottomMargin = 48;
/** Below this width everything beside the drawing is smaller. */
export const narrow = 400;

/** The whole of `content` in the middle of `size`, never larger than life. */
export function fitted(
  content: { width: number; height: number },
  size: { width: number; height: number },
): View {
  const scale = Math.min(
    1,
    (size.width - 2 * margin) / Math.max(content.width, 1),
    (size.height - margin - bottomMargin) / Math.max(content.height, 1),
  );
  return centred(content, size, Math.max(smallestScale, scale));
}

function centred(
  content: { width: number; height: number },
  size: { width: number; height: number },
  scale: number,
): View {
  return {
    x: (size.width - content.width * scale) / 2,
    y: margin + (size.height - margin - bottomMargin - content.height * scale) / 2,
    scale,
  };
}

/** Below this scale the names can hardly be read. */
const readable = 0.65;
/** Where not everything can be seen anyway, what is seen is easy to read. */
const comfortable = 0.75;

/** For the first look: all of it when that can be read, else its end with the result in sight. */
export function opening(
  content: { width: number; height: number },
  size: { width: number; height: number },
  result: Box | null,
): View {
  const whole = fitted(content, size);
  if (whole.scale >= readable) return whole;
  // As large as one of the sides allows: then there is one way to go, along the other.
  const sides = [
    (size.width - 2 * margin) / Math.max(content.width, 1),
    (size.height - margin - bottomMargin) / Math.max(content.height, 1),
  ];
  const scale = Math.min(1, Math.max(comfortable, ...sides));
  const view = centred(content, size, scale);
  if (result === null) return view;
  // The map stands at the bottom beside the buttons and is higher than they are.
  const bottom = bottomMargin + (size.width < narrow ? 32 : 56);
  const middle = { x: size.width / 2, y: (size.height - bottom) / 2 };
  view.x = middle.x - (result.x + result.width / 2) * scale;
  view.y = middle.y - (result.y + result.height / 2) * scale;
  // No emptiness beyond the end of the drawing.
  view.x = within(view.x, size.width - content.width * scale - margin, margin);
  view.y = within(view.y, size.height - content.height * scale - bottom, margin);
  return view;
}

/** The value moved between two bounds; their middle where they are the wrong way round, so that small things are centred. */
const within = (value: number, low: number, high: number): number =>
  low > high ? (low + high) / 2 : Math.min(high, Math.max(low, value));

export function zoomedAt(view: View, at: Point, factor: number): View {
  const scale = Math.min(largestScale, Math.max(smallestScale, view.scale * factor));
  const ratio = scale / view.scale;
  return { x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio, scale };
}

/** A part of the drawing as large as it fits; where it is too large to be read, its centre alone. */
export function onto(part: Box, core: Box, size: { width: number; height: number }): View {
  const whole = fitted(part, size);
  const [shown, scale] = whole.scale >= readable ? [part, whole.scale] : [core, 1];
  return {
    x: size.width / 2 - (shown.x + shown.width / 2) * scale,
    y: (size.height - bottomMargin) / 2 - (shown.y + shown.height / 2) * scale,
    scale,
  };
}

/** The least move that brings a box into view; the same view when it is there already. */
export function showing(view: View, box: Box, size: { width: number; height: number }): View {
  const shift = (start: number, length: number, room: number, end: number): number => {
    if (length > room - margin - end) return (room - length) / 2 - start;
    if (start < margin) return margin - start;
    if (start + length > room - end) return room - end - start - length;
    return 0;
  };
  const { scale } = view;
  const dx = shift(view.x + box.x * scale, box.width * scale, size.width, margin);
  const dy = shift(view.y + box.y * scale, box.height * scale, size.height, bottomMargin);
  return dx === 0 && dy === 0 ? view : { ...view, x: view.x + dx, y: view.y + dy };
}

/** The part of the drawing that is seen. */
export const visiblePart = (view: View, size: { width: number; height: number }): Box => ({
  x: -view.x / view.scale,
  y: -view.y / view.scale,
  width: size.width / view.scale,
  height: size.height / view.scale,
});

/** Turns the mouse and the wheel on an element into views. A drag begins after some pixels, so that clicks stay clicks. */
export function listenForViews(element: Element, get: () => View, set: (view: View) => void): void {
  const at = (event: MouseEvent): Point => {
    const frame = element.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  element.addEventListener(
    "wheel",
    (raw) => {
      const event = raw as WheelEvent;
      event.preventDefault();
      const view = get();
      if (event.ctrlKey || event.metaKey) set(zoomedAt(view, at(event), Math.exp(-event.deltaY / 200)));
      else if (event.shiftKey && event.deltaX === 0) set({ ...view, x: view.x - event.deltaY });
      else set({ ...view, x: view.x - event.deltaX, y: view.y - event.deltaY });
    },
    { passive: false },
  );

  let from: { pointer: number; x: number; y: number; view: View; dragging: boolean } | null = null;
  element.addEventListener("pointerdown", (raw) => {
    const event = raw as PointerEvent;
    if (event.button !== 0 && event.button !== 1) return;
    from = { pointer: event.pointerId, x: event.clientX, y: event.clientY, view: get(), dragging: false };
  });
  element.addEventListener("pointermove", (raw) => {
    const event = raw as PointerEvent;
    if (from === null || event.pointerId !== from.pointer) return;
    const dx = event.clientX - from.x;
    const dy = event.clientY - from.y;
    if (!from.dragging && Math.hypot(dx, dy) < 4) return;
    if (!from.dragging) {
      from.dragging = true;
      element.setPointerCapture(event.pointerId);
      element.classList.add("dragging");
    }
    set({ ...from.view, x: from.view.x + dx, y: from.view.y + dy });
  });
  const end = (): void => {
    const dragged = from?.dragging === true;
    from = null;
    element.classList.remove("dragging");
    // The click that ends a drag selects nothing.
    if (dragged) {
      const swallow = (event: Event): void => event.stopPropagation();
      element.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => element.removeEventListener("click", swallow, { capture: true }), 0);
    }
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
}
