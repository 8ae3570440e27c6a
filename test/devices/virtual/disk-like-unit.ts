import { findProfile } from '../../../devices/profiles/index.js';
import {
  AdditionalSense,
  decodeControlModePage,
  encodeControlModePage,
  PeripheralDeviceType,
  PrimaryModePage,
  SenseKey,
} from '../../../devices/scsi/index.js';
import type { ScsiTarget } from '../../../devices/transport/scsi-target.js';
import { illegalRequest } from '../../../devices/virtual/check-condition.js';
import { DeviceServer, type Command } from '../../../devices/virtual/device-server.js';
import { modeCommands } from '../../../devices/virtual/mode-commands.js';
import { ModePages } from '../../../devices/virtual/mode-pages.js';
import { noSuchLogicalUnit } from '../../../devices/virtual/no-logical-unit.js';
import { unitCommands } from '../../../devices/virtual/unit-commands.js';

const BLOCK_BYTES = 512;
const LAST_BLOCK = 0xffff;

/**
 * The device server of changers and drives, dressed as a disk of zeros: test suites made for disks ask for a capacity and for
 * blocks before they look at what is the same in every unit. Its reservation rules are those of a disc drive.
 */
export function diskLikeTarget(): ScsiTarget {
  const server = new DeviceServer({ lun: 0, peripheralDeviceType: PeripheralDeviceType.CD_DVD }, (error) => {
    throw error;
  });
  const { inquiry } = findProfile('ibm-3573-tl').changer;
  const removalPreventedBy = new Set<string>();
  const tray = { loaded: true };
  const modePages = new ModePages([
    {
      page: encodeControlModePage({ taskAbortedStatus: true }),
      changeable: encodeControlModePage({ descriptorFormatSense: true }).parameters,
    },
  ]);
  server.descriptorFormatSense = () => {
    const parameters = modePages.current(PrimaryModePage.CONTROL);
    const page = { pageCode: PrimaryModePage.CONTROL, parametersSaveable: false, parameters };
    return decodeControlModePage(page).descriptorFormatSense;
  };
  server.use(
    ...unitCommands(server, {
      identity: { peripheralDeviceType: PeripheralDeviceType.DIRECT_ACCESS, inquiry, serialNumber: 'DISK1' },
      luns: [0],
      profile: findProfile('ibm-3573-tl'),
      testUnitReadySense: () =>
        tray.loaded ? undefined : { key: SenseKey.NOT_READY, ...AdditionalSense.MEDIUM_NOT_PRESENT },
      removalPreventedBy,
    }),
    modeCommands(server, modePages),
    new Map(blockCommands(tray, removalPreventedBy)),
  );
  return {
    execute: (task) => (task.lun === 0 ? server.execute(task) : Promise.resolve(noSuchLogicalUnit(task, [0]))),
    nexusLost(nexus) {
      server.nexusLost(nexus);
      removalPreventedBy.delete(nexus);
    },
    resetLogicalUnit() {
      server.reset();
      return Promise.resolve();
    },
  };
}

function blockCommands(
  tray: { loaded: boolean },
  removalPreventedBy: ReadonlySet<string>,
): readonly (readonly [number, Command])[] {
  const read = (firstBlock: number, blocks: number): Uint8Array => {
    if (firstBlock + blocks > LAST_BLOCK + 1) throw illegalRequest(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    return new Uint8Array(blocks * BLOCK_BYTES);
  };
  const number = (cdb: Uint8Array, at: number, size: number): number =>
    cdb.subarray(at, at + size).reduce((value, byte) => value * 256 + byte, 0);
  const capacity10 = Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, BLOCK_BYTES >> 8, 0);
  const capacity16 = new Uint8Array(32);
  capacity16.set(capacity10, 4);
  return [
    [0x25, { ignoresReservation: true, run: () => capacity10 }],
    // READ CAPACITY(16).
    [0x9e, { ignoresReservation: true, run: () => capacity16 }],
    [0x28, { run: ({ cdb }) => read(number(cdb, 2, 4), number(cdb, 7, 2)) }],
    [0x2a, { run: () => undefined }],
    [0x88, { run: ({ cdb }) => read(number(cdb, 2, 8), number(cdb, 10, 4)) }],
    [0x8a, { run: () => undefined }],
    [
      0x1b,
      {
        run({ cdb }) {
          // START STOP UNIT with LOEJ: the tray does not move either way while removal is prevented.
          const [, , , , control = 0] = cdb;
          if ((control & 0x02) === 0) return undefined;
          if (removalPreventedBy.size > 0) throw illegalRequest(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);
          tray.loaded = (control & 0x01) !== 0;
          return undefined;
        },
      },
    ],
  ];
}
