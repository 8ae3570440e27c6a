/** An open serial line as the host side sees it: lines of text in both directions, and one end. */
export interface SerialLine {
  /** Sends `line` and a newline. Never throws; a line that cannot be sent ends in `onClosed`. */
  send(line: string): void;
  /** Gives the line back. `onClosed` is not called after it. Never rejects. */
  close(): Promise<void>;
}

export interface SerialLineEvents {
  /** A line arrived, without its newline; it may hold anything. */
  readonly onLine: (line: string) => void;
  /** The line is gone: unplugged, hung up. Called once at most. */
  readonly onClosed: (cause: Error | undefined) => void;
}

export interface SerialLineSettings {
  /** `/dev/ttyUSB0`, `COM3`, or the path of a pseudo-terminal. */
  readonly path: string;
  readonly baudRate: number;
  /** The longest line worth collecting, in characters, its newline included. */
  readonly longestLine: number;
}

/** Opens a line; rejects when it cannot. */
export type OpenSerialLine = (settings: SerialLineSettings, events: SerialLineEvents) => Promise<SerialLine>;
