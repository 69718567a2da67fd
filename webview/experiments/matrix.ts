// A matrix of derivatives of any size: the engine is asked for the part that is looked at, and, when somebody wants to
// see the whole, for its rows one after the other, folded to a picture.
import type { Answer, Matrix, Part } from "../../engine/protocol/experiment";
import type { NumberValue } from "../../engine/protocol/report";
import { gridView } from "../details/grid";
import { h, svg } from "../dom";
import { formatNumber, plural } from "../format";
import { drawHeat } from "../graph/draw";
import { heatOf, heatScale, toNumber } from "../values";
import { asValue } from "./numbers";

/** Parts that are asked for, so that a page of the grid is one question. */
const bandRows = 16;
const bandColumns = 1200;
/** Sides of the picture. */
const blocks = 64;
/** A question answers about this quickly, so that it can be stopped and its progress seen. */
const wantedMilliseconds = 400;
const mostRowsAtOnce = 512;

export type AskPart = (part: Part) => Promise<Matrix>;

export function pagedMatrix(rows: number, columns: number, ask: AskPart, label: string): HTMLElement {
  return gridView(
    {
      shape: [rows, columns],
      async read(offset, count) {
        const out: NumberValue[] = [];
        for (let at = offset; at < offset + count; ) {
          const row = Math.floor(at / columns);
          const column = at % columns;
          const part = {
            row: row - (row % bandRows),
            rows: bandRows,
            column: column - (column % bandColumns),
            columns: bandColumns,
          };
          const found = await ask(part);
          const inside = column - part.column;
          const length = Math.min(found.columns - inside, offset + count - at);
          const start = (row - part.row) * found.columns + inside;
          out.push(...found.values.slice(start, start + length));
          at += Math.max(1, length);
        }
        return out;
      },
    },
    label,
  );
}

export type Folded = Answer & { kind: "jacobian" };

export interface Pictured {
  rows: number;
  columns: number;
  /** Asks for rows, folded to so many numbers each; in words why not, where it was stopped or refused. */
  ask(part: Part, fold: number): Promise<Folded | string>;
  stop(): void;
  /** Everything has been asked: vᵀJ as it was added up. */
  done(product: NumberValue[], gradient: NumberValue[]): Node;
}

/** A button that asks for all rows and draws them as they come. */
export function wholeMatrix(source: Pictured, label: string): HTMLElement {
  const { rows, columns } = source;
  const out = h("div", { class: "whole-matrix" });
  const button = h("button", { type: "button", class: "text-button" }, `Compute all ${plural(rows, "row")}`);
  button.addEventListener("click", () => void computeAll());
  out.append(button);
  let stopped = false;

  async function computeAll(): Promise<void> {
    stopped = false;
    const said = h("span", { class: "muted" }, "");
    const bar = h("progress", { max: rows, value: 0, "aria-label": `Rows of ${label}` });
    const stop = h("button", { type: "button", class: "link" }, "stop");
    stop.addEventListener("click", () => {
      stopped = true;
      source.stop();
    });
    const picture = h("div", { class: "matrix-picture" });
    const head = h("p", { class: "progress-line", role: "status" }, bar, said, " ", stop);
    out.replaceChildren(head, picture);
    stop.focus({ preventScroll: true });

    const width = Math.min(blocks, columns);
    const height = Math.min(blocks, rows);
    const cells = new Array<NumberValue>(width * height).fill(0);
    const product = new Float64Array(columns);
    let gradient: NumberValue[] = [];
    let chunk = bandRows;
    for (let row = 0; row < rows; ) {
      said.textContent = `${row} of ${plural(rows, "row")}`;
      bar.value = row;
      const began = performance.now();
      const answer = await source.ask({ row, rows: chunk, column: 0, columns }, width);
      if (!out.isConnected) return;
      if (stopped || typeof answer === "string") {
        const why = stopped ? `Stopped after ${plural(row, "row")}.` : answer;
        out.replaceChildren(h("p", { class: "muted", role: "status" }, String(why)), picture, button);
        return;
      }
      answer.matrix.values.forEach((value, i) => {
        const line = Math.floor(((row + Math.floor(i / width)) * height) / rows);
        const cell = line * width + (i % width);
        if (!(sizeOf(value) <= sizeOf(cells[cell] ?? 0))) cells[cell] = value;
      });
      answer.product?.forEach((value, i) => {
        product[i] = (product[i] ?? 0) + toNumber(value);
      });
      if (row === 0) ({ gradient } = answer);
      row += answer.part.rows;
      const took = performance.now() - began;
      const faster = Math.min(4, wantedMilliseconds / Math.max(1, took));
      chunk = Math.max(1, Math.min(mostRowsAtOnce, Math.round(chunk * faster)));
      picture.replaceChildren(draw(cells, width, height, `${label}, ${rows} by ${columns}`));
    }
    const note = `Each of the ${width} × ${height} cells shows the largest of about ${formatNumber(Math.max(1, (rows * columns) / (width * height)), 3)} derivatives.`;
    out.replaceChildren(
      picture,
      width * height < rows * columns ? h("p", { class: "muted" }, note) : "",
      source.done(Array.from(product, asValue), gradient),
    );
  }
  return out;
}

const sizeOf = (value: NumberValue): number => (value === "NaN" ? Infinity : Math.abs(toNumber(value)));

function draw(cells: readonly NumberValue[], columns: number, rows: number, label: string): Node {
  const scale = heatScale(cells);
  const side = 4;
  const chart = svg("svg", {
    class: "matrix-heat",
    viewBox: `-1 -1 ${columns * side + 2} ${rows * side + 2}`,
    width: columns * side + 2,
    height: rows * side + 2,
    role: "img",
    "aria-label": `Picture of ${label}; the largest derivative is ${formatNumber(scale)}`,
  });
  const levels = cells.map((value) => heatOf(value, scale));
  const cell = { width: side, height: side };
  chart.append(drawHeat({ x: 0, y: 0, cell, columns, levels, partial: false }));
  return chart;
}
