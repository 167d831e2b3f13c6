/** Colours and glyphs of everything that is printed. Few of both, and each means one thing everywhere. */
import pc from 'picocolors';

export interface Style {
  dim: (text: string) => string;
  bold: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  busy: (text: string) => string;
  ask: (text: string) => string;
  glyphs: Glyphs;
}

export interface Glyphs {
  done: string;
  busy: string;
  pending: string;
  skipped: string;
  ask: string;
  failed: string;
  rework: string;
  note: string;
  next: string;
  dot: string;
  /** What the bars of charts are made of. */
  bar: string;
}

const UNICODE: Glyphs = {
  done: '✓',
  busy: '●',
  pending: '○',
  skipped: '–',
  ask: '?',
  failed: '✗',
  rework: '↻',
  note: '⋯',
  next: '→',
  dot: '·',
  bar: '█',
};

const ASCII: Glyphs = {
  done: 'v',
  busy: '*',
  pending: '.',
  skipped: '-',
  ask: '?',
  failed: 'x',
  rework: '@',
  note: '...',
  next: '->',
  dot: '-',
  bar: '#',
};

/** The style for one output: colour only on a terminal and without NO_COLOR, glyphs that its locale can show. */
export function createStyle(options: { colour: boolean; unicode: boolean }): Style {
  const paint = pc.createColors(options.colour);
  return {
    dim: paint.dim,
    bold: paint.bold,
    good: paint.green,
    bad: paint.red,
    busy: paint.cyan,
    ask: paint.yellow,
    glyphs: options.unicode ? UNICODE : ASCII,
  };
}

/** No colour; for files, pipes and tests. */
export const PLAIN_STYLE: Style = createStyle({ colour: false, unicode: true });
