import t, { type Test } from 'tap';
import {
  decodeFullStatus,
  decodeReservation,
  decodeReservationCapabilities,
  decodeReservationKeys,
  decodeTransportId,
  persistentReserveInCdb,
  PersistentReserveInAction as In,
  persistentReserveOutCdb,
  PersistentReserveOutAction as Out,
  preventAllowMediumRemovalCdb,
  ReservationType as Type,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer } from './initiator.js';
import { ReservingHost, threeHosts, type ReserveOut } from './reservation-hosts.js';

const CONFLICT = 'status 18';
const KEY_A = 0xa1n;
const KEY_B = 0xb2n;

/** Who does what, what is answered, and what all three hosts are told by unit attention afterwards. */
type Step = readonly [
  who: 'a' | 'b' | 'c',
  action: Out,
  out: ReserveOut,
  answer: string,
  told?: Readonly<Partial<Record<'a' | 'b' | 'c', string>>>,
];

async function play(t: Test, steps: readonly Step[]): Promise<Awaited<ReturnType<typeof threeHosts>>> {
  const hosts = await threeHosts();
  for (const [i, [who, action, out, answer, told = {}]] of steps.entries()) {
    t.equal(await hosts[who].reserveOut(action, out), answer, `step ${i + 1}`);
    for (const name of ['a', 'b', 'c'] as const) {
      t.equal(await hosts[name].attentions(), told[name] ?? '', `step ${i + 1}: what ${name} is told`);
    }
  }
  return hosts;
}

