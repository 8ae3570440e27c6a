import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  isReservationType,
  PersistentReserveInAction,
  PersistentReserveOutAction,
  readReservationKey,
  reservationKeyBytes,
  ReservationType,
} from '../../../../devices/scsi/spc/persistent-reservation.js';
import {
  decodeFullStatus,
  decodeReservation,
  decodeReservationCapabilities,
  decodeReservationKeys,
  encodeFullStatus,
  encodeReservation,
  encodeReservationCapabilities,
  encodeReservationKeys,
  parsePersistentReserveInCdb,
  persistentReserveInCdb,
} from '../../../../devices/scsi/spc/persistent-reserve-in.js';
import {
  decodePersistentReserveOutList,
  encodePersistentReserveOutList,
  parsePersistentReserveOutCdb,
  persistentReserveOutCdb,
} from '../../../../devices/scsi/spc/persistent-reserve-out.js';
import { decodeTransportId, encodeTransportId } from '../../../../devices/scsi/spc/transport-id.js';
import { hexBytes, hexFixture } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

const key = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const generation = fc.nat(0xffff_ffff);

t.test('the CDBs and the parameter list are built as SPC-4 draws them', (t) => {
  const read = { serviceAction: PersistentReserveInAction.READ_FULL_STATUS, allocationLength: 0x1234 };
  t.same(persistentReserveInCdb(read), hexBytes('5e 03 00 00 00 00 00 12 34 00'));
  t.match(parsePersistentReserveInCdb(persistentReserveInCdb(read)), read);
  const preempt = { serviceAction: PersistentReserveOutAction.PREEMPT, type: ReservationType.EXCLUSIVE_ACCESS };
  t.same(persistentReserveOutCdb(preempt), hexBytes('5f 04 03 00 00 00 00 00 18 00'));
  t.match(parsePersistentReserveOutCdb(persistentReserveOutCdb(preempt)), { ...preempt, parameterListLength: 24 });
  const list = { reservationKey: 0x0102030405060708n, serviceActionReservationKey: 0xffn, allTargetPorts: true };
  const bytes = hexBytes('01 02 03 04 05 06 07 08 00 00 00 00 00 00 00 ff 00 00 00 00 04 00 00 00');
  t.same(encodePersistentReserveOutList(list), bytes);
  t.match(decodePersistentReserveOutList(bytes), { ...list, specifyInitiatorPorts: false });
  t.throws(() => decodePersistentReserveOutList(bytes.subarray(0, 23)), { code: 'SHORT_DATA' });
  t.throws(() => encodePersistentReserveOutList({ reservationKey: 1n << 64n }), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('reads what another target says of its registrations', (t) => {
  t.same(decodeReservationKeys(hexFixture('tgt-disk/read-keys')), {
    generation: 2,
    keys: [0x1111n, 0x2222n],
    truncated: false,
  });
  t.same(decodeReservation(hexFixture('tgt-disk/read-reservation')), {
    generation: 2,
    reservation: { reservationKey: 0x1111n, scope: 0, type: ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY },
  });
  const capabilities = hexFixture('tgt-disk/report-capabilities');
  t.match(decodeReservationCapabilities(capabilities), {
    compatibleReservationHandling: false,
    typeMaskValid: true,
    writeExclusive: true,
    exclusiveAccessAllRegistrants: true,
  });
  t.same(encodeReservationCapabilities(decodeReservationCapabilities(capabilities)), capabilities);
  t.end();
});

t.test('keys, reservations and registrations come back from their bytes as they were', (t) => {
  fc.assert(fc.property(key, (value) => readReservationKey(reservationKeyBytes(value)) === value));
  fc.assert(
    fc.property(generation, fc.array(key), (count, keys) => {
      const decoded = decodeReservationKeys(encodeReservationKeys(count, keys));
      assert.deepEqual(decoded, { generation: count, keys, truncated: false });
    }),
  );
  fc.assert(
    fc.property(generation, key, fc.nat(15), (count, reservationKey, type) => {
      const reservation = { reservationKey, scope: 0, type };
      assert.deepEqual(decodeReservation(encodeReservation(count, reservation)), { generation: count, reservation });
    }),
  );
  t.same(decodeReservation(encodeReservation(7, undefined)), { generation: 7 });
  const registration = fc.record(
    {
      reservationKey: key,
      allTargetPorts: fc.boolean(),
      reservationHolder: fc.boolean(),
      scope: fc.nat(15),
      type: fc.nat(15),
      relativeTargetPortIdentifier: fc.nat(0xffff),
      transportId: fc.uint8Array({ maxLength: 40 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(generation, fc.array(registration), (count, registrations) => {
      const decoded = decodeFullStatus(encodeFullStatus(count, registrations));
      assert.deepEqual(decoded, { generation: count, registrations, truncated: false });
    }),
  );
  t.pass('none was changed');
  t.end();
});

t.test('refuses lengths that cannot be right, and says when data were cut', (t) => {
  t.throws(() => decodeReservationKeys(hexBytes('00 00 00 00 00 00 00 07')), { code: 'CONTRADICTION' });
  t.throws(() => decodeReservationKeys(hexBytes('00 00 00 00')), { code: 'SHORT_DATA' });
  t.throws(() => decodeReservation(hexBytes('00 00 00 00 00 00 00 08')), { code: 'CONTRADICTION' });
  t.match(decodeReservationKeys(encodeReservationKeys(1, [1n, 2n]).subarray(0, 20)), { keys: [1n], truncated: true });
  const transportId = encodeTransportId({ protocol: 'sas', sasAddress: new Uint8Array(8) });
  const full = encodeFullStatus(1, [
    {
      reservationKey: 1n,
      allTargetPorts: false,
      reservationHolder: true,
      scope: 0,
      type: 1,
      relativeTargetPortIdentifier: 1,
      transportId,
    },
  ]);
  t.throws(() => decodeFullStatus(full.with(8 + 23, 25)), { code: 'CONTRADICTION' });
  t.match(decodeFullStatus(full.subarray(0, 40)), { registrations: [], truncated: true });
  t.end();
});

t.test('types are those of SPC-4 and no others', (t) => {
  t.same(
    Array.from({ length: 16 }, (_, type) => type).filter((type) => isReservationType(type)),
    [1, 3, 5, 6, 7, 8],
  );
  t.end();
});

t.test('an iSCSI TransportID is the name of the initiator port, NUL-ended, at least 20 bytes and whole words', (t) => {
  const short = { protocol: 'iscsi', initiatorPort: 'iqn.a:b' } as const;
  t.same(encodeTransportId(short), hexBytes('05 00 00 14 69 71 6e 2e 61 3a 62' + ' 00'.repeat(13)));
  const port = { protocol: 'iscsi', initiatorPort: 'iqn.2026-11.test:one,i,0x80abcdef0001' } as const;
  const bytes = encodeTransportId(port);
  t.equal(bytes[0], 0x45, 'format 01b: a port');
  t.equal(bytes.length, 4 + 40, '37 characters and a NUL in whole words');
  for (const value of [short, port]) t.same(decodeTransportId(encodeTransportId(value)), value);
  t.throws(() => encodeTransportId({ protocol: 'iscsi', initiatorPort: 'iqn.ü' }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeTransportId({ protocol: 'iscsi', initiatorPort: '' }), { code: 'OUT_OF_RANGE' });
  t.throws(() => decodeTransportId(hexBytes('05 00 00 04 61 62 63 64')), { code: 'CONTRADICTION' });
  t.throws(() => decodeTransportId(bytes.subarray(0, 20)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('a SAS TransportID is 24 bytes with the address at byte 4; others stay as they are', (t) => {
  const sas = { protocol: 'sas', sasAddress: hexBytes('30 01 02 03 04 05 06 07') } as const;
  t.same(encodeTransportId(sas), hexBytes('06 00 00 00 30 01 02 03 04 05 06 07' + ' 00'.repeat(12)));
  t.same(decodeTransportId(encodeTransportId(sas)), sas);
  t.throws(() => encodeTransportId({ protocol: 'sas', sasAddress: new Uint8Array(7) }), { code: 'OUT_OF_RANGE' });
  const fcp = hexBytes('00 00 00 00 00 00 00 00 10 00 00 00 c9 12 34 56' + ' 00'.repeat(8));
  const other = decodeTransportId(fcp);
  t.same(other, { protocol: 'other', protocolIdentifier: 0, bytes: fcp });
  t.same(encodeTransportId(other), fcp);
  t.end();
});

t.test('no bytes make the decoders do anything but answer or refuse', (t) => {
  const transportId = encodeTransportId({ protocol: 'iscsi', initiatorPort: 'iqn.2026-11.test:one,i,0x1' });
  const status = { reservationKey: 1n, allTargetPorts: true, reservationHolder: true, scope: 0, type: 1 };
  refusesOrAnswers(decodeReservationKeys, encodeReservationKeys(1, [1n, 2n]));
  refusesOrAnswers(decodeReservation, encodeReservation(1, { reservationKey: 1n, scope: 0, type: 1 }));
  refusesOrAnswers(decodeReservationCapabilities, encodeReservationCapabilities({}));
  refusesOrAnswers(
    decodeFullStatus,
    encodeFullStatus(1, [{ ...status, relativeTargetPortIdentifier: 1, transportId }]),
  );
  refusesOrAnswers(decodePersistentReserveOutList, encodePersistentReserveOutList({}));
  refusesOrAnswers(decodeTransportId, transportId);
  t.pass('none did');
  t.end();
});
