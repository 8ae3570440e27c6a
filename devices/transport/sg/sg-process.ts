import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { CallOutcome, OpenedHandle, SgCalls, SgHandle, SgIoOutcome, SgIoRequest } from './sg-calls.js';
import type { SgProcessAnswer, SgProcessRequest } from './sg-process-messages.js';

/** Calls that may be under way at once unless said otherwise: the commands of one device, and some that were given up. */
const defaultThreads = 16;

type RequestBody = SgProcessRequest extends infer R ? (R extends SgProcessRequest ? Omit<R, 'id'> : never) : never;
type Ending = SgProcessAnswer | { readonly lost: string };

export interface SgProcessOptions {
  /** Calls that may be under way at once, given up or not. */
  readonly threads?: number;
  /** Its environment; that of this process unless said otherwise. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Makes the calls in a process of its own. SG_IO blocks its thread until the kernel is done, which may take minutes, and cannot
 * be cancelled. Threads of this process would be the few that Node also reads files with, and an exit waits for every one of
 * them: a tape that rewinds would hold up the program. A process can be left alone with its call, or ended.
 */
export class SgProcess implements SgCalls {
  readonly #threads: number;
  readonly #env: NodeJS.ProcessEnv;
  #running: RunningProcess | undefined;

  constructor(options: SgProcessOptions = {}) {
    this.#threads = options.threads ?? defaultThreads;
    this.#env = options.env ?? process.env;
  }

  async open(path: string): Promise<OpenedHandle> {
    const opened = await this.#openWith(this.#process(), path);
    // It may have ended before anybody heard of it; another can open the file as well.
    return opened.kind === 'lost' && this.#running?.hasEnded === true ? this.#openWith(this.#process(), path) : opened;
  }

  async #openWith(running: RunningProcess, path: string): Promise<OpenedHandle> {
    const answer = await running.ask({ call: 'open', path });
    if ('lost' in answer) return { kind: 'lost', message: answer.lost };
    if (answer.file === undefined) return { kind: 'refused', errno: answer.errno };
    return { kind: 'opened', handle: new ProcessHandle(running, answer.file) };
  }

  #process(): RunningProcess {
    if (this.#running === undefined || this.#running.hasEnded) {
      this.#running = new RunningProcess(this.#threads, this.#env);
    }
    return this.#running;
  }

  async end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.end();
  }
}

class ProcessHandle implements SgHandle {
  readonly #process: RunningProcess;
  readonly #file: number;

  constructor(running: RunningProcess, file: number) {
    this.#process = running;
    this.#file = file;
  }

  async command(request: SgIoRequest): Promise<SgIoOutcome> {
    const answer = await this.#process.ask({ call: 'command', file: this.#file, ...request });
    if ('lost' in answer) return { kind: 'lost', message: answer.lost };
    const { errno, header, dataIn, sense } = answer;
    if (header === undefined || dataIn === undefined || sense === undefined) return { kind: 'refused', errno };
    return { kind: 'done', header, dataIn, sense };
  }

  async reset(what: number): Promise<CallOutcome> {
    const answer = await this.#process.ask({ call: 'reset', file: this.#file, what });
    if ('lost' in answer) return { kind: 'lost', message: answer.lost };
    return answer.errno === 0 ? { kind: 'done' } : { kind: 'refused', errno: answer.errno };
  }

  close(): void {
    this.#process.tell({ call: 'close', file: this.#file });
  }
}

/** One life of the process. */
class RunningProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, (ending: Ending) => void>();
  #lastId = 0;
  #ended: string | undefined;

  constructor(threads: number, env: NodeJS.ProcessEnv) {
    // Run from the sources, the program is a source file, too; what loads this one then loads that one.
    const extension = extname(fileURLToPath(import.meta.url));
    const program = fileURLToPath(new URL(`sg-process-program${extension}`, import.meta.url));
    this.#child = fork(program, [], {
      serialization: 'advanced',
      env: { ...env, UV_THREADPOOL_SIZE: `${threads}` },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#finish(`the process that carries the commands ended (${signal ?? code})`);
        resolve();
      });
      this.#child.once('error', (cause) => {
        this.#finish(`the process that carries the commands could not be started: ${cause.message}`);
        resolve();
      });
    });
    this.#child.on('message', (answer: SgProcessAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
    });
    this.#stayAliveFor(0);
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Resolves always. */
  ask(request: RequestBody): Promise<Ending> {
    return new Promise((resolve) => {
      if (this.#ended !== undefined) {
        resolve({ lost: this.#ended });
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, (ending) => {
        this.#waiting.delete(id);
        this.#stayAliveFor(this.#waiting.size);
        resolve(ending);
      });
      this.#stayAliveFor(this.#waiting.size);
      this.#send({ ...request, id });
    });
  }

  tell(request: RequestBody): void {
    if (this.#ended === undefined) this.#send({ ...request, id: 0 });
  }

  async end(): Promise<void> {
    if (this.#ended !== undefined) return;
    const isBusy = this.#waiting.size > 0;
    this.#finish('the transport was closed');
    this.#child.kill('SIGKILL');
    // A call that cannot be interrupted keeps even a killed process until the kernel is done; nobody waits for that.
    if (isBusy) return;
    this.#child.ref();
    await this.#exited;
  }

  #send(request: SgProcessRequest): void {
    this.#child.send(request, (cause) => {
      if (cause !== null) this.#finish(`the process that carries the commands is gone: ${cause.message}`);
    });
  }

  #finish(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    for (const end of [...this.#waiting.values()]) end({ lost: why });
    this.#stayAliveFor(0);
  }

  /** An open device alone is no reason for a program to go on; a command under way is. */
  #stayAliveFor(calls: number): void {
    if (calls > 0) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }
}
