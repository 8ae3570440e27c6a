/** Where a command's words go. Standard output carries results only; notes and errors go to standard error. */
export interface Terminal {
  /** One line of the result; silent with --json. */
  line(text: string): void;
  /** Something the user should know beside the result. */
  note(text: string): void;
  /** The result as JSON; silent without --json. To be called once. */
  document(document: object): void;
  /** One of many results, as one line of JSON each; silent without --json. */
  record(record: object): void;
  /** Whether standard output is a terminal that shows progress. */
  readonly interactive: boolean;
  /** Characters in a line, on a terminal only. */
  readonly width: number | undefined;
  readonly json: boolean;
}

export function openTerminal(options: { json: boolean }): Terminal {
  // A terminal that does not say how wide it is cannot be drawn on.
  const interactive = process.stdout.isTTY && process.stdout.columns > 0 && !options.json;
  return {
    line: (text) => {
      if (!options.json) process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      process.stderr.write(`rsm: note: ${text}\n`);
    },
    document: (document) => {
      if (options.json) process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    },
    record: (record) => {
      if (options.json) process.stdout.write(`${JSON.stringify(record)}\n`);
    },
    interactive,
    width: interactive ? process.stdout.columns : undefined,
    json: options.json,
  };
}
