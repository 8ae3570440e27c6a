import { hostname, networkInterfaces } from 'node:os';
import { NtmsError } from '../objects/ntms-error.js';
import { kernelFiles } from '../library/device-volumes.js';
import type { KernelFiles } from '../library/device-volumes.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { RemovableStorageManager } from '../library/manager.js';
import { AccessControl, grantInitialAccess } from '../sessions/access-control.js';
import { operatingSystemUser } from '../sessions/operating-system-user.js';
import { SessionTable } from '../sessions/session-table.js';
import type { NtmsSession, SessionIdentity } from '../sessions/session-table.js';

/** Who calls, from where; read from the operating system unless given. */
export interface Caller {
  readonly user: string;
  readonly groups: readonly string[];
  readonly administrator: boolean;
}

export interface NtmsApiOptions {
  /** The name under which OpenNtmsSession knows this machine. */
  readonly computerName?: string;
  /** Default: the operating system's user; root is the server's administrator. */
  readonly caller?: Caller;
  /** Whether this machine has a network beside its loopback; default: asked of the operating system. */
  readonly hasNetwork?: () => boolean;
  /** Where the kernel tells of its devices; default: /sys, /dev and /proc. */
  readonly kernelFiles?: KernelFiles;
}

/** What every API function works with. */
export class CallContext {
  readonly manager: RemovableStorageManager;
  readonly sessions = new SessionTable();
  readonly access: AccessControl;
  readonly computerName: string;
  readonly caller: Caller;
  readonly hasNetwork: () => boolean;
  readonly kernelFiles: KernelFiles;

  constructor(manager: RemovableStorageManager, options: NtmsApiOptions) {
    this.manager = manager;
    this.access = new AccessControl(manager.store);
    this.computerName = options.computerName ?? hostname();
    this.caller = options.caller ?? operatingSystemUser();
    this.hasNetwork = options.hasNetwork ?? machineHasNetwork;
    this.kernelFiles = options.kernelFiles ?? kernelFiles;
    manager.control.messages.addSessions((requestId) => this.sessions.ownerOf(requestId));
    grantInitialAccess(manager.store, this.access, this.caller.user);
  }

  get store(): ObjectStore {
    return this.manager.store;
  }

  /**
   * Runs the body of an API function in the documented frame: the server must be there (ERROR_NOT_CONNECTED) and ready
   * (ERROR_NOT_READY), the handle must be an open session (ERROR_INVALID_HANDLE); an allocation that failed leaves as
   * ERROR_NOT_ENOUGH_MEMORY. An error of another kind is a fault of ours and passes unchanged.
   */
  async call<T>(handle: NtmsSession | null, body: (session: NtmsSession) => T | Promise<T>): Promise<T> {
    this.requireServer();
    const session = this.sessions.require(handle);
    this.manager.control.upkeep.tidy();
    try {
      return await body(session);
    } catch (error) {
      throw toNtmsError(error);
    }
  }

  requireServer(): void {
    switch (this.manager.state) {
      case 'ready':
        return;
      case 'starting':
        throw new NtmsError('ERROR_NOT_READY', 'the removable storage manager is still starting');
      case 'failed':
        throw new NtmsError('ERROR_NOT_READY', 'the removable storage manager did not start');
      case 'stopped':
        throw new NtmsError('ERROR_NOT_CONNECTED', 'the removable storage manager was stopped');
    }
  }

  identity(application: string): SessionIdentity {
    return { ...this.caller, computer: this.computerName, application };
  }
}

function machineHasNetwork(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some((address) => !address.internal));
}

/** Node reports a failed allocation as a RangeError. */
function toNtmsError(error: unknown): unknown {
  if (error instanceof RangeError) {
    const { code, message } = error as RangeError & { code?: string };
    if (code === 'ERR_MEMORY_ALLOCATION_FAILED' || /allocation failed|Invalid array length/.test(message)) {
      return new NtmsError('ERROR_NOT_ENOUGH_MEMORY', message, { cause: error });
    }
  }
  return error;
}
