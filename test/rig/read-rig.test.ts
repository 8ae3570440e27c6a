import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { rigJsonSchema } from '../../src/rig/allowed.js';
import { locateDriveAddress } from '../../src/rig/locate.js';
import { readRig } from '../../src/rig/read-rig.js';
import { RigError } from '../../src/rig/rig-error.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function problemsOf(text: string): string[] {
  try {
    readRig({ file: 'rig.yaml', text });
  } catch (error) {
    if (!(error instanceof RigError)) throw error;
    t.equal(error.code, 'RIG_INVALID');
    return error.message.split('\n');
  }
  return [];
}

const BENCH = `libraries:
  - name: bench
    changer: { transport: iscsi, portal: 127.0.0.1:13261, target: iqn.2026-11.test.bench:vtl, lun: 3 }
    drives:
      - { address: 256, transport: iscsi, portal: 127.0.0.1:13261, target: iqn.2026-11.test.bench:vtl, lun: 1 }
  - name: line
    changer: { transport: serial, path: /dev/ttyUSB0, baudRate: 115200, lun: 0 }
  - name: ci
    changer: { transport: virtual, profile: ibm-3573-tl }
`;

/** A virtual library whose cartridges begin in line 7, one in each. */
function placed(...cartridges: string[]): string {
  return `libraries:
  - name: v
    changer:
      transport: virtual
      profile: ibm-3573-tl
      cartridges:
${cartridges.map((cartridge) => `        - ${cartridge}\n`).join('')}`;
}

await t.test(
  'reads iSCSI, serial and virtual libraries, with the places of what may turn out wrong later',
  async (t) => {
    const rig = readRig({ file: 'bench.yaml', text: BENCH });
    t.same(rig, {
      file: 'bench.yaml',
      libraries: [
        {
          name: 'bench',
          position: { line: 2, column: 5 },
          changer: { transport: 'iscsi', portal: '127.0.0.1:13261', target: 'iqn.2026-11.test.bench:vtl', lun: 3 },
          drives: [
            {
              address: 256,
              position: { line: 5, column: 20 },
              unit: { transport: 'iscsi', portal: '127.0.0.1:13261', target: 'iqn.2026-11.test.bench:vtl', lun: 1 },
            },
          ],
        },
        {
          name: 'line',
          position: { line: 6, column: 5 },
          changer: { transport: 'serial', path: '/dev/ttyUSB0', baudRate: 115200, lun: 0 },
        },
        { name: 'ci', position: { line: 8, column: 5 }, changer: { transport: 'virtual', profile: 'ibm-3573-tl' } },
      ],
    });
  },
);

await t.test('reads every option that the manual names', async (t) => {
  const rig = readRig({
    text: `libraries:
  - name: all
    changer:
      transport: iscsi
      portal: '[::1]:3260'
      target: iqn.2026-11.test.bench:vtl
      lun: 0
      initiatorName: iqn.2026-11.test.host:me
      headerDigest: CRC32C
      dataDigest: None
      chap: { user: me, secretFile: chap-secret, mutual: { user: it, secretEnv: TARGET_SECRET } }
    hints:
      moveTimeoutMs: 1000
      loadTimeoutMs: 2000
      inventoryTimeoutMs: 3000
      maxElementsPerQuery: 100
      noVolumeTagWithDeviceIdentifier: true
      implicitUnload: false
  - name: slow
    changer: { transport: virtual, profile: hp-msl2024, timing: real }
    drives: [{ address: 480, transport: virtual, lun: 1 }]
`,
  });
  t.match(rig.libraries[0]?.changer, { chap: { mutual: { secretEnv: 'TARGET_SECRET' } }, headerDigest: 'CRC32C' });
  t.match(rig.libraries[0]?.hints, { moveTimeoutMs: 1000, implicitUnload: false });
  t.match(rig.libraries[1]?.changer, { timing: 'real' });
  t.match(rig.libraries[1]?.drives, [{ address: 480, unit: { transport: 'virtual', lun: 1 } }]);
});

await t.test('the rig files of the project can be read', async (t) => {
  for (const name of ['serial', 'virtual', 'tgt']) {
    const file = join(root, 'hil', 'rigs', `${name}.yaml`);
    t.ok(readRig({ file }).libraries.length > 0, name);
  }
});

