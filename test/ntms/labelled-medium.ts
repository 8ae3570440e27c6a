import { ansiVolumeLabel } from '../../devices/virtual/media/ansi-label.js';
import { NtmsPartitionState, OmidLabelType } from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import type { VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';

/** Makes an application own a cartridge; gives the logical medium. */
export function own(library: VirtualLibrary, barCode: string): Guid {
  const { store } = library;
  return store.transaction(() => {
    const { mediaPool } = library.medium(barCode);
    const logical = store.table('logicalMedia').insert({ mediaPool });
    store.table('sides').update(library.side(barCode).id, {
      state: NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
      logicalMedia: logical.id,
    });
    return logical.id;
  });
}

/** The application tells that it has written a raw label. */
export function updateLabel({ api, session }: ApiCaller, media: Guid, label: Uint8Array = ansiVolumeLabel('NEW001')) {
  return api.UpdateNtmsOmidInfo(session, media, OmidLabelType.NTMS_OMID_TYPE_RAW_LABEL, label.length, label);
}
