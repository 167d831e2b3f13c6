/** Small charts of a terminal: shares as bars, in tables whose columns fit. */
import type { Style } from './style.ts';
import { cut, fit, widthOf } from './width.ts';

/** What a table is drawn for. */
export interface View {
  style: Style;
  columns: number;
}

export interface ChartRow {
  /** The first is cut where there is no room; the rest stand to the right. */
  cells: readonly string[];
  /** What its bar shows; 0: no bar. */
  share: number;
}

const MAX_BAR = 16;
/** Shorter ones tell nothing. */
const MIN_BAR = 4;
const GAP = '  ';

/** The share of the most, in full characters; something that is there at all is seen. */
export function bar(share: number, most: number, columns: number): number {
  if (share <= 0 || most <= 0) return 0;
  return Math.min(columns, Math.max(1, Math.round((columns * share) / most)));
}

/** Rows in columns, the bars in a column of their own where there is room: behind as many cells as said. */
export function chartLines(
  rows: readonly ChartRow[],
  { style, columns }: View,
  {
    heads = [],
    barBehind = 1,
    indent = '',
  }: { heads?: readonly string[]; barBehind?: number; indent?: string } = {},
): string[] {
  const all = [heads, ...rows.map(({ cells }) => cells)];
  const widths = Array.from({ length: Math.max(...all.map((cells) => cells.length)) }, (_, column) =>
    Math.max(...all.map((cells) => widthOf(cells[column] ?? ''))),
  );
  const [first = 0, ...others] = widths;
  const taken = indent.length + others.reduce((sum, width) => sum + GAP.length + width, 0);
  const name = Math.max(8, Math.min(first, columns - taken));
  const room = columns - taken - name - GAP.length;
  const most = Math.max(0, ...rows.map(({ share }) => share));
  const barColumns = room < MIN_BAR || most === 0 ? 0 : Math.min(MAX_BAR, room);
  const line = (cells: readonly string[], share: number): string => {
    const drawn = bar(share, most, barColumns);
    const chart =
      barColumns === 0 ? [] : [style.busy(style.glyphs.bar.repeat(drawn)) + ' '.repeat(barColumns - drawn)];
    const shown = widths.map((width, column) => {
      const cell = cells[column] ?? '';
      return column === 0 ? fit(cut(cell, name), name) : ' '.repeat(width - widthOf(cell)) + cell;
    });
    return `${indent}${[...shown.slice(0, barBehind), ...chart, ...shown.slice(barBehind)].join(GAP)}`.trimEnd();
  };
  return [
    ...(heads.length === 0 ? [] : [style.dim(line(heads, 0))]),
    ...rows.map(({ cells, share }) => line(cells, share)),
  ];
}