const bothRegistered: readonly Step[] = [
  ['a', Out.REGISTER, { newKey: KEY_A }, 'GOOD'],
  ['b', Out.REGISTER, { newKey: KEY_B }, 'GOOD'],
];
const stories: Readonly<Record<string, readonly Step[]>> = {
  'a key is registered, changed and given up with the old one only': [
    ['a', Out.REGISTER, { key: 1n, newKey: KEY_A }, CONFLICT],
    ['a', Out.REGISTER, { newKey: KEY_A }, 'GOOD'],
    ['a', Out.REGISTER, { newKey: 2n }, CONFLICT],
    ['a', Out.REGISTER, { key: KEY_A, newKey: 2n }, 'GOOD'],
    ['a', Out.REGISTER_AND_IGNORE_EXISTING_KEY, { key: 99n, newKey: 3n }, 'GOOD'],
    ['a', Out.REGISTER, { key: 3n }, 'GOOD'],
    ['a', Out.REGISTER, {}, 'GOOD'],
    ['a', Out.RESERVE, { key: 3n, type: Type.WRITE_EXCLUSIVE }, CONFLICT],
  ],
  'only one holds a reservation; asking once more for the same changes nothing': [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, CONFLICT],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, CONFLICT],
    ['c', Out.RESERVE, { type: Type.WRITE_EXCLUSIVE }, CONFLICT],
    ['b', Out.RELEASE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['a', Out.RELEASE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, '05/26/04'],
    ['a', Out.RELEASE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
  ],
  'the release of a shared reservation is told to the other registrants': [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY }, 'GOOD'],
    ['a', Out.RELEASE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY }, 'GOOD', { b: '2A/04' }],
  ],
  'a holder that gives up its registration gives up the reservation': [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE_REGISTRANTS_ONLY }, 'GOOD'],
    ['a', Out.REGISTER, { key: KEY_A }, 'GOOD', { b: '2A/04' }],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['b', Out.REGISTER_AND_IGNORE_EXISTING_KEY, {}, 'GOOD'],
    ['a', Out.REGISTER, { newKey: KEY_A }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
  ],
  'what all registrants hold stays until the last of them is gone': [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE_ALL_REGISTRANTS }, 'GOOD'],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE_ALL_REGISTRANTS }, 'GOOD'],
    ['a', Out.REGISTER, { key: KEY_A }, 'GOOD'],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.EXCLUSIVE_ACCESS }, CONFLICT],
    ['b', Out.REGISTER, { key: KEY_B }, 'GOOD'],
    ['b', Out.REGISTER, { newKey: KEY_B }, 'GOOD'],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
  ],
  'a clear takes everything from everybody, and tells them': [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
    ['c', Out.CLEAR, {}, CONFLICT],
    ['b', Out.CLEAR, { key: KEY_A }, CONFLICT],
    ['b', Out.CLEAR, { key: KEY_B }, 'GOOD', { a: '2A/03' }],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, CONFLICT],
  ],
  "preempting with the holder's key takes its reservation and its registration": [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
    ['b', Out.PREEMPT, { key: KEY_B, newKey: KEY_A, type: 0x2 }, '05/24/00'],
    ['b', Out.PREEMPT, { key: KEY_B, newKey: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD', { a: '2A/05' }],
    ['a', Out.RELEASE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, CONFLICT],
    ['b', Out.RELEASE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
  ],
  'preempting with another key takes registrations only': [
    ...bothRegistered,
    ['c', Out.REGISTER, { newKey: KEY_B }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
    ['a', Out.PREEMPT, { key: KEY_A, newKey: KEY_B, type: Type.EXCLUSIVE_ACCESS }, 'GOOD', { b: '2A/05', c: '2A/05' }],
    ['a', Out.PREEMPT, { key: KEY_A, newKey: KEY_B, type: Type.EXCLUSIVE_ACCESS }, CONFLICT],
    ['a', Out.PREEMPT, { key: KEY_A, newKey: 0n, type: Type.EXCLUSIVE_ACCESS }, '05/26/00'],
    ['a', Out.RELEASE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
  ],
  'a preemption that changes the type is told to the registrants that are left': [
    ...bothRegistered,
    ['c', Out.REGISTER, { newKey: 0xccn }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE_REGISTRANTS_ONLY }, 'GOOD'],
    [
      'b',
      Out.PREEMPT_AND_ABORT,
      { key: KEY_B, newKey: KEY_A, type: Type.EXCLUSIVE_ACCESS },
      'GOOD',
      { a: '2A/05', c: '2A/04' },
    ],
  ],
  'key 0 preempts all the others that share a reservation of all registrants': [
    ...bothRegistered,
    ['c', Out.REGISTER, { newKey: 0xccn }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS_ALL_REGISTRANTS }, 'GOOD'],
    ['b', Out.PREEMPT, { key: KEY_B, newKey: KEY_A, type: 0 }, 'GOOD', { a: '2A/05' }],
    ['b', Out.PREEMPT, { key: KEY_B, newKey: 0n, type: Type.WRITE_EXCLUSIVE }, 'GOOD', { c: '2A/05' }],
    ['c', Out.RESERVE, { key: 0xccn, type: Type.WRITE_EXCLUSIVE }, CONFLICT],
    ['b', Out.RELEASE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
  ],
  'preempting the registrations of a key takes the own one too, of which the nexus is not told': [
    ...bothRegistered,
    ['c', Out.REGISTER, { newKey: KEY_B }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['b', Out.PREEMPT, { key: KEY_B, newKey: KEY_B }, 'GOOD', { c: '2A/05' }],
    ['b', Out.CLEAR, { key: KEY_B }, CONFLICT],
    ['b', Out.REGISTER, { newKey: KEY_B }, 'GOOD'],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, CONFLICT],
  ],
  'the last of all registrants that preempts itself takes the reservation with it': [
    ['a', Out.REGISTER, { newKey: KEY_A }, 'GOOD'],
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS_ALL_REGISTRANTS }, 'GOOD'],
    ['a', Out.PREEMPT, { key: KEY_A, newKey: KEY_A }, 'GOOD'],
    ['b', Out.REGISTER, { newKey: KEY_B }, 'GOOD'],
    ['b', Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
  ],
  'a nexus can preempt itself to change the type': [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }, 'GOOD'],
    ['a', Out.PREEMPT, { key: KEY_A, newKey: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD', { b: '2A/04' }],
    ['a', Out.RELEASE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
  ],
};

for (const [name, steps] of Object.entries(stories)) void t.test(name, async (t) => void (await play(t, steps)));

void t.test('refuses what it cannot do, and says which field asked for it', async (t) => {
  const { a } = await play(t, [['a', Out.REGISTER, { newKey: KEY_A }, 'GOOD']]);
  for (const [action, out, answer] of [
    [Out.REGISTER, { key: KEY_A, newKey: 2n, activatePersistThroughPowerLoss: true }, '05/26/00 at 20.0'],
    [Out.REGISTER, { key: KEY_A, newKey: 2n, specifyInitiatorPorts: true }, '05/26/00 at 20.3'],
    [Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE, scope: 2 }, '05/24/00 at 2.7'],
    [Out.RESERVE, { key: KEY_A, type: 0x4 }, '05/24/00 at 2.3'],
    // REGISTER AND MOVE.
    [0x07, { key: KEY_A, newKey: 2n }, '05/24/00 at 1.4'],
    [0x1f, { key: KEY_A }, '05/24/00 at 1.4'],
  ] as const) {
    const refused = await a.answerTo(action, out);
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, answer);
  }
  const short = persistentReserveOutCdb({ serviceAction: Out.REGISTER, parameterListLength: 16 });
  t.equal(describe(await a.send(1, short, { dataOut: new Uint8Array(16) })), '05/1A/00');
  const less = persistentReserveOutCdb({ serviceAction: Out.REGISTER });
  t.equal(describe(await a.send(1, less, { dataOut: new Uint8Array(23) })), '05/1A/00', 'fewer bytes than announced');
  const unknown = await a.send(1, persistentReserveInCdb({ serviceAction: 4, allocationLength: 8 }));
  t.equal(`${describe(unknown)} at ${fieldPointer(unknown)}`, '05/24/00 at 1.4');
  t.same(decodeReservationKeys(await a.reserveIn(In.READ_KEYS)).keys, [KEY_A], 'and nothing was changed');
});

void t.test('reads keys, reservation and full status, each with the generation', async (t) => {
  const { autoloader, a, b } = await play(t, [...bothRegistered]);
  t.same(decodeReservation(await a.reserveIn(In.READ_RESERVATION)), { generation: 2 });
  await b.reserveOut(Out.RESERVE, { key: KEY_B, type: Type.WRITE_EXCLUSIVE });
  t.same(decodeReservationKeys(await a.reserveIn(In.READ_KEYS)), {
    generation: 2,
    keys: [KEY_A, KEY_B],
    truncated: false,
  });
  t.same(decodeReservation(await a.reserveIn(In.READ_RESERVATION)).reservation, {
    reservationKey: KEY_B,
    scope: 0,
    type: Type.WRITE_EXCLUSIVE,
  });
  const port = new ReservingHost(autoloader, 'iqn.2026-11.test:host,i,0x80abcdef0001', 1);
  await port.attentions();
  await port.reserveOut(Out.REGISTER, { newKey: 0xccn, allTargetPorts: true });
  const { generation, registrations } = decodeFullStatus(await a.reserveIn(In.READ_FULL_STATUS));
  t.equal(generation, 3);
  t.same(
    registrations.map((one) => [one.reservationKey, one.reservationHolder, one.type, one.allTargetPorts]),
    [
      [KEY_A, false, 0, false],
      [KEY_B, true, Type.WRITE_EXCLUSIVE, false],
      [0xccn, false, 0, true],
    ],
  );
  const ports = registrations.map(({ transportId }) => decodeTransportId(transportId));
  t.same(ports[2], { protocol: 'iscsi', initiatorPort: port.nexus });
  t.match(ports[0], { protocol: 'sas' });
  t.notSame(ports[0], ports[1], 'other names have other addresses');
  t.same(
    registrations.map((one) => one.relativeTargetPortIdentifier),
    [1, 1, 0],
  );
  const cut = await a.read(1, persistentReserveInCdb({ serviceAction: In.READ_KEYS, allocationLength: 8 }));
  t.equal(cut.length, 8, 'the header alone tells how many there are');
});

void t.test('says what it is capable of', async (t) => {
  const { a } = await threeHosts();
  t.match(decodeReservationCapabilities(await a.reserveIn(In.REPORT_CAPABILITIES)), {
    compatibleReservationHandling: true,
    specifyInitiatorPortsCapable: false,
    allTargetPortsCapable: true,
    persistThroughPowerLossCapable: false,
    typeMaskValid: true,
    writeExclusive: true,
    exclusiveAccess: true,
    writeExclusiveRegistrantsOnly: true,
    exclusiveAccessRegistrantsOnly: true,
    writeExclusiveAllRegistrants: true,
    exclusiveAccessAllRegistrants: true,
  });
});

void t.test('registrations outlive their nexus and a reset, not the power', async (t) => {
  const { autoloader, a, b } = await play(t, [
    ...bothRegistered,
    ['a', Out.RESERVE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }, 'GOOD'],
  ]);
  autoloader.nexusLost('a');
  await autoloader.resetLogicalUnit(1);
  t.equal(await b.attentions(), '29/03');
  t.equal(await a.attentions(), '29/00', 'a new nexus under the old name');
  t.same(decodeReservationKeys(await b.reserveIn(In.READ_KEYS)), {
    generation: 2,
    keys: [KEY_A, KEY_B],
    truncated: false,
  });
  t.equal(await a.reserveOut(Out.RELEASE, { key: KEY_A, type: Type.EXCLUSIVE_ACCESS }), 'GOOD', 'and still holds it');
  await autoloader.powerCycle();
  await a.attentions();
  t.same(decodeReservationKeys(await a.reserveIn(In.READ_KEYS)), { generation: 0, keys: [], truncated: false });
});

