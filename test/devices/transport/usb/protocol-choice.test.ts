import t from 'tap';
import { chooseProtocol, type UsbProtocolChoice } from '../../../../devices/transport/usb/protocol-choice.js';
import {
  encodeConfiguration,
  type UsbAlternateSetting,
  type UsbEndpoint,
} from '../../../../devices/transport/usb/usb-descriptors.js';

const bulk = (address: number, more: Partial<UsbEndpoint> = {}): UsbEndpoint => ({
  address,
  transferType: 'bulk',
  maxPacketSize: 512,
  ...more,
});
const setting = (alternateSetting: number, protocol: number, ...endpoints: UsbEndpoint[]): UsbAlternateSetting => ({
  interfaceNumber: 2,
  alternateSetting,
  interfaceClass: 8,
  interfaceSubClass: 6,
  interfaceProtocol: protocol,
  endpoints,
});
const bulkOnly = setting(0, 0x50, bulk(0x81), bulk(0x02));
const attached = (streams?: number): UsbAlternateSetting => {
  const companion = streams === undefined ? {} : { maxPacketSize: 1024, maxStreams: streams };
  return setting(
    1,
    0x62,
    bulk(0x04, { pipeId: 1, ...companion, ...(streams !== undefined && { maxStreams: 0 }) }),
    bulk(0x83, { pipeId: 2, ...companion }),
    bulk(0x81, { pipeId: 3, ...companion }),
    bulk(0x02, { pipeId: 4, ...companion }),
  );
};

function choose(choice: UsbProtocolChoice, ...alternateSettings: UsbAlternateSetting[]) {
  const configurationDescriptor = encodeConfiguration({
    configurationValue: 1,
    selfPowered: true,
    maxPower: 0,
    alternateSettings,
  });
  return chooseProtocol({ name: 'the device', configurationDescriptor, interfaceNumber: 2, choice });
}

const rows: readonly {
  readonly choice: UsbProtocolChoice;
  readonly device: string;
  readonly settings: readonly UsbAlternateSetting[];
  readonly chosen: 'bulk-only' | 'uas' | RegExp;
  readonly notice?: RegExp;
}[] = [
  { choice: 'auto', device: 'with Bulk-Only', settings: [bulkOnly], chosen: 'bulk-only' },
  { choice: 'auto', device: 'with both', settings: [bulkOnly, attached()], chosen: 'uas' },
  { choice: 'auto', device: 'with UAS', settings: [attached()], chosen: 'uas' },
  { choice: 'auto', device: 'with both, no streams', settings: [bulkOnly, attached(0)], chosen: 'uas' },
  {
    choice: 'auto',
    device: 'with both, and streams',
    settings: [bulkOnly, attached(16)],
    chosen: 'bulk-only',
    notice: /driven by Bulk-Only Transport: at super speed .* demand bulk streams/,
  },
  {
    choice: 'auto',
    device: 'with UAS, and streams',
    settings: [attached(16)],
    chosen: /demand bulk streams.*Plug it into a USB 2.0 port$/,
  },
  {
    choice: 'auto',
    device: 'with both, without pipe usage',
    settings: [bulkOnly, setting(1, 0x62, bulk(0x81), bulk(0x02))],
    chosen: 'bulk-only',
    notice: /pipes cannot be found/,
  },
  { choice: 'bulk-only', device: 'with both', settings: [bulkOnly, attached()], chosen: 'bulk-only' },
  {
    choice: 'bulk-only',
    device: 'with UAS',
    settings: [attached()],
    chosen: /no Bulk-Only setting .* use protocol "uas"/,
  },
  { choice: 'uas', device: 'with both', settings: [bulkOnly, attached()], chosen: 'uas' },
  { choice: 'uas', device: 'with Bulk-Only', settings: [bulkOnly], chosen: /use protocol "bulk-only" or "auto"/ },
  {
    choice: 'uas',
    device: 'with both, and streams',
    settings: [bulkOnly, attached(16)],
    chosen: /demand bulk streams.*USB 2.0 port or use protocol "bulk-only"/,
  },
];
for (const { choice, device, settings, chosen, notice } of rows) {
  t.test(`"${choice}" for a device ${device}`, (t) => {
    if (chosen instanceof RegExp) {
      t.throws(() => choose(choice, ...settings), { name: 'TransportError', code: 'unsupported', message: chosen });
    } else {
      const found = choose(choice, ...settings);
      t.equal(found.protocol, chosen);
      t.equal(found.alternateSetting, chosen === 'uas' ? 1 : 0);
      t.equal(found.hasOthers, settings.length > 1);
      if (notice === undefined) t.equal(found.notice, undefined);
      else t.match(found.notice, notice);
    }
    t.end();
  });
}

t.test('finds the pipes of Bulk-Only among other endpoints', (t) => {
  const odd = setting(0, 0x50, bulk(0x83, { transferType: 'interrupt' }), bulk(0x02), bulk(0x81), bulk(0x84));
  t.strictSame(choose('auto', odd), {
    protocol: 'bulk-only',
    alternateSetting: 0,
    hasOthers: false,
    pipes: { bulkIn: 0x81, bulkOut: 0x02 },
  });
  t.end();
});

t.test('refuses a Bulk-Only setting that lacks a pipe', (t) => {
  t.throws(() => choose('auto', setting(0, 0x50, bulk(0x81))), { code: 'protocol', message: /no bulk-out endpoint/ });
  t.throws(() => choose('auto', setting(0, 0x50, bulk(0x01))), { code: 'protocol', message: /no bulk-in endpoint/ });
  t.end();
});

t.test('passes over interfaces that are no mass storage', (t) => {
  const other = { ...bulkOnly, interfaceClass: 3 };
  const floppy = { ...bulkOnly, interfaceSubClass: 4 };
  const elsewhere = { ...bulkOnly, interfaceNumber: 1 };
  t.throws(() => choose('auto', other, floppy, elsewhere), { code: 'unsupported' });
  t.end();
});

t.test('names descriptors that cannot be read', (t) => {
  const question = {
    name: 'it',
    interfaceNumber: 0,
    choice: 'auto',
    configurationDescriptor: Uint8Array.of(9, 2),
  } as const;
  t.throws(() => chooseProtocol(question), { code: 'protocol', message: /it has descriptors that cannot be read/ });
  t.end();
});
