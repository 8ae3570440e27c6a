import { NtmsLmState, NtmsOpreqState } from '../objects/ntmsapi/index.js';
import type { OpenRecords } from './open-records.js';
import type { LibraryOverview } from './output/library-picture.js';
import { symbolOf } from './output/words.js';
import { readChangers, readDrives, readPorts, readSlots } from './views/elements.js';
import { type LibraryView, readLibraries } from './views/libraries.js';
import {
  type LibraryRequestView,
  type OperatorRequestView,
  readLibraryRequests,
  readOperatorRequests,
} from './views/requests.js';

/** What `rsm status` shows. */
export interface Overview {
  /** Those of the rig. */
  readonly libraries: readonly LibraryOverview[];
  /** Those that the database knows from other rigs, and the offline library when something is in it. */
  readonly otherLibraries: readonly LibraryView[];
  /** Unfinished ones. */
  readonly requests: readonly LibraryRequestView[];
  readonly operatorRequests: readonly OperatorRequestView[];
}

const OPEN_REQUEST_STATES = [
  NtmsLmState.NTMS_LM_QUEUED,
  NtmsLmState.NTMS_LM_INPROCESS,
  NtmsLmState.NTMS_LM_WAITING,
].map((state) => symbolOf(NtmsLmState, state));

const CLOSED_OPERATOR_STATES = [NtmsOpreqState.NTMS_OPSTATE_REFUSED, NtmsOpreqState.NTMS_OPSTATE_COMPLETE].map(
  (state) => symbolOf(NtmsOpreqState, state),
);

export async function readOverview(open: Pick<OpenRecords, 'reader' | 'rig'>): Promise<Overview> {
  const reader = open.reader();
  const [all, changers, drives, ports, slots, requests, operatorRequests] = await Promise.all([
    readLibraries(reader),
    readChangers(reader),
    readDrives(reader),
    readPorts(reader),
    readSlots(reader),
    readLibraryRequests(reader),
    readOperatorRequests(reader),
  ]);
  const inRig = open.rig.libraries.map(({ name }) => name);
  const partsOf = (library: LibraryView): LibraryOverview => {
    const here = ({ library: name }: { readonly library: string | null }): boolean => name === library.name;
    return {
      ...library,
      changer: changers.find(here) ?? null,
      contents: { drives: drives.filter(here), ports: ports.filter(here), slots: slots.filter(here) },
    };
  };
  return {
    libraries: all.filter(({ name }) => inRig.includes(name)).map(partsOf),
    otherLibraries: all.filter(({ name, type, media }) => !inRig.includes(name) && (type !== OFFLINE || media > 0)),
    requests: requests.filter(({ state }) => OPEN_REQUEST_STATES.includes(state)),
    operatorRequests: operatorRequests.filter(({ state }) => !CLOSED_OPERATOR_STATES.includes(state)),
  };
}

const OFFLINE = 'NTMS_LIBRARYTYPE_OFFLINE';