void t.test('who is preempted no longer prevents the removal of media', async (t) => {
  const { autoloader, a, b } = await play(t, bothRegistered);
  t.equal(describe(await a.send(1, preventAllowMediumRemovalCdb({ prevent: 1 }))), 'GOOD');
  t.throws(() => autoloader.operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
  await b.reserveOut(Out.PREEMPT, { key: KEY_B, newKey: KEY_A });
  t.doesNotThrow(() => autoloader.operator.openDoor());
});

void t.test('every unit has registrations of its own', async (t) => {
  const { autoloader, a } = await play(t, bothRegistered);
  const drive = new ReservingHost(autoloader, 'a', 0);
  await drive.attentions();
  t.same(decodeReservationKeys(await drive.reserveIn(In.READ_KEYS)).keys, []);
  t.equal(await drive.reserveOut(Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }), CONFLICT);
  t.equal(await a.reserveOut(Out.RESERVE, { key: KEY_A, type: Type.WRITE_EXCLUSIVE }), 'GOOD');
});

void t.test('refuses registrations when there is no room for more', async (t) => {
  const { autoloader } = await threeHosts();
  for (let i = 0; i < 1024; i++) {
    const host = new ReservingHost(autoloader, `port ${i}`, 1);
    await host.attentions();
    const answer = await host.reserveOut(Out.REGISTER, { newKey: 1n });
    if (answer !== 'GOOD') t.fail(`registration ${i}: ${answer}`);
  }
  const late = new ReservingHost(autoloader, 'late', 1);
  await late.attentions();
  t.equal(await late.reserveOut(Out.REGISTER, { newKey: 1n }), '05/55/04');
});