await t.test('says line, column and what is allowed', async (t) => {
  const cases: [title: string, text: string, problem: string][] = [
    [
      'an unknown key',
      'libraries:\n  - name: a\n    chnger: 1\n    changer: { transport: virtual, profile: stk-l20 }\n',
      'rig.yaml:3:5: unknown key "chnger"; allowed: name, changer, drive, drives, hints',
    ],
    [
      'an unknown key inside a unit: the keys of its own transport',
      'libraries:\n  - name: a\n    changer: { transport: serial, path: /dev/x, lun: 0, portal: h }\n',
      'rig.yaml:3:57: unknown key "portal"; allowed: transport, path, baudRate, lun',
    ],
    [
      'a wrong type',
      'libraries:\n  - name: a\n    changer: { transport: serial, path: /dev/x, lun: one }\n',
      'rig.yaml:3:54: "lun" cannot be "one"; allowed: a logical unit number, 0 to 16383',
    ],
    [
      'an unknown transport',
      'libraries:\n  - name: a\n    changer: { transport: firewire, lun: 0 }\n',
      'rig.yaml:3:27: "transport" cannot be "firewire"; allowed: iscsi, serial, usb, sg, virtual',
    ],
    [
      'a USB id that is none',
      'libraries:\n  - name: a\n    changer: { transport: usb, vendorId: 0x12090, productId: 0xb070, lun: 1 }\n',
      'rig.yaml:3:42: "vendorId" cannot be 73872; allowed: a USB vendor id, 0x0000 to 0xffff',
    ],
    [
      'a USB serial number that YAML takes for a number',
      'libraries:\n  - name: a\n    changer: { transport: usb, vendorId: 1, productId: 2, serialNumber: 17, lun: 1 }\n',
      'rig.yaml:3:73: "serialNumber" cannot be 17; allowed: the device\'s serial number, in quotes',
    ],
    [
      'a path that is no device file',
      'libraries:\n  - name: a\n    changer: { transport: sg, path: sg3 }\n',
      'rig.yaml:3:37: "path" cannot be "sg3"; allowed: a device file of the kernel: /dev/sg3, /dev/sch0, or a link below /dev/tape/by-id',
    ],
    [
      'one USB unit twice',
      'libraries:\n  - name: a\n    changer: { transport: usb, vendorId: 0x1209, productId: 0xb070, lun: 1 }\n' +
        '    drives: [{ address: 1, transport: usb, vendorId: 4617, productId: 45168, lun: 1 }]\n',
      'rig.yaml:4:14: usb 1209:b070, LUN 1 is given twice: it already is the changer of "a"; allowed: each unit once',
    ],
    [
      'a missing key',
      'libraries:\n  - name: a\n    changer: { transport: serial, path: /dev/x }\n',
      'rig.yaml:3:14: "lun" is missing; allowed: a logical unit number, 0 to 16383',
    ],
    [
      'an address out of range',
      BENCH.replace('address: 256', 'address: 65536'),
      'rig.yaml:5:20: "address" cannot be 65536; allowed: an element address in decimal, 0 to 65535',
    ],
    [
      'two libraries of one name',
      BENCH.replace('name: ci', 'name: Line'),
      'rig.yaml:8:11: the name "Line" is already that of library 2; allowed: a name that no other library has',
    ],
    [
      'a drive address given twice',
      BENCH.replace(
        '    drives:\n',
        '    drives:\n      - { address: 256, transport: serial, path: /dev/x, lun: 1 }\n',
      ),
      'rig.yaml:6:20: drive address 256 is given twice in library "bench"; allowed: each data transfer element once',
    ],
    [
      'a drive that is the changer',
      BENCH.replace('lun: 1 }', 'lun: 3 }'),
      'rig.yaml:5:9: iscsi://127.0.0.1:13261/iqn.2026-11.test.bench:vtl, LUN 3 is given twice: it already is the changer of "bench"; allowed: each unit once',
    ],
    [
      'a virtual drive of a real changer',
      'libraries:\n  - name: a\n    changer: { transport: serial, path: /dev/x, lun: 0 }\n    drives: [{ address: 1, transport: virtual, lun: 1 }]\n',
      'rig.yaml:4:39: a virtual drive belongs to a virtual changer, and this library has none; allowed: iscsi, serial, usb, sg',
    ],
    [
      'CHAP without a secret',
      BENCH.replace('lun: 3', 'lun: 3, chap: { user: me }'),
      'rig.yaml:3:109: the secret is missing; allowed: secretFile or secretEnv, one of them',
    ],
    ['an empty file', '', 'rig.yaml:1:1: the file is empty; allowed: one mapping with the key "libraries"'],
    [
      'a port above 65535',
      BENCH.replace('127.0.0.1:13261', '127.0.0.1:65536'),
      'rig.yaml:3:42: "portal" cannot be "127.0.0.1:65536"; allowed: host:port, as 127.0.0.1:3260 or [::1]:3260, with a port of 1 to 65535',
    ],
    [
      'port 0',
      BENCH.replace('127.0.0.1:13261', "'[::1]:0'"),
      'rig.yaml:3:42: "portal" cannot be "[::1]:0"; allowed: host:port, as 127.0.0.1:3260 or [::1]:3260, with a port of 1 to 65535',
    ],
    [
      'a cartridge where the model has no element',
      placed('{ address: 9, barcode: A }'),
      'rig.yaml:7:22: the model has no element 9 for a cartridge; allowed: 4096 to 4118 (slots), 16 to 18 (ports), 256 to 257 (drives), 1 (picker)',
    ],
    [
      'two cartridges in one element',
      placed('{ address: 4118, barcode: A }', '{ address: 257, barcode: C }', '{ address: 4118, barcode: B }'),
      'rig.yaml:9:22: two cartridges cannot lie in element 4118; allowed: each element once',
    ],
    [
      'no libraries',
      'libraries: []\n',
      'rig.yaml:1:12: "libraries" cannot be []; allowed: a list of at least one library',
    ],
  ];
  for (const [title, text, problem] of cases) t.same(problemsOf(text), [problem], title);
});

