import { TransportError, type ScsiTransport, type TransportFailure } from './transport/scsi-transport.js';

/**
 * Opens a transport; undefined when it is open. A caller that gives up does not wait for a path that neither opens nor
 * fails: the attempt goes on by itself, and the next command finds what became of it.
 */
export function openPath(transport: ScsiTransport, signal?: AbortSignal): Promise<TransportFailure | undefined> {
  const opening = transport.open().then(
    () => undefined,
    (cause: unknown) => openFailure(cause, transport.name),
  );
  if (signal === undefined) return opening;
  return new Promise((resolve) => {
    const onAbort = (): void => {
      const message = `It was cancelled while ${transport.name} was being opened; nothing was sent.`;
      resolve({ code: 'aborted', executed: 'no', message, cause: signal.reason });
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    void opening.then(resolve).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function openFailure(cause: unknown, path: string): TransportFailure {
  if (cause instanceof TransportError) return { ...cause.failure, executed: 'no' };
  const message = `${path} could not be opened: ${cause instanceof Error ? cause.message : String(cause)}`;
  return { code: 'unreachable', executed: 'no', message, cause };
}
