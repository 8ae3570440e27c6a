import t from 'tap';
import {
  decodeTapeAlert,
  logSenseCdb,
  moveMediumCdb,
  testUnitReadyCdb,
  loadUnloadCdb,
} from '../../../devices/scsi/index.js';
import { Initiator, describe, openAutoloader } from './initiator.js';

// The 3573-TL: drives 256 and 257, whose logical units are 0 and 2; the changer is LUN 1.
const CHANGER = 1;
const DRIVE = 0;
const cleaner = { elementAddress: 4118, barcode: 'CLNU01L1', cleaningUsesRemaining: 1 };
const data = { elementAddress: 4096, barcode: 'ORS001L8', mediaType: 'L8' };
const move = (sourceAddress: number, destinationAddress: number) =>
  moveMediumCdb({ mediumTransportAddress: 1, sourceAddress, destinationAddress });

async function alerts(host: Initiator): Promise<number[]> {
  return [...decodeTapeAlert(await host.read(DRIVE, logSenseCdb({ pageCode: 0x2e, allocationLength: 4096 })))];
}

for (const [wish, flag] of [
  ['required', 20],
  ['requested', 21],
] as const) {
  void t.test(
    `a dirty drive asks for a cleaning (${wish}) until it had one, whatever is mounted meanwhile`,
    async (t) => {
      const { autoloader, host } = await openAutoloader({ cartridges: [cleaner, data] });
      autoloader.soilDrive(256, wish);
      t.same(await alerts(host), [flag]);
      t.same(await alerts(host), [], 'each nexus is told once');
      await host.send(CHANGER, move(4096, 256));
      await host.takeAttentions(DRIVE);
      await host.send(DRIVE, loadUnloadCdb({}));
      await host.send(CHANGER, move(256, 4096));
      const other = new Initiator(autoloader, 'another host');
      await other.takeAttentions(DRIVE);
      t.same(await alerts(other), [flag], 'a data cartridge cleans nothing');
      t.equal(autoloader.inspect().find(({ address }) => address === 256)?.cleaningWish, wish);
      await host.send(CHANGER, move(4118, 256));
      t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/3A/00', 'cleaned, and ejected');
      t.same(await alerts(host), [11], 'a cleaning cartridge is inside');
      await host.send(CHANGER, move(256, 4118));
      const third = new Initiator(autoloader, 'a third host');
      await third.takeAttentions(DRIVE);
      t.same(await alerts(third), []);
      t.equal(autoloader.inspect().find(({ address }) => address === 256)?.cleaningWish, undefined);
      t.equal(autoloader.inspect().find(({ address }) => address === 4118)?.cleaningUsesRemaining, 0);
    },
  );
}

void t.test('a cleaning cartridge that is used up cleans nothing', async (t) => {
  const { autoloader, host } = await openAutoloader({ cartridges: [{ ...cleaner, cleaningUsesRemaining: 0 }] });
  autoloader.soilDrive(256, 'required');
  await host.send(CHANGER, move(4118, 256));
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/30/0B');
  t.same(new Set(await alerts(host)), new Set([20, 22]));
  await host.send(CHANGER, move(256, 4118));
  t.equal(autoloader.inspect().find(({ address }) => address === 256)?.cleaningWish, 'required');
});

void t.test('the picker cannot take a cleaner out while it cleans', async (t) => {
  const { autoloader, host, clock } = await openAutoloader({ cartridges: [cleaner], timing: 'real' });
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      await clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(300_000);
  await host.takeAttentions(CHANGER);
  const fetched = host.send(CHANGER, move(4118, 256));
  await pass(120_000);
  t.equal(describe(await fetched), 'GOOD');
  t.equal(autoloader.inspect().find(({ address }) => address === 256)?.drive, 'cleaning');
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), '02/30/03');
  t.not(describe(await host.send(CHANGER, move(256, 4118))), 'GOOD');
  await pass(180_000);
  const home = host.send(CHANGER, move(256, 4118));
  await pass(120_000);
  t.equal(describe(await home), 'GOOD');
});

void t.test('there is nothing to soil where there is no drive', async (t) => {
  const { autoloader } = await openAutoloader();
  t.throws(() => autoloader.soilDrive(4096, 'required'), { code: 'NO_SUCH_ELEMENT' });
});
