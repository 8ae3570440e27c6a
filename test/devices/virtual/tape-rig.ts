import {
  decodeReadPositionLong,
  moveMediumCdb,
  read6Cdb,
  readPositionCdb,
  ReadPositionForm,
  rewindCdb,
  signedInformation,
  write6Cdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import type { CartridgeSpec, VirtualAutoloaderOptions } from '../../../devices/virtual/index.js';
import { openAutoloader, type Answer } from './initiator.js';

export const CHANGER = 1;
export const DRIVE = 0;

/** A drive with a cartridge in it, ready; short names for what tests of tapes do most. */
export async function tapeRig(cartridge: Partial<CartridgeSpec> = {}, options: Partial<VirtualAutoloaderOptions> = {}) {
  const opened = await openAutoloader({
    cartridges: [{ elementAddress: 4096, barcode: 'TST001L8', ...cartridge }],
    ...options,
  });
  const { host } = opened;
  const send = (cdb: Uint8Array, dataOut?: Uint8Array): Promise<Answer> =>
    host.send(DRIVE, cdb, dataOut === undefined ? {} : { dataOut });
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
  await host.takeAttentions(DRIVE);
  return {
    ...opened,
    send,
    write: (data: Uint8Array): Promise<Answer> => send(write6Cdb({ transferLength: data.length }), data),
    filemarks: (filemarkCount: number): Promise<Answer> => send(writeFilemarks6Cdb({ filemarkCount })),
    read: (transferLength: number, more: object = {}): Promise<Answer> => send(read6Cdb({ transferLength, ...more })),
    rewind: (): Promise<Answer> => send(rewindCdb()),
    /** Objects and filemarks before the tape's position. */
    where: async (): Promise<readonly [objects: number, files: number]> => {
      const data = await host.read(DRIVE, readPositionCdb({ serviceAction: ReadPositionForm.LONG }));
      const { logicalObjectNumber, logicalFileIdentifier } = decodeReadPositionLong(data);
      return [logicalObjectNumber, logicalFileIdentifier];
    },
  };
}

export type TapeRig = Awaited<ReturnType<typeof tapeRig>>;

export const block = (fill: number, length: number): Uint8Array => new Uint8Array(length).fill(fill);

/** INFORMATION of the sense data: what was asked for and not done. */
export const residue = (answer: Answer): number | undefined =>
  answer.sense === undefined ? undefined : signedInformation(answer.sense);
