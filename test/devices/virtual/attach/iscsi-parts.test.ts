import fc from 'fast-check';
import t from 'tap';
import { IscsiError } from '../../../../devices/transport/iscsi/iscsi-error.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';
import { RESERVED_TAG } from '../../../../devices/transport/iscsi/protocol-values.js';
import { PeerFault } from '../../../../devices/virtual/attach/iscsi/attach-error.js';
import { wholeCdb } from '../../../../devices/virtual/attach/iscsi/command-pdu.js';
import { CommandWindow } from '../../../../devices/virtual/attach/iscsi/command-window.js';
import { DataOutCollector } from '../../../../devices/virtual/attach/iscsi/data-out-collector.js';
import { defaultLimits } from '../../../../devices/virtual/attach/iscsi/limits.js';
import { LoginPhase } from '../../../../devices/virtual/attach/iscsi/login-phase.js';
import { LoginRefusal } from '../../../../devices/virtual/attach/iscsi/login-refusal.js';
import { answerSessionKeys } from '../../../../devices/virtual/attach/iscsi/session-keys.js';
import { TextExchange } from '../../../../devices/virtual/attach/iscsi/text-exchange.js';

/** Runs `parse`; it may refuse in one of the ways that are provided for, and no other. */
function refusesProperly(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    const isRefusal = error instanceof PeerFault || error instanceof LoginRefusal || error instanceof IscsiError;
    if (!isRefusal || error.message === '') throw error;
  }
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
/** Text as peers send it, with a liking for what has a meaning. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        'InitiatorName=iqn.2026-11.test:fuzz',
        'TargetName=iqn.2026-11.test:target',
        'SessionType=Discovery',
        'AuthMethod=CHAP,None',
        'CHAP_A=5,7',
        'CHAP_N=user',
        'CHAP_R=0x00',
        'CHAP_I=1',
        'CHAP_C=0b====',
        'HeaderDigest=CRC32C',
        'MaxRecvDataSegmentLength=512',
        'SendTargets=All',
        '=',
        'A',
      ),
    ),
    { maxLength: 12 },
  )
  .map((lines) => Buffer.from(lines.map((line) => `${line}\0`).join('')));

await t.test('commands have their turn once each, in the order of CmdSN, whatever order they come in', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.shuffledSubarray([...Array(24).keys()], { minLength: 24 }),
      fc.uniqueArray(fc.nat(23), { maxLength: 6 }),
      (first, order, skipped) => {
        const window = new CommandWindow<{ offset: number }>(first, 24);
        const done: number[] = [];
        const drain = (): void => {
          for (let due = window.takeDue(); due !== undefined; due = window.takeDue()) done.push(due.offset);
        };
        for (const offset of skipped) window.skip((first + offset) >>> 0);
        drain();
        for (const offset of order) {
          const cmdSn = (first + offset) >>> 0;
          const turn = window.judge(cmdSn);
          if (turn === 'early') window.hold(cmdSn, { offset });
          if (turn !== 'due') continue;
          window.advance();
          done.push(offset);
          drain();
        }
        const expected = [...Array(24).keys()].filter((offset) => !skipped.includes(offset));
        return JSON.stringify(done) === JSON.stringify(expected) && window.expCmdSn === (first + 24) >>> 0;
      },
    ),
  );
  t.pass('for 100 random orders');
});

await t.test('a window never shrinks', async (t) => {
  const window = new CommandWindow(1, 8);
  t.equal(window.maxCmdSn, 8);
  window.advance();
  window.open(1);
  t.equal(window.maxCmdSn, 8);
  window.open(0);
  t.equal(window.maxCmdSn, 9);
  window.open(5);
  t.equal(window.maxCmdSn, 9);
});

await t.test('data-out comes together from any cut, under any terms', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.record({
        initialR2T: fc.boolean(),
        immediateData: fc.boolean(),
        firstBurstLength: fc.integer({ min: 512, max: 2_048 }),
        maxBurstLength: fc.integer({ min: 512, max: 2_048 }),
        maxOutstandingR2T: fc.integer({ min: 1, max: 4 }),
      }),
      fc.integer({ min: 1, max: 700 }),
      fc.nat(2_048),
      (length, terms, segment, wish) => {
        const data = Uint8Array.from({ length }, (_, at) => at * 7);
        let tag = 0;
        const collector = new DataOutCollector(length, terms, () => tag++);
        const immediate = terms.immediateData ? Math.min(wish, length, terms.firstBurstLength) : 0;
        const unasked = terms.initialR2T ? immediate : Math.min(length, terms.firstBurstLength);
        const send = (targetTransferTag: number, from: number, end: number): void => {
          for (let at = from, dataSn = 0; at < end; at += segment, dataSn++) {
            const next = Math.min(at + segment, end);
            const final = next === end;
            const bhs = { lun: new Uint8Array(8), initiatorTaskTag: 0, expStatSn: 0, final, dataSn };
            const header = pdu.dataOut.encode({ ...bhs, targetTransferTag, bufferOffset: at });
            collector.receive(pdu.dataOut.decode(header), data.subarray(at, next));
          }
        };
        collector.begin(data.subarray(0, immediate), unasked === immediate);
        send(RESERVED_TAG, immediate, unasked);
        let requests = collector.requests();
        while (requests.length > 0) {
          for (const one of requests) {
            if (one.desiredDataTransferLength > terms.maxBurstLength) return false;
            send(one.targetTransferTag, one.bufferOffset, one.bufferOffset + one.desiredDataTransferLength);
          }
          requests = collector.requests();
        }
        return collector.complete && Buffer.compare(collector.data, data) === 0;
      },
    ),
  );
  t.pass('for 100 random transfers');
});

await t.test('additional header segments of any content are read or refused', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), bytes(64), (bhs, ahs) => {
      const padded = Buffer.concat([ahs, new Uint8Array(pdu.paddingOf(ahs.length))]);
      refusesProperly(() => {
        const cdb = wholeCdb(pdu.scsiCommand.decode(bhs), padded);
        if (cdb.length < 6 || cdb.length > 260) throw new Error(`a CDB of ${cdb.length} bytes`);
      });
    }),
    { numRuns: 2_000 },
  );
  t.pass('2,000 of them');
});

await t.test('login requests of any content are answered or refused', async (t) => {
  const chap = { user: 'user', secret: 'secret of the user' };
  const step = fc.record({
    bhs: fc.uint8Array({ minLength: 48, maxLength: 48 }),
    like: fc.boolean(),
    data: fc.oneof(text, bytes(200)),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), fc.boolean(), (steps, wantsChap) => {
      const limits = defaultLimits;
      const targetName = 'iqn.2026-11.test:target';
      const common = { targetAlias: undefined, advertisedPortal: undefined, limits, targetName };
      const login = new LoginPhase({ ...common, chap: wantsChap ? chap : undefined });
      refusesProperly(() => {
        for (const { bhs, like, data } of steps) {
          const isid = new Uint8Array(6);
          const plain = { isid, initiatorTaskTag: 0, cmdSn: 0, expStatSn: 0, currentStage: 0 };
          const header = like ? pdu.loginRequest.encode(plain) : bhs;
          if (like) header[1] = (bhs[1] ?? 0) & 0xcf;
          const reply = login.receive(pdu.loginRequest.decode(header), data);
          if (wantsChap && reply.admitted?.sessionType === 'Normal') throw new Error('admitted without a proof');
        }
      });
    }),
    { numRuns: 2_000 },
  );
  t.pass('2,000 logins');
});

await t.test('text requests of any content are answered or refused', async (t) => {
  const request = fc.record({ bhs: fc.uint8Array({ minLength: 48, maxLength: 48 }), data: fc.oneof(text, bytes(200)) });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 8 }), fc.integer({ min: 512, max: 1_024 }), (requests, maxBytes) => {
      const context = {
        sessionType: 'Discovery',
        targetName: 'iqn.2026-11.test:target',
        address: '127.0.0.1:3260',
        declareMaxSegment: () => undefined,
      } as const;
      const exchange = new TextExchange((keys) => answerSessionKeys(keys, context));
      refusesProperly(() => {
        for (const { bhs, data } of requests) {
          // No tag, or that of an exchange under way.
          bhs.fill((bhs[0] ?? 0) & 1 ? 0xff : 0, 20, 24);
          const reply = exchange.receive(pdu.textRequest.decode(bhs), data, maxBytes);
          if (reply.data.length > maxBytes) throw new Error('more than the initiator takes');
        }
      });
    }),
    { numRuns: 2_000 },
  );
  t.pass('2,000 exchanges');
});
