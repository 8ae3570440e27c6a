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
 * columns apart by two blanks, whole, for grep and awk.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], options: TableOptions): string {
  const natural = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const ruled = options.width !== undefined;
  const made = new Table({
    head: [...titles],
    style: { head: [], border: [], compact: true, ...(ruled ? {} : { 'padding-left': 0, 'padding-right': 0 }) },
    ...(ruled ? { colWidths: fit(natural, options.width).map((width) => width + 2) } : { chars: NO_LINES }),
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** Takes from the widest column until the ruled table fits; a column keeps at least 4 characters. */
function fit(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  // Each column has a rule and a blank on both sides; one more rule closes the line.
  const frame = widths.length * 3 + 1;
  for (let total = sum(widths) + frame; total > width; total--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 4) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
