import type { CommandContext } from '../../src/cli/command-context.js';
import type { OpenManager } from '../../src/cli/open-manager.js';
import type { Terminal } from '../../src/cli/output/terminal.js';
import { ObjectReader } from '../../src/cli/views/object-reader.js';
import { type Teardown, VirtualLibrary, type VirtualLibraryOptions } from '../library/virtual-library.js';

/** A command's surroundings in this process, where a test can be the person at the library. */
export class CommandBench {
  readonly library: VirtualLibrary;
  readonly open: OpenManager;
  readonly lines: string[] = [];
  readonly notes: string[] = [];
  readonly documents: object[] = [];
  /** Who acts when the command tells what a person is to do. */
  person: (note: string) => void | Promise<void> = () => undefined;
  readonly #interrupt = new AbortController();

  private constructor(library: VirtualLibrary) {
    this.library = library;
    const { api, session, manager, store } = library;
    const rig = { libraries: [{ name: 'test' }] } as unknown as OpenManager['rig'];
    const reader = (): ObjectReader => new ObjectReader(api, session, store);
    this.open = { api, session, manager, store, rig, stateFolder: '', reader };
  }

  static async open(t: Teardown, options: VirtualLibraryOptions = {}): Promise<CommandBench> {
    return new CommandBench(await VirtualLibrary.open(t, options));
  }

  get context(): Pick<CommandContext, 'terminal' | 'clock' | 'interrupted'> {
    const terminal: Terminal = {
      line: (text) => void this.lines.push(text),
      note: (text) => {
        this.notes.push(text);
        void this.person(text);
      },
      document: (document) => void this.documents.push(document),
      record: (record) => void this.documents.push(record),
      interactive: false,
      width: undefined,
      json: false,
    };
    return { terminal, clock: this.library.clock, interrupted: this.#interrupt.signal };
  }

  interrupt(): void {
    this.#interrupt.abort();
  }
}
