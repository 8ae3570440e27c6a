import { VirtualLibrary } from '../../library/virtual-library.js';
import type { Test } from 'tap';
import type { VirtualLibraryOptions } from '../../library/virtual-library.js';
import type { ApiCaller } from '../house.js';

/** A call of one function with arguments that are right, by whoever is given. */
export type RightCall = (library: VirtualLibrary, caller: ApiCaller) => Promise<unknown>;

/** The handle of a session that was closed before. */
export async function withClosedHandle(t: Test, call: RightCall): Promise<() => Promise<unknown>> {
  const library = await VirtualLibrary.open(t);
  await library.api.CloseNtmsSession(library.session);
  return () => call(library, library);
}

/** No handle at all. */
export async function withoutHandle(t: Test, call: RightCall): Promise<() => Promise<unknown>> {
  const library = await VirtualLibrary.open(t);
  return () => call(library, { api: library.api, session: null as never });
}

/** The manager was stopped after the session was opened. */
export async function afterStop(t: Test, call: RightCall): Promise<() => Promise<unknown>> {
  const library = await VirtualLibrary.open(t);
  await library.manager.stop();
  return () => call(library, library);
}

/** A house, something done to it, and then the call. */
export async function after(
  t: Test,
  prepare: (library: VirtualLibrary) => unknown,
  call: (library: VirtualLibrary) => Promise<unknown>,
  options: VirtualLibraryOptions = {},
): Promise<() => Promise<unknown>> {
  const library = await VirtualLibrary.open(t, options);
  await prepare(library);
  return () => call(library);
}
