import fc from 'fast-check';
import t from 'tap';
import { findProfile, profileIds } from '../../../devices/profiles/index.js';
import {
  exchangeMediumCdb,
  initializeElementStatusCdb,
  loadUnloadCdb,
  moveMediumCdb,
  preventAllowMediumRemovalCdb,
  readElementStatusCdb,
} from '../../../devices/scsi/index.js';
import { OperatorError, PowerOffError, type VirtualAutoloader } from '../../../devices/virtual/index.js';
import { Initiator, openAutoloader } from './initiator.js';

type Step = (autoloader: VirtualAutoloader, host: Initiator) => Promise<unknown>;

/** Every cartridge that is anywhere, sorted by id. A doubled one would be there twice. */
function census(autoloader: VirtualAutoloader): number[] {
  const inside = autoloader.inspect().flatMap(({ cartridgeId }) => cartridgeId ?? []);
  const outside = autoloader.operator.outside().map(({ id }) => id);
  return [...inside, ...outside].toSorted((one, other) => one - other);
}

async function operate(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    // A power cycle may end what the operator waits for.
    if (!(error instanceof OperatorError || error instanceof PowerOffError)) throw error;
  }
}

/** Any step, most of them at elements that exist. */
function steps(profileId: string): fc.Arbitrary<{ name: string; step: Step }> {
  const profile = findProfile(profileId);
  const { elements, magazines, changer } = profile;
  const addresses = Object.values(elements).flatMap(({ first, count }) =>
    Array.from({ length: Math.min(count, 5) }, (_, index) => first + index),
  );
  const address = fc.constantFrom(...addresses, 0xfff0);
  const mediumTransportAddress = elements.mediumTransport.first;
  const driveLun = fc.constantFrom(...profile.drives.luns);
  const magazine = fc.constantFrom(...magazines.map(({ name }) => name), 'none');
  const named = (name: string, step: Step) => ({ name, step });
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(address, address)
        .map(([sourceAddress, destinationAddress]) =>
          named(`move ${sourceAddress} ${destinationAddress}`, (_, host) =>
            host.send(changer.lun, moveMediumCdb({ mediumTransportAddress, sourceAddress, destinationAddress })),
          ),
        ),
    },
    fc.tuple(address, address, address).map(([sourceAddress, firstDestinationAddress, secondDestinationAddress]) =>
      named(`exchange ${sourceAddress} ${firstDestinationAddress} ${secondDestinationAddress}`, (_, host) =>
        host.send(
          changer.lun,
          exchangeMediumCdb({
            mediumTransportAddress,
            sourceAddress,
            firstDestinationAddress,
            secondDestinationAddress,
          }),
        ),
      ),
    ),
    fc
      .tuple(driveLun, fc.boolean())
      .map(([lun, load]) => named(`load ${lun} ${load}`, (_, host) => host.send(lun, loadUnloadCdb({ load })))),
    fc
      .tuple(driveLun, fc.constantFrom(0, 1))
      .map(([lun, prevent]) =>
        named(`prevent ${lun} ${prevent}`, (_, host) => host.send(lun, preventAllowMediumRemovalCdb({ prevent }))),
      ),
    fc.constant(named('initialize', (_, host) => host.send(changer.lun, initializeElementStatusCdb()))),
    fc
      .uint8Array({ minLength: 6, maxLength: 16 })
      .map((cdb) => named(`bytes ${Buffer.from(cdb).toString('hex')}`, (_, host) => host.send(changer.lun, cdb))),
    fc
      .tuple(driveLun, fc.uint8Array({ minLength: 6, maxLength: 10 }))
      .map(([lun, cdb]) => named(`drive bytes ${Buffer.from(cdb).toString('hex')}`, (_, host) => host.send(lun, cdb))),
    address.map((at) => named(`remove ${at}`, ({ operator }) => operate(() => operator.removeCartridge(at)))),
    address.map((at) =>
      named(`insert ${at}`, ({ operator }) =>
        operate(() => operator.insertCartridge(at, { id: operator.outside()[0]?.id ?? -1 })),
      ),
    ),
    fc.constant(named('open door', ({ operator }) => operate(() => operator.openDoor()))),
    fc.constant(named('close door', ({ operator }) => operate(() => operator.closeDoor()))),
    magazine.map((name) => named(`out ${name}`, ({ operator }) => operate(() => operator.removeMagazine(name)))),
    magazine.map((name) => named(`in ${name}`, ({ operator }) => operate(() => operator.returnMagazine(name)))),
    fc.constant(named('power cycle', (autoloader) => autoloader.powerCycle())),
  );
}

for (const id of profileIds()) {
  void t.test(`no commands and no operator ever lose or double a cartridge of ${id}`, async (t) => {
    const sequence = fc.array(steps(id), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sequence, fc.boolean(), async (taken, atOnce) => {
        const failures: unknown[] = [];
        const { autoloader, host } = await openAutoloader({
          profile: findProfile(id),
          onInternalFailure: (error) => failures.push(error),
        });
        const before = census(autoloader);
        if (atOnce) await Promise.all(taken.map(({ step }) => step(autoloader, host)));
        else for (const { step } of taken) await step(autoloader, host);
        t.same(census(autoloader), before);
        t.same(failures, [], 'no internal failure');
        const full = autoloader.inspect().filter((element) => element.full).length;
        t.equal(full + autoloader.operator.outside().length, before.length);
        await host.send(autoloader.lunOfChanger, readElementStatusCdb({ allocationLength: 8 }));
        await autoloader.close();
      }),
      { numRuns: 60 },
    );
  });
}
