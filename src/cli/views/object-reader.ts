import { NtmsObjectsTypes } from '../../objects/ntmsapi/index.js';
import type { ReadableTables } from '../../objects/object-table.js';
import type { Guid, NTMS_OBJECTINFORMATION, NtmsApi, NtmsObjectInfo, NtmsSession } from '../../ntms/index.js';

/** The name of the member that a record's Info has: `Drive`, `PhysicalMedia` ... */
type InfoName = NtmsObjectInfo extends infer Member ? (Member extends unknown ? keyof Member : never) : never;
type InfoOf<Name extends InfoName> = Name extends unknown
  ? Extract<NtmsObjectInfo, Record<Name, unknown>>[Name]
  : never;

/** The functions that a reader asks; they are there without a manager too. */
type ReadingApi = Pick<NtmsApi, 'EnumerateNtmsObject' | 'GetNtmsObjectInformation'>;

/** An object's record with the part that its kind decides. */
export interface ObjectRecord<Info> {
  readonly record: NTMS_OBJECTINFORMATION;
  readonly info: Info;
}

const KIND_OF: Readonly<Record<InfoName, NtmsObjectsTypes>> = {
  Drive: NtmsObjectsTypes.NTMS_DRIVE,
  DriveType: NtmsObjectsTypes.NTMS_DRIVE_TYPE,
  Library: NtmsObjectsTypes.NTMS_LIBRARY,
  Changer: NtmsObjectsTypes.NTMS_CHANGER,
  ChangerType: NtmsObjectsTypes.NTMS_CHANGER_TYPE,
  StorageSlot: NtmsObjectsTypes.NTMS_STORAGESLOT,
  IEDoor: NtmsObjectsTypes.NTMS_IEDOOR,
  IEPort: NtmsObjectsTypes.NTMS_IEPORT,
  PhysicalMedia: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
  LogicalMedia: NtmsObjectsTypes.NTMS_LOGICAL_MEDIA,
  Partition: NtmsObjectsTypes.NTMS_PARTITION,
  MediaPool: NtmsObjectsTypes.NTMS_MEDIA_POOL,
  MediaType: NtmsObjectsTypes.NTMS_MEDIA_TYPE,
  LibRequest: NtmsObjectsTypes.NTMS_LIBREQUEST,
  OpRequest: NtmsObjectsTypes.NTMS_OPREQUEST,
  Computer: NtmsObjectsTypes.NTMS_COMPUTER,
};

/**
 * Reads objects through the NTMS API, each once: a reader shows the library as it was at one moment, so a command that
 * changed something makes a new one to show the result.
 */
export class ObjectReader {
  readonly #api: ReadingApi;
  readonly #session: NtmsSession;
  readonly #store: ReadableTables;
  readonly #lists = new Map<string, Promise<readonly ObjectRecord<unknown>[]>>();
  readonly #indexes = new Map<string, Promise<ReadonlyMap<Guid, ObjectRecord<unknown>>>>();

  constructor(api: ReadingApi, session: NtmsSession, store: ReadableTables) {
    this.#api = api;
    this.#session = session;
    this.#store = store;
  }

  /** All objects of a kind, or those in a container. */
  list<Name extends InfoName>(
    name: Name,
    container: Guid | null = null,
  ): Promise<readonly ObjectRecord<InfoOf<Name>>[]> {
    const key = `${name} ${container}`;
    const known = this.#lists.get(key) as Promise<readonly ObjectRecord<InfoOf<Name>>[]> | undefined;
    if (known !== undefined) return known;
    const read = this.#read(name, container);
    this.#lists.set(key, read);
    return read;
  }

  /** The object with this id, undefined when there is none. */
  async find<Name extends InfoName>(name: Name, id: Guid | null): Promise<ObjectRecord<InfoOf<Name>> | undefined> {
    if (id === null) return undefined;
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = this.list(name).then((all) => new Map(all.map((one) => [one.record.ObjectGuid, one])));
      this.#indexes.set(name, index);
    }
    return (await index).get(id) as ObjectRecord<InfoOf<Name>> | undefined;
  }

  /** SMC element address of a changer, drive, slot or port. The API's records have no member for it. */
  elementAddress(table: 'changers' | 'drives' | 'slots' | 'ports', id: Guid): number {
    return this.#store.table(table).require(id).elementAddress;
  }

  /** Why a library request failed, in words; the API's record has the number only. */
  requestDetail(id: Guid): string {
    return this.#store.table('libRequests').get(id)?.errorDetail ?? '';
  }

  async #read<Name extends InfoName>(
    name: Name,
    container: Guid | null,
  ): Promise<readonly ObjectRecord<InfoOf<Name>>[]> {
    const kind = KIND_OF[name];
    const ids = await this.#idsOf(kind, container);
    const records = await Promise.all(
      ids.map((id) => this.#api.GetNtmsObjectInformation(this.#session, id, { dwType: kind })),
    );
    return records.map((record) => ({ record, info: memberOf(record.Info, name) }));
  }

  /** The API lists active requests only; a person also wants to see how the last ones ended. */
  async #idsOf(kind: NtmsObjectsTypes, container: Guid | null): Promise<readonly Guid[]> {
    if (kind !== NtmsObjectsTypes.NTMS_LIBREQUEST) {
      return this.#api.EnumerateNtmsObject(this.#session, container, null, kind, 0);
    }
    const requests = this.#store.table('libRequests');
    return (container === null ? requests.list() : requests.list({ library: container })).map(({ id }) => id);
  }
}

function memberOf<Name extends InfoName>(info: NtmsObjectInfo, name: Name): InfoOf<Name> {
  const member = Object.entries(info).find(([key]) => key === name)?.[1];
  if (member === undefined) throw new TypeError(`the record has no member ${name}`);
  return member as InfoOf<Name>;
}
