import type { Test } from 'tap';
import {
  NtmsEjectOperation,
  NtmsInjectOperation,
  NtmsObjectsTypes as K,
  NtmsOpreqCommand,
  NtmsUIOperations,
  NtmsUITypes,
  SecurityInformation,
} from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import { onePort } from '../library/person-at-port.js';
import { StandAloneHouse } from '../library/stand-alone-house.js';
import { VirtualLibrary } from '../library/virtual-library.js';
import { addLogicalMedium } from './house.js';
import type { ApiCaller } from './house.js';
import { CONTROL, MODIFY, on, onComputer, onGoverned, onKind, onLibrary, poolOf, USE } from './rights-house.js';
import type { Call, Need, PreparedRights, RightsCase } from './rights-house.js';
import { mediaRightsCases } from './rights-of-media.js';

/** Reads the record with all rights, and writes it with those of the caller. */
const rewrite =
  (library: VirtualLibrary) =>
  async ({ api, session }: ApiCaller, id: Guid): Promise<void> => {
    const record = await library.api.GetNtmsObjectInformation(library.session, id, { dwType: K.NTMS_UNKNOWN });
    return api.SetNtmsObjectInformation(session, id, record);
  };

const askOperator =
  (command: number, argument: (library: VirtualLibrary) => Guid | null): Call =>
  (library, { api, session }) =>
    api.SubmitNtmsOperatorRequest(session, command, 'please', argument(library), null);

const question = ({ store }: VirtualLibrary): Guid =>
  store.table('opRequests').insert({ request: NtmsOpreqCommand.NTMS_OPREQ_MESSAGE, submitted: 1 }).id;

const waitingRequest = ({ store, library }: VirtualLibrary): Guid =>
  store.table('libRequests').insert({ operationCode: 17, library: library.id, timeQueued: 1 }).id;

