import fc from 'fast-check';
import t from 'tap';
import {
  encodeCommandBlockWrapper,
  encodeCommandStatusWrapper,
  parseCommandBlockWrapper,
  parseCommandStatusWrapper,
  WrapperError,
} from '../../../../devices/transport/usb/bulk-only-wrappers.js';
import { recordOf } from '../../scsi/record-of.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const cbw = recordOf({
  tag: uint32,
  dataTransferLength: uint32,
  dataIn: fc.boolean(),
  lun: fc.integer({ min: 0, max: 15 }),
  commandBlock: fc.uint8Array({ minLength: 1, maxLength: 16 }),
});

t.test('a CBW is written as the standard draws it', (t) => {
  const bytes = encodeCommandBlockWrapper({
    tag: 0x01020304,
    dataTransferLength: 36,
    dataIn: true,
    lun: 1,
    commandBlock: Uint8Array.from([0x12, 0, 0, 0, 36, 0]),
  });
  t.equal(
    Buffer.from(bytes).toString('hex'),
    ['55534243', '04030201', '24000000', '80', '01', '06', '120000002400', '00'.repeat(10)].join(''),
  );
  t.end();
});

t.test('a CSW is written as the standard draws it', (t) => {
  const bytes = encodeCommandStatusWrapper({ tag: 0x01020304, dataResidue: 5, status: 1 });
  t.equal(Buffer.from(bytes).toString('hex'), ['55534253', '04030201', '05000000', '01'].join(''));
  t.end();
});

t.test('every CBW survives the wire', (t) => {
  fc.assert(
    fc.property(cbw, (wrapper) => t.strictSame(parseCommandBlockWrapper(encodeCommandBlockWrapper(wrapper)), wrapper)),
  );
  t.end();
});

t.test('every CSW survives the wire', (t) => {
  const csw = recordOf({
    tag: uint32,
    dataResidue: uint32,
    status: fc.constantFrom(0, 1, 2),
  });
  fc.assert(
    fc.property(csw, (wrapper) =>
      t.strictSame(parseCommandStatusWrapper(encodeCommandStatusWrapper(wrapper), wrapper.tag), wrapper),
    ),
  );
  t.end();
});

const good = (): Uint8Array =>
  encodeCommandBlockWrapper({ tag: 1, dataTransferLength: 0, dataIn: false, lun: 0, commandBlock: new Uint8Array(6) });
const bad: readonly { readonly name: string; readonly bytes: Uint8Array; readonly code: string }[] = [
  { name: 'no bytes', bytes: new Uint8Array(0), code: 'NOT_VALID' },
  { name: '30 bytes', bytes: good().subarray(0, 30), code: 'NOT_VALID' },
  { name: '32 bytes', bytes: Uint8Array.from([...good(), 0]), code: 'NOT_VALID' },
  { name: 'the signature of a CSW', bytes: good().with(3, 0x53), code: 'NOT_VALID' },
  { name: 'reserved flags', bytes: good().with(12, 0x01), code: 'NOT_MEANINGFUL' },
  { name: 'the obsolete flag', bytes: good().with(12, 0x40), code: 'NOT_MEANINGFUL' },
  { name: 'reserved LUN bits', bytes: good().with(13, 0x10), code: 'NOT_MEANINGFUL' },
  { name: 'reserved length bits', bytes: good().with(14, 0x26), code: 'NOT_MEANINGFUL' },
  { name: 'no command block', bytes: good().with(14, 0), code: 'NOT_MEANINGFUL' },
  { name: 'a command block of 17 bytes', bytes: good().with(14, 17), code: 'NOT_MEANINGFUL' },
];
for (const { name, bytes, code } of bad) {
  t.test(`refuses a CBW with ${name}`, (t) => {
    t.throws(() => parseCommandBlockWrapper(bytes), { name: 'WrapperError', code });
    t.end();
  });
}

t.test('any bytes are a wrapper or an error that says why not', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), uint32, (bytes, tag) => {
      for (const parse of [() => parseCommandBlockWrapper(bytes), () => parseCommandStatusWrapper(bytes, tag)]) {
        try {
          parse();
        } catch (error) {
          if (!(error instanceof WrapperError) || error.message.length < 10) throw error;
        }
      }
    }),
  );
  t.end();
});

t.test('a CBW without a command block is not written', (t) => {
  const empty = { tag: 1, dataTransferLength: 0, dataIn: false, lun: 0, commandBlock: new Uint8Array(0) };
  t.throws(() => encodeCommandBlockWrapper(empty), { code: 'NOT_MEANINGFUL' });
  t.throws(() => encodeCommandBlockWrapper({ ...empty, commandBlock: new Uint8Array(17) }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeCommandBlockWrapper({ ...empty, commandBlock: new Uint8Array(1), lun: 16 }), {
    code: 'OUT_OF_RANGE',
  });
  t.end();
});
