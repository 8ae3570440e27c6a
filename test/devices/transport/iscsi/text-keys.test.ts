import t from 'tap';
import { parsePortal, formatPortal } from '../../../../devices/transport/iscsi/portal.js';
import {
  decodeBinaryValue,
  decodeNumber,
  decodeTextKeys,
  encodeBinaryValue,
  encodeTextKeys,
  type TextKey,
} from '../../../../devices/transport/iscsi/text-keys.js';

t.test('reads back the keys that it wrote, repeated ones and empty values included', (t) => {
  const keys: TextKey[] = [
    ['TargetName', 'iqn.2026-11.test:a'],
    ['TargetAddress', '192.0.2.1:3260,1'],
    ['TargetAddress', '[2001:db8::1]:3260,2'],
    ['TargetAlias', ''],
    ['X-com.example.Key', 'a=b'],
  ];
  t.strictSame(decodeTextKeys(encodeTextKeys(keys)), keys);
  t.strictSame(decodeTextKeys(new Uint8Array(0)), []);
  t.end();
});

t.test('refuses text that is no list of keys', (t) => {
  for (const text of ['HeaderDigest\0', '=None\0', 'HeaderDigest=None', 'header digest=None\0']) {
    t.throws(() => decodeTextKeys(Buffer.from(text)), { code: 'ISCSI_PROTOCOL' }, JSON.stringify(text));
  }
  t.end();
});

t.test('reads binary values in both notations', (t) => {
  const bytes = Buffer.from('00ff10a5', 'hex');
  t.equal(encodeBinaryValue(bytes), '0x00ff10a5');
  for (const text of ['0x00ff10a5', '0X00FF10A5', '0bAP8QpQ==']) {
    t.strictSame(Buffer.from(decodeBinaryValue('CHAP_C', text)), bytes, text);
  }
  t.strictSame(Buffer.from(decodeBinaryValue('CHAP_C', '0x5')), Buffer.from([5]), 'an odd number of digits');
  for (const text of ['', '0x', '00ff', '0xfg', '0b====']) {
    t.throws(() => decodeBinaryValue('CHAP_C', text), { code: 'ISCSI_PROTOCOL' }, text);
  }
  t.end();
});

t.test('reads decimal and hexadecimal numbers within their limits only', (t) => {
  t.equal(decodeNumber('MaxBurstLength', '262144', 512, 16_777_215), 262_144);
  t.equal(decodeNumber('MaxBurstLength', '0x40000', 512, 16_777_215), 262_144);
  for (const value of ['', '511', '16777216', '-1', '1e6', 'Yes', '12 ']) {
    t.throws(() => decodeNumber('MaxBurstLength', value, 512, 16_777_215), { code: 'ISCSI_PROTOCOL' }, value);
  }
  t.end();
});

t.test('reads portals of all kinds', (t) => {
  t.strictSame(parsePortal('127.0.0.1:13261'), { host: '127.0.0.1', port: 13_261 });
  t.strictSame(parsePortal('library.example'), { host: 'library.example', port: 3260 });
  t.strictSame(parsePortal('[2001:db8::1]:3261,7'), { host: '2001:db8::1', port: 3261 });
  t.equal(formatPortal(parsePortal('[2001:db8::1]')), '[2001:db8::1]:3260');
  for (const text of ['', ':3260', 'host:0', 'host:65536', 'a b', '2001:db8::1', 'host:port']) {
    t.throws(() => parsePortal(text), { code: 'ISCSI_OPTION' }, text);
  }
  t.end();
});