/** One call of every function that asks for a right, or several where different rights are asked for. */
export const rightsCases: readonly RightsCase[] = [
  ...mediaRightsCases,
  { function: 'OpenNtmsSession', prepare: onComputer(USE, (_, { api }) => api.OpenNtmsSession(null, 'again', 0)) },
  {
    function: 'MountNtmsMedia',
    async prepare(t) {
      const house = await VirtualLibrary.open(t);
      const side = house.side('ORS001L8').id;
      const needs: Need[] = [
        { on: 'media pool', right: USE, object: poolOf('ORS001L8')(house) },
        { on: 'library', right: USE, object: house.library.id },
      ];
      return {
        house,
        needs,
        call: ({ api, session }) => api.MountNtmsMedia(session, [side], [null], 1, 0, 0, 0, null),
      };
    },
  },
  {
    function: 'DismountNtmsMedia',
    async prepare(t) {
      const house = await VirtualLibrary.open(t);
      await house.mount('ORS001L8');
      const side = house.side('ORS001L8').id;
      const needs: Need[] = [
        { on: 'media pool', right: USE, object: poolOf('ORS001L8')(house) },
        { on: 'library', right: USE, object: house.library.id },
      ];
      return { house, needs, call: ({ api, session }) => api.DismountNtmsMedia(session, [side], 1, 2) };
    },
  },
  {
    function: 'DismountNtmsDrive',
    prepare: onLibrary(MODIFY, (house, { api, session }) => api.DismountNtmsDrive(session, house.drive(0).id)),
  },
  {
    function: 'InventoryNtmsLibrary',
    prepare: onLibrary(CONTROL, (house, { api, session }) => api.InventoryNtmsLibrary(session, house.library.id, 1)),
  },
  {
    function: 'ExportNtmsDatabase',
    prepare: onComputer(CONTROL, (_, { api, session }) => api.ExportNtmsDatabase(session)),
  },
  {
    function: 'ImportNtmsDatabase',
    prepare: onComputer(CONTROL, (_, { api, session }) => api.ImportNtmsDatabase(session)),
  },
  ...onGoverned('GetNtmsObjectInformation', USE, ({ api, session }, id) =>
    api.GetNtmsObjectInformation(session, id, { dwType: K.NTMS_UNKNOWN }),
  ),
  ...onGoverned('EnumerateNtmsObject', USE, ({ api, session }, id, { store }) => {
    // All cartridges are in several pools, of which the guest may use the others.
    const pool = store.table('physicalMedia').get(id)?.mediaPool ?? null;
    return api.EnumerateNtmsObject(session, pool, null, store.kindOf(id) ?? 0, 0);
  }),
  ...onGoverned('GetNtmsObjectAttribute', USE, ({ api, session }, id) =>
    api.GetNtmsObjectAttribute(session, id, 0, 'note', null),
  ),
  ...onGoverned('SetNtmsObjectAttribute', MODIFY, ({ api, session }, id) =>
    api.SetNtmsObjectAttribute(session, id, 0, 'note', Uint8Array.of(1), 1),
  ),
  ...onGoverned('GetNtmsObjectSecurity', 'READ_CONTROL', ({ api, session }, id) =>
    api.GetNtmsObjectSecurity(session, id, 0, SecurityInformation.DACL_SECURITY_INFORMATION, null),
  ),
  ...onGoverned('SetNtmsObjectSecurity', 'WRITE_DAC', ({ api, session }, id) =>
    api.SetNtmsObjectSecurity(session, id, 0, SecurityInformation.DACL_SECURITY_INFORMATION, { dacl: [] }),
  ),
  ...(
    [
      [K.NTMS_DRIVE, 'library', MODIFY],
      [K.NTMS_LIBRARY, 'library', CONTROL],
      [K.NTMS_MEDIA_POOL, 'media pool', MODIFY],
      [K.NTMS_COMPUTER, 'computer', MODIFY],
    ] as const
  ).map(([kind, as, right]) => ({
    function: 'SetNtmsObjectInformation' as const,
    title: `an object of kind ${kind}`,
    prepare: onKind(kind, right, as, (caller, id, house) => rewrite(house)(caller, id)),
  })),
  {
    function: 'EjectNtmsMedia',
    prepare: onLibrary(
      CONTROL,
      (house, { api, session }) =>
        api.EjectNtmsMedia(session, house.medium('ORS001L8').id, null, NtmsEjectOperation.NTMS_EJECT_QUEUE),
      onePort,
    ),
  },
  {
    function: 'InjectNtmsMedia',
    prepare: onLibrary(
      CONTROL,
      (house, { api, session }) =>
        api.InjectNtmsMedia(session, house.library.id, null, NtmsInjectOperation.NTMS_INJECT_START),
      onePort,
    ),
  },
  {
    function: 'AccessNtmsLibraryDoor',
    prepare: onLibrary(CONTROL, (house, { api, session }) => api.AccessNtmsLibraryDoor(session, house.library.id, 0)),
  },
  {
    function: 'EjectDiskFromSADrive',
    async prepare(t) {
      const house = await StandAloneHouse.open(t, { inside: { barcode: 'ORS001L8' } });
      const { store } = house;
      const { deviceName } = store.table('drives').require(store.table('drives').find({})?.id ?? '');
      const needs: Need[] = [
        { on: 'library', right: CONTROL, object: house.library.id },
        { on: 'computer', right: USE, object: store.wellKnown.computer, besides: true },
      ];
      return {
        ...{ house, needs },
        call: ({ api }) =>
          api.EjectDiskFromSADrive(null, 'visit', deviceName, null, null, null, NtmsEjectOperation.NTMS_EJECT_START),
      };
    },
  },
  {
    function: 'CancelNtmsLibraryRequest',
    prepare: onLibrary(CONTROL, (house, { api, session }) =>
      api.CancelNtmsLibraryRequest(session, waitingRequest(house)),
    ),
  },
  {
    function: 'GetNtmsRequestOrder',
    prepare: onComputer(CONTROL, (house, { api, session }) => api.GetNtmsRequestOrder(session, waitingRequest(house))),
  },
  {
    function: 'SetNtmsRequestOrder',
    prepare: onComputer(CONTROL, (house, { api, session }) =>
      api.SetNtmsRequestOrder(session, waitingRequest(house), 1),
    ),
  },
  {
    function: 'DeleteNtmsRequests',
    prepare: onComputer(MODIFY, (house, { api, session }) =>
      api.DeleteNtmsRequests(session, [waitingRequest(house)], K.NTMS_LIBREQUEST, 1),
    ),
  },
  {
    function: 'DeleteNtmsLibrary',
    prepare: onLibrary(MODIFY, (house, { api, session }) => api.DeleteNtmsLibrary(session, house.library.id)),
  },
  {
    function: 'DeleteNtmsDrive',
    prepare: onLibrary(MODIFY, (house, { api, session }) => api.DeleteNtmsDrive(session, house.drive(0).id)),
  },
  {
    function: 'IdentifyNtmsSlot',
    prepare: onLibrary(CONTROL, (house, { api, session }) =>
      api.IdentifyNtmsSlot(session, house.medium('ORS001L8').location ?? '', 0),
    ),
  },
  ...([K.NTMS_LIBRARY, K.NTMS_COMPUTER] as const).map((kind) => ({
    function: 'GetNtmsUIOptions' as const,
    title: `an object of kind ${kind}`,
    prepare: onKind(kind, USE, 'governing object', ({ api, session }, id) =>
      api.GetNtmsUIOptions(session, id, NtmsUITypes.NTMS_UITYPE_INFO, 100),
    ),
  })),
  ...(['library', 'computer'] as const).map((kind) => ({
    function: 'SetNtmsUIOptions' as const,
    title: `the ${kind}`,
    async prepare(t: Test): Promise<PreparedRights> {
      const house = await VirtualLibrary.open(t);
      const object = kind === 'library' ? house.library.id : house.store.wellKnown.computer;
      const needs = [USE, MODIFY].map((right) => ({ on: kind, right, object }));
      const { NTMS_UITYPE_INFO } = NtmsUITypes;
      const add = NtmsUIOperations.NTMS_UIDEST_ADD;
      const call: PreparedRights['call'] = ({ api, session }) =>
        api.SetNtmsUIOptions(session, object, NTMS_UITYPE_INFO, add, 'desk');
      return { house, needs, call };
    },
  })),
  {
    function: 'CleanNtmsDrive',
    prepare: onLibrary(CONTROL, (house, { api, session }) => api.CleanNtmsDrive(session, house.drive(0).id)),
  },
  {
    function: 'ReserveNtmsCleanerSlot',
    prepare: onLibrary(CONTROL, (house, { api, session }) =>
      api.ReserveNtmsCleanerSlot(session, house.library.id, house.store.table('slots').find({ state: 2 })?.id ?? ''),
    ),
  },
  {
    function: 'ReleaseNtmsCleanerSlot',
    prepare: onLibrary(CONTROL, (house, { api, session }) => api.ReleaseNtmsCleanerSlot(session, house.library.id)),
  },
  {
    function: 'InjectNtmsCleaner',
    prepare: onLibrary(CONTROL, (house, { api, session }) =>
      api.InjectNtmsCleaner(session, house.library.id, null, 20, NtmsInjectOperation.NTMS_INJECT_START),
    ),
  },
  {
    function: 'EjectNtmsCleaner',
    prepare: onLibrary(CONTROL, (house, { api, session }) =>
      api.EjectNtmsCleaner(session, house.library.id, null, NtmsEjectOperation.NTMS_EJECT_START),
    ),
  },
  {
    function: 'DisableNtmsObject',
    prepare: onLibrary(MODIFY, (house, { api, session }) =>
      api.DisableNtmsObject(session, K.NTMS_DRIVE, house.drive(0).id),
    ),
  },
  {
    function: 'EnableNtmsObject',
    prepare: onLibrary(MODIFY, (house, { api, session }) =>
      api.EnableNtmsObject(session, K.NTMS_DRIVE, house.drive(0).id),
    ),
  },
  {
    function: 'SubmitNtmsOperatorRequest',
    title: 'new media for a pool',
    prepare: on(
      'media pool',
      CONTROL,
      poolOf('ORS001L8'),
      askOperator(NtmsOpreqCommand.NTMS_OPREQ_NEWMEDIA, poolOf('ORS001L8')),
    ),
  },
  {
    function: 'SubmitNtmsOperatorRequest',
    title: 'service for a drive',
    prepare: onLibrary(
      CONTROL,
      askOperator(NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE, (house) => house.drive(0).id),
    ),
  },
  {
    function: 'SubmitNtmsOperatorRequest',
    title: 'a message',
    prepare: onComputer(
      USE,
      askOperator(NtmsOpreqCommand.NTMS_OPREQ_MESSAGE, () => null),
    ),
  },
  {
    function: 'CancelNtmsOperatorRequest',
    prepare: onComputer(CONTROL, (house, { api, session }) => api.CancelNtmsOperatorRequest(session, question(house))),
  },
  {
    function: 'SatisfyNtmsOperatorRequest',
    prepare: onComputer(CONTROL, (house, { api, session }) => api.SatisfyNtmsOperatorRequest(session, question(house))),
  },
  {
    function: 'OpenNtmsNotification',
    prepare: onComputer(USE, (_, { api, session }) => api.OpenNtmsNotification(session, K.NTMS_DRIVE)),
  },
  {
    function: 'UpdateNtmsOmidInfo',
    prepare: onLibrary(CONTROL, (house, { api, session }) => {
      const { id, logicalMedia } = house.side('ORS001L8');
      return api.UpdateNtmsOmidInfo(session, logicalMedia ?? addLogicalMedium(house, id), 1, 1, Uint8Array.of(0));
    }),
  },
];
