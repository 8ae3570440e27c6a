import Table from 'cli-table3';

export interface TableOptions {
  /** Characters in a line of the terminal; undefined off a terminal: nothing is cut, no lines are drawn. */
  readonly width?: number | undefined;
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/**
 * Rows under titles. On a terminal with ruled lines, the widest columns cut with "…" until it fits; elsewhere plain
 * columns apart by two blanks, whole, for grep and awk. Where not even cut columns fit, each row is a block of lines.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], options: TableOptions): string {
  const natural = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const { width } = options;
  if (width !== undefined && rows.length > 0 && leastWidth(natural) > width) return blocks(titles, rows, width);
  const ruled = width !== undefined;
  const made = new Table({
    head: [...titles],
    style: { head: [], border: [], compact: true, ...(ruled ? {} : { 'padding-left': 0, 'padding-right': 0 }) },
    ...(ruled ? { colWidths: fit(natural, width).map((column) => column + 2) } : { chars: NO_LINES }),
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** Below this a cut cell tells nothing any more. */
const LEAST_COLUMN = 4;

function leastWidth(natural: readonly number[]): number {
  return sum(natural.map((width) => Math.min(width, LEAST_COLUMN))) + natural.length * 3 + 1;
}

/** What no table of that width can show: one block for each row, a line for each cell, broken where it must be. */
function blocks(titles: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const indent = Math.min(Math.max(...titles.map((title) => title.length)) + 1, Math.floor(width / 2));
  const room = Math.max(1, width - indent);
  const cell = (title: string, text: string): string => {
    const pieces = text.match(new RegExp(`.{1,${room}}`, 'gsu')) ?? [''];
    return pieces
      .map((piece, index) => `${(index === 0 ? title : '').slice(0, indent - 1).padEnd(indent)}${piece}`)
      .join('\n');
  };
  return rows
    .map((row) => titles.map((title, column) => cell(title, row[column] ?? '').trimEnd()).join('\n'))
    .join('\n\n');
}

/** Takes from the widest column until the ruled table fits; a column keeps at least 4 characters. */
function fit(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  // Each column has a rule and a blank on both sides; one more rule closes the line.
  const frame = widths.length * 3 + 1;
  for (let total = sum(widths) + frame; total > width; total--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST_COLUMN) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
