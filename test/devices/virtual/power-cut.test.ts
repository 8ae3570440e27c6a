import t from 'tap';
import { exchangeMediumCdb, moveMediumCdb, ScsiStatus, testUnitReadyCdb } from '../../../devices/scsi/index.js';
import { openAutoloader, places } from './initiator.js';

const CHANGER = 1;

for (const [what, cdb] of [
  ['a motion', moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 })],
  ['a motion into a drive', moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 })],
  [
    'an exchange',
    exchangeMediumCdb({ sourceAddress: 4096, firstDestinationAddress: 4097, secondDestinationAddress: 4110 }),
  ],
] as const) {
  void t.test(`the power may go at any moment of ${what}: what is found afterwards stays so`, async (t) => {
    for (let turns = 0; turns < 120; turns++) {
      const { autoloader, host } = await openAutoloader();
      const before = Object.keys(places(autoloader)).toSorted();
      const moving = host.send(CHANGER, cdb);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const cycling = autoloader.powerCycle();
      const { status } = await moving;
      await cycling;
      const found = places(autoloader);
      await autoloader.powerCycle();
      t.same(places(autoloader), found, `${turns} turns, status ${status}`);
      t.same(Object.keys(found).toSorted(), before, 'none lost, none doubled');
      if (status === ScsiStatus.GOOD) t.not(found['ORS001L8'], 4096, 'what was answered with GOOD was done');
    }
  });
}

void t.test('a closed autoloader does nothing any more, and says so', async (t) => {
  const { autoloader, host } = await openAutoloader();
  await autoloader.close();
  t.equal((await host.send(CHANGER, testUnitReadyCdb())).status, ScsiStatus.TASK_ABORTED);
  await t.rejects(autoloader.powerCycle(), { code: 'SWITCHED_OFF' });
  await t.rejects(autoloader.operator.insertCartridge(16, { barcode: 'NEW001L8' }), { code: 'SWITCHED_OFF' });
  t.throws(() => autoloader.operator.openDoor(), { code: 'SWITCHED_OFF' });
});
