import { getEventListeners } from 'node:events';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { DETECTION_POLL_MS } from '../../src/library/change-detection.js';
import { NtmsError, NtmsObjectsTypes } from '../../src/ntms/index.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import { StandAloneHouse } from './stand-alone-house.js';

/** A drive whose cable can be pulled. */
async function cabled(t: Parameters<typeof StandAloneHouse.open>[0], clock = new SimulatedClock()) {
  const cable = { cut: false };
  const wrap = (transport: ScsiTransport): ScsiTransport => ({
    name: transport.name,
    maxInFlight: transport.maxInFlight,
    open: () => transport.open(),
    close: () => transport.close(),
    execute: (command) =>
      cable.cut
        ? Promise.resolve({ kind: 'failed', failure: { code: 'unreachable', executed: 'no', message: 'no cable' } })
        : transport.execute(command),
  });
  const house = await StandAloneHouse.open(t, { clock, wrap });
  const pass = async (): Promise<void> => {
    await clock.advance(DETECTION_POLL_MS);
    await house.manager.drain();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { cable, clock, house, pass };
}

await t.test('a drive that was lost and found again is watched as before', async (t) => {
  const { cable, clock, house, pass } = await cabled(t);
  const { api, session, library } = house;
  const handle = await api.BeginNtmsDeviceChangeDetection(session);
  await api.SetNtmsDeviceChangeDetection(session, handle, [library.id], NtmsObjectsTypes.NTMS_LIBRARY, 1);
  cable.cut = true;
  await pass();
  await pass();
  cable.cut = false;
  const found = house.refresh();
  await clock.advance(60_000);
  await found;
  await house.putIn({ barcode: null, mediaType: 'L8', ansiVolumeIdentifier: 'DESK01' });
  await pass();
  t.match(house.sideOf(house.inside?.id ?? ''), { omidLabelInfo: /DESK01/ });
});

await t.test('a look at a drive that does not answer fails with an error of the API', async (t) => {
  const { cable, house } = await cabled(t, new SimulatedClock({ auto: true }));
  const { api, session, library } = house;
  cable.cut = true;
  const look = api.SetNtmsDeviceChangeDetection(session, null, [library.id], NtmsObjectsTypes.NTMS_LIBRARY, 1);
  const error: unknown = await look.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  t.ok(error instanceof NtmsError, String(error));
});

await t.test('detections that were ended leave nothing behind in a session that goes on', async (t) => {
  const { house } = await cabled(t);
  const { api, session } = house;
  const before = getEventListeners(session.closed, 'abort').length;
  for (let round = 0; round < 3; round++) {
    await api.EndNtmsDeviceChangeDetection(session, await api.BeginNtmsDeviceChangeDetection(session));
  }
  t.equal(getEventListeners(session.closed, 'abort').length, before);
});