await t.test('an unknown profile is answered with those that exist', async (t) => {
  const [problem] = problemsOf('libraries:\n  - name: a\n    changer: { transport: virtual, profile: ibm }\n');
  t.match(problem, /^rig\.yaml:3:45: there is no profile "ibm"; allowed: .*ibm-3573-tl/);
});

await t.test('what is not YAML says where', async (t) => {
  const problems = problemsOf('libraries:\n  - name: a\n    name: b\n');
  t.match(problems[0], /^rig\.yaml:3:5: not YAML: /);
});

await t.test('all problems are told at once, in the order of the file', async (t) => {
  const problems = problemsOf(`libraries:
  - name: one two
    colour: red
    changer: { transport: serial, path: /dev/x, lun: -1 }
    drives:
      - { address: 5, transport: virtual, lun: 0 }
  - changer: { transport: telepathy }
`);
  t.same(
    problems.map((problem) => /^rig\.yaml:(\d+:\d+)/.exec(problem)?.[1]),
    ['2:11', '3:5', '4:54', '6:34', '7:5', '7:27'],
  );
});

await t.test('a file that is not there is another error than a wrong one', async (t) => {
  t.throws(() => readRig({ file: '/nowhere/rig.yaml' }), {
    code: 'RIG_NOT_FOUND',
    message: /^\/nowhere\/rig\.yaml: the rig file cannot be read.*--rig or RSM_RIG/,
  });
});

await t.test('what is not text is shown in few characters, none of which a terminal obeys', async (t) => {
  const binary = `\u001b[2Jlib\u0000${'\u001b]0;x\u0007'.repeat(500)}`;
  t.same(problemsOf(binary), [
    'rig.yaml:1:8: the file is not text: it begins with ".[2Jlib..]0;x..]0;x."; allowed: YAML in UTF-8',
  ]);
  const [problem] = problemsOf('libraries: "\u009b31m"\n');
  t.match(problem, '"libraries" cannot be ".31m"');
});

await t.test('a drive address that the changer does not have is shown in the file', async (t) => {
  const rig = readRig({ file: 'rig.yaml', text: BENCH });
  const problem = { library: 'bench', elementAddress: 256, message: 'there is no element 256; there are 500 to 501' };
  t.equal(locateDriveAddress(rig, problem)?.message, 'rig.yaml:5:20: there is no element 256; there are 500 to 501');
  t.equal(locateDriveAddress(rig, { ...problem, elementAddress: 9 }), undefined);
});

await t.test('a file on disk is reported under the name it was given', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rig-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'my rig.yaml');
  writeFileSync(file, 'libraries: 7\n');
  t.throws(() => readRig({ file }), {
    message: `${file}:1:12: "libraries" cannot be 7; allowed: a list of at least one library`,
  });
});

await t.test('whatever the file holds, the answer is a rig or a RigError', async () => {
  const lines = BENCH.split('\n');
  fc.assert(
    fc.property(fc.nat(lines.length), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(30), (row, junk, at) => {
      const broken = lines.map((line, index) => (index === row ? line.slice(0, at) + junk + line.slice(at) : line));
      try {
        return readRig({ text: broken.join('\n') }).libraries.length > 0;
      } catch (error) {
        return error instanceof RigError && error.problems.every((one) => one.line >= 1 && one.column >= 1);
      }
    }),
  );
});

await t.test('the JSON schema is that of a mapping with libraries', async (t) => {
  t.match(rigJsonSchema(), { type: 'object', required: ['libraries'], additionalProperties: false });
  t.ok(readFileSync(join(root, 'docs', 'rigs.md'), 'utf8').includes('rsm rig --schema'), 'and the manual says how');
});
