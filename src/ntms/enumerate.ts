import { NtmsObjectsTypes, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { ReadableTables } from '../objects/object-table.js';
import { supportedMediaTypes } from '../library/supported-media-types.js';
import { activeRequestStates } from './active-requests.js';
import type { InformationKind } from './object-information.js';
import { tableOfKind } from './object-information.js';
import type { Guid } from './structures.js';

const K = NtmsObjectsTypes;

/** Which kinds may be listed under which container; null is no container (sdk EnumerateNtmsObject). */
const containersOfKind: Readonly<Record<InformationKind, readonly InformationKind[]>> = {
  [K.NTMS_CHANGER]: [K.NTMS_LIBRARY],
  [K.NTMS_CHANGER_TYPE]: [],
  [K.NTMS_COMPUTER]: [],
  [K.NTMS_DRIVE]: [K.NTMS_LIBRARY],
  [K.NTMS_DRIVE_TYPE]: [],
  [K.NTMS_IEDOOR]: [K.NTMS_LIBRARY],
  [K.NTMS_IEPORT]: [K.NTMS_LIBRARY],
  [K.NTMS_LIBRARY]: [],
  [K.NTMS_LIBREQUEST]: [K.NTMS_LIBRARY],
  [K.NTMS_LOGICAL_MEDIA]: [K.NTMS_MEDIA_POOL, K.NTMS_PARTITION],
  [K.NTMS_MEDIA_POOL]: [K.NTMS_MEDIA_POOL],
  [K.NTMS_MEDIA_TYPE]: [K.NTMS_LIBRARY],
  [K.NTMS_PARTITION]: [K.NTMS_LOGICAL_MEDIA, K.NTMS_PHYSICAL_MEDIA, K.NTMS_MEDIA_POOL],
  [K.NTMS_PHYSICAL_MEDIA]: [K.NTMS_MEDIA_POOL, K.NTMS_LIBRARY],
  [K.NTMS_STORAGESLOT]: [K.NTMS_LIBRARY],
  [K.NTMS_OPREQUEST]: [],
};

export function mayContain(container: InformationKind, kind: InformationKind): boolean {
  return containersOfKind[kind].includes(container);
}

/** The kinds that are a container for something; the id of any other object is no container at all. */
export function isContainer(kind: number): kind is InformationKind {
  return Object.values(containersOfKind).some((containers) => containers.some((container) => container === kind));
}

/** The kinds whose use the computer's access list decides (MS-RSMP note 20). */
export function isGovernedByComputer(kind: InformationKind): boolean {
  return governedByComputer.includes(kind);
}

const governedByComputer: readonly InformationKind[] = [
  K.NTMS_CHANGER_TYPE,
  K.NTMS_COMPUTER,
  K.NTMS_DRIVE_TYPE,
  K.NTMS_MEDIA_TYPE,
  K.NTMS_OPREQUEST,
];

/** The ids of all objects of a kind, in a container or anywhere; pools without a container are the top-level ones. */
export function listObjects(
  store: ReadableTables,
  kind: InformationKind,
  container: { readonly kind: InformationKind; readonly id: Guid } | null,
): Guid[] {
  if (container === null) {
    if (kind === K.NTMS_LIBREQUEST) return ids(store.table('libRequests').list({ state: activeRequestStates }));
    if (kind !== K.NTMS_MEDIA_POOL) return ordered(store, kind);
    const root = rootPool(store);
    return ids(store.table('mediaPools').list({ parent: root }));
  }
  const { id } = container;
  switch (kind) {
    case K.NTMS_CHANGER:
      return inOrder(store.table('changers').list({ library: id }));
    case K.NTMS_DRIVE:
      return inOrder(store.table('drives').list({ library: id }));
    case K.NTMS_IEDOOR:
      return inOrder(store.table('doors').list({ library: id }));
    case K.NTMS_IEPORT:
      return inOrder(store.table('ports').list({ library: id }));
    case K.NTMS_STORAGESLOT:
      return inOrder(store.table('slots').list({ library: id }));
    case K.NTMS_LIBREQUEST:
      return ids(store.table('libRequests').list({ library: id, state: activeRequestStates }));
    case K.NTMS_MEDIA_TYPE:
      return supportedMediaTypes(store, id);
    case K.NTMS_LOGICAL_MEDIA:
      if (container.kind === K.NTMS_MEDIA_POOL) return ids(store.table('logicalMedia').list({ mediaPool: id }));
      return [store.table('sides').get(id)?.logicalMedia ?? []].flat();
    case K.NTMS_MEDIA_POOL:
      return ids(store.table('mediaPools').list({ parent: id }));
    case K.NTMS_PHYSICAL_MEDIA:
      return ids(
        store
          .table('physicalMedia')
          .list(container.kind === K.NTMS_LIBRARY ? { currentLibrary: id } : { mediaPool: id }),
      );
    case K.NTMS_PARTITION: {
      const sides = store.table('sides');
      if (container.kind === K.NTMS_LOGICAL_MEDIA) return ids(sides.list({ logicalMedia: id }));
      if (container.kind === K.NTMS_PHYSICAL_MEDIA) return ids(sides.list({ physicalMedia: id }));
      const media = store.table('physicalMedia').list({ mediaPool: id });
      return media.flatMap((medium) => ids(sides.list({ physicalMedia: medium.id })));
    }
    default:
      return [];
  }
}

/** The pool above all pools; listed only with NTMS_ENUM_ROOTPOOL, for the security calls. */
export function rootPool(store: ReadableTables): Guid | null {
  const pools = store.table('mediaPools').list({ poolType: NtmsPoolType.NTMS_POOLTYPE_UNKNOWN });
  return pools.find((pool) => pool.parent === null)?.id ?? null;
}

function ordered(store: ReadableTables, kind: InformationKind): Guid[] {
  return ids(store.table(tableOfKind[kind]).list());
}

function ids(rows: readonly { readonly id: Guid }[]): Guid[] {
  return rows.map((row) => row.id);
}

function inOrder(rows: readonly { readonly id: Guid; readonly number: number }[]): Guid[] {
  return ids([...rows].sort((a, b) => a.number - b.number));
}
