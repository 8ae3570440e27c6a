import { NtmsLmOperation, NtmsLmState, NtmsOpreqCommand, NtmsOpreqState } from '../../objects/ntmsapi/index.js';
import type { Guid } from '../../ntms/index.js';
import { symbolOf } from '../output/words.js';
import { labelOf } from './media.js';
import type { ObjectReader } from './object-reader.js';

/** A library request: one queued operation. */
export interface LibraryRequestView {
  readonly id: Guid;
  readonly library: string | null;
  /** NtmsLmOperation. */
  readonly operation: string;
  /** NtmsLmState. */
  readonly state: string;
  readonly cartridge: string | null;
  /** Number of the drive. */
  readonly drive: number | null;
  readonly queued: Date | null;
  readonly completed: Date | null;
  readonly application: string;
  readonly user: string;
  readonly priority: number;
  /** Win32 code; 0 while unfinished and after success. */
  readonly errorCode: number;
  readonly errorDetail: string;
}

/** Something that only a person can do. */
export interface OperatorRequestView {
  readonly id: Guid;
  /** NtmsOpreqCommand. */
  readonly request: string;
  /** NtmsOpreqState. */
  readonly state: string;
  readonly message: string;
  readonly submitted: Date | null;
}

export async function readLibraryRequests(reader: ObjectReader): Promise<LibraryRequestView[]> {
  const views = (await reader.list('LibRequest')).map(async ({ record, info }): Promise<LibraryRequestView> => {
    const [library, medium, drive] = await Promise.all([
      reader.find('Library', info.Library),
      reader.find('PhysicalMedia', info.PhysMediaId),
      reader.find('Drive', info.DriveId),
    ]);
    return {
      id: record.ObjectGuid,
      library: library?.record.szName ?? null,
      operation: symbolOf(NtmsLmOperation, info.OperationCode),
      state: symbolOf(NtmsLmState, info.State),
      cartridge: medium === undefined ? null : labelOf(medium),
      drive: drive?.info.Number ?? null,
      queued: info.TimeQueued,
      completed: info.TimeCompleted,
      application: info.szApplication,
      user: info.szUser,
      priority: info.dwPriority,
      errorCode: info.dwErrorCode,
      errorDetail: reader.requestDetail(record.ObjectGuid),
    };
  });
  return (await Promise.all(views)).toSorted((a, b) => (a.queued?.getTime() ?? 0) - (b.queued?.getTime() ?? 0));
}

export async function readOperatorRequests(reader: ObjectReader): Promise<OperatorRequestView[]> {
  const views = (await reader.list('OpRequest')).map(({ record, info }): OperatorRequestView => ({
    id: record.ObjectGuid,
    request: symbolOf(NtmsOpreqCommand, info.Request),
    state: symbolOf(NtmsOpreqState, info.State),
    message: info.szMessage,
    submitted: info.Submitted,
  }));
  return views.toSorted((a, b) => (a.submitted?.getTime() ?? 0) - (b.submitted?.getTime() ?? 0));
}
