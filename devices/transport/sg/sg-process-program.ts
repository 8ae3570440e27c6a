/**
 * The program of the process that makes the calls (see `SgProcess`). It has no state but the files that it was told to open,
 * and ends when the one that started it is gone.
 */
import { constants } from 'node:fs';
import { constants as osConstants } from 'node:os';

import koffi from 'koffi';

import { CallBuffers } from './call-buffers.js';
import { lengthThatCame } from './sg-answer.js';
import { decodeSgIoHeader } from './sg-io-header.js';
import type { SgProcessAnswer, SgProcessRequest } from './sg-process-messages.js';
import { SgRequest } from './sg-requests.js';

type NativeFunction = ReturnType<ReturnType<typeof koffi.load>['func']>;

/** fcntl.h; Node has no name for it. */
const O_CLOEXEC = 0o2000000;

// The names are looked up as any program's are, so that a preloaded library has its say.
const libc = koffi.load(null);
// koffi calls no variadic function aside. With three plain arguments these are called alike on the processors that
// SgTransport allows.
const openFile = libc.func('int open(const char *path, int flags, unsigned int mode)');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');
const closeFile = libc.func('int close(int fd)');
const exitAtOnce = libc.func('void _exit(int status)');
const signal = libc.func('intptr_t signal(int number, intptr_t handler)');

const notOpen = osConstants.errno.EBADF;
const files = new Map<number, CallBuffers>();

/** Calls on a thread; the error number belongs to that thread, and koffi has it only within the callback. */
function callAside(call: NativeFunction, ...args: unknown[]): Promise<{ result: number; errno: number }> {
  return new Promise((resolve, reject) => {
    call.async(...args, (cause: Error | null, result: number) => {
      if (cause !== null) reject(cause);
      else resolve({ result, errno: result < 0 ? koffi.errno() : 0 });
    });
  });
}

async function answer(request: SgProcessRequest): Promise<SgProcessAnswer | undefined> {
  const { id } = request;
  switch (request.call) {
    case 'open': {
      const flags = constants.O_RDWR | constants.O_NONBLOCK | O_CLOEXEC;
      const { result, errno } = await callAside(openFile, request.path, flags, 0);
      if (result < 0) return { id, errno };
      files.set(result, new CallBuffers());
      return { id, errno: 0, file: result };
    }
    case 'command': {
      const buffers = files.get(request.file);
      if (buffers === undefined) return { id, errno: notOpen };
      const pointer = buffers.fill(request);
      const { errno } = await callAside(ioctl, request.file, SgRequest.SG_IO, pointer);
      if (errno !== 0) return { id, errno };
      const { header } = buffers;
      const decoded = decodeSgIoHeader(header);
      const dataIn = buffers.dataIn(lengthThatCame(decoded, request.dataInLength));
      return { id, errno, header, dataIn, sense: buffers.sense(decoded.sbLenWr) };
    }
    case 'reset': {
      const buffers = files.get(request.file);
      if (buffers === undefined) return { id, errno: notOpen };
      const { errno } = await callAside(ioctl, request.file, SgRequest.SG_SCSI_RESET, buffers.fillInt(request.what));
      return { id, errno };
    }
    case 'close': {
      const buffers = files.get(request.file);
      files.delete(request.file);
      buffers?.free();
      await callAside(closeFile, request.file);
      return undefined;
    }
  }
}

process.on('message', (request: SgProcessRequest) => {
  answer(request).then(
    (answered) => {
      if (answered !== undefined) process.send?.(answered);
    },
    (cause: unknown) => {
      process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
      exitAtOnce(1);
    },
  );
});

// An ordinary exit waits for every thread, and a thread that waits for a device waits long.
process.on('disconnect', () => exitAtOnce(0));
// Who started this process decides when it ends, and an interrupt at the terminal goes to both. A handler is not enough: a
// signal, even a stop at the terminal (Ctrl-Z), that meets a thread in SG_IO has the kernel begin that call anew afterwards,
// and the command goes to the device twice. What is ignored meets no thread.
const ignore = 1;
const ignored = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
] as const;
for (const name of ignored) signal(osConstants.signals[name], ignore);
