import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { decodeStandardInquiry, inquiryCdb } from '../../devices/scsi/spc/inquiry.js';
import { PlugBoard } from '../../src/rig/plug-board.js';
import { plugIn } from '../../src/rig/plug-in.js';
import { readRig } from '../../src/rig/read-rig.js';
import { EMBEDDED_RIG } from '../../src/rig/rig.js';

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plug-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const clock = new SimulatedClock({ auto: true });

await t.test('the embedded rig is a virtual autoloader with the hints of its profile', async (t) => {
  const state = stateFolder();
  const lines: string[] = [];
  const plugged = await plugIn(EMBEDDED_RIG, { clock, stateFolder: state, trace: (line) => lines.push(line) });
  t.teardown(() => plugged.close());

  const [library] = plugged.libraries;
  t.match(library, {
    name: 'virtual',
    hints: { moveTimeoutMs: 300_000 },
    changer: { lun: 1, deviceName: 'virtual://virtual, LUN 1' },
  });
  t.equal(library?.drives, undefined);
  t.ok(existsSync(join(state, 'hardware', 'virtual', 'hardware.db')), 'its hardware is in the state folder');

  const transport = library?.changer?.transport;
  await transport?.open();
  const cdb = inquiryCdb({ allocationLength: 96 });
  const answer = await transport?.execute({ lun: 1, cdb, dataInLength: 96, timeoutMs: 1000, correlationId: 'c1' });
  t.equal(answer?.kind, 'completed');
  if (answer?.kind === 'completed') {
    t.match(decodeStandardInquiry(answer.dataIn), {
      vendorIdentification: 'IBM',
      productIdentification: '3573-TL',
    });
  }
  const traced = lines.map((line) => JSON.parse(line) as { command?: string; correlationId?: string });
  t.match(traced.at(-1), { command: 'INQUIRY', correlationId: 'c1' }, 'and what is said to it is traced');
});

await t.test('the hardware of a virtual library belongs to one process at a time', async (t) => {
  const options = { clock, stateFolder: stateFolder() };
  const first = await plugIn(EMBEDDED_RIG, options);
  await t.rejects(plugIn(EMBEDDED_RIG, options), { code: 'FOLDER_LOCKED', holder: { pid: process.pid } });
  await first.close();
  const second = await plugIn(EMBEDDED_RIG, options);
  await second.close();
  t.pass('and is free again after close');
});

await t.test('what was plugged in before a failure is given back', async (t) => {
  const state = stateFolder();
  const rig = readRig({
    text: `libraries:
  - name: first
    changer: { transport: virtual, profile: ibm-3573-tl }
  - name: second
    changer: { transport: iscsi, portal: 127.0.0.1, target: iqn.2026-11.test:x, lun: 0, chap: { user: me, secretEnv: NO_SECRET } }
`,
  });
  const options = { clock, stateFolder: state, env: {} };
  await t.rejects(plugIn(rig, options), { code: 'RIG_INVALID', message: /NO_SECRET/ });
  const again = await plugIn({ libraries: rig.libraries.slice(0, 1) }, options);
  await again.close();
});

await t.test('a secret that is not there is shown in the line that names where it should be', async (t) => {
  const state = stateFolder();
  const rig = readRig({
    file: join(state, 'rig.yaml'),
    text: `libraries:
  - name: bench
    changer:
      transport: iscsi
      portal: 127.0.0.1
      target: iqn.2026-11.test:x
      lun: 0
      chap:
        user: me
        secretEnv: MINE
        mutual: { user: it, secretFile: missing }
`,
  });
  const options = { clock, stateFolder: state };
  await t.rejects(plugIn(rig, { ...options, env: {} }), { code: 'RIG_INVALID', line: 10, column: 20, message: /MINE/ });
  const env = { MINE: 'open sesame 12' };
  await t.rejects(plugIn(rig, { ...options, env }), { code: 'RIG_INVALID', line: 11, column: 41 });
});

await t.test('units behind one login share a transport, others do not', async (t) => {
  const folder = stateFolder();
  writeFileSync(join(folder, 'secret'), 'open sesame 12\nnot this line\n');
  const rig = readRig({
    file: join(folder, 'rig.yaml'),
    text: `libraries:
  - name: bench
    changer: { transport: iscsi, portal: 127.0.0.1:9, target: iqn.2026-11.test:a, lun: 3, chap: { user: me, secretFile: secret } }
    drives:
      - { address: 256, transport: iscsi, portal: 127.0.0.1:9, target: iqn.2026-11.test:a, lun: 1, chap: { user: me, secretFile: secret } }
      - { address: 257, transport: iscsi, portal: 127.0.0.1:9, target: iqn.2026-11.test:b, lun: 1 }
  - name: line
    changer: { transport: serial, path: '\${state}/serial', baudRate: 9600, lun: 2 }
    drives: [{ address: 1, transport: serial, path: '\${state}/serial', lun: 0, baudRate: 9600 }]
`,
  });
  const plugged = await plugIn(rig, { clock, stateFolder: folder });
  t.teardown(() => plugged.close());
  const [bench, line] = plugged.libraries;
  t.equal(bench?.drives?.[0]?.transport, bench?.changer?.transport);
  t.not(bench?.drives?.[1]?.transport, bench?.changer?.transport);
  t.match(bench?.drives?.[0], { elementAddress: 256, lun: 1 });
  t.equal(line?.drives?.[0]?.transport, line?.changer?.transport);
  t.match(line?.changer?.deviceName, `${folder}/serial`, '${state} stands for the state folder');
});

await t.test(
  'a virtual model whose changer does not tell its drives apart has them named by its profile',
  async (t) => {
    const rig = readRig({ text: 'libraries: [{ name: v, changer: { transport: virtual, profile: sony-vgp-xl1b } }]' });
    const plugged = await plugIn(rig, { clock, stateFolder: stateFolder() });
    t.teardown(() => plugged.close());
    const [library] = plugged.libraries;
    t.match(library?.drives, [{ elementAddress: 512, lun: 0 }]);
    t.equal(library?.drives?.[0]?.transport, library?.changer?.transport);
  },
);

await t.test("the rig file's hints come before those of the profile", async (t) => {
  const rig = readRig({
    text: `libraries:
  - name: v
    changer: { transport: virtual, profile: ibm-3573-tl, timing: zero }
    hints: { moveTimeoutMs: 5 }
    drives: [{ address: 257, transport: virtual, lun: 2 }]
`,
  });
  const plugged = await plugIn(rig, { clock, stateFolder: stateFolder() });
  t.teardown(() => plugged.close());
  t.match(plugged.libraries[0], {
    hints: { moveTimeoutMs: 5, inventoryTimeoutMs: 300_000 },
    drives: [{ elementAddress: 257, lun: 2 }],
  });
});

await t.test('a virtual autoloader can be filled by the rig file', async (t) => {
  const text = (barcode: string): string => `libraries:
  - name: v
    changer:
      transport: virtual
      profile: ibm-3573-tl
      cartridges: [{ address: 4100, barcode: ${barcode}, ansiVolumeIdentifier: VOL001 }, { address: 16, barcode: null }]
`;
  const options = { clock, stateFolder: stateFolder() };
  const plugged = await plugIn(readRig({ text: text('ABC001L8') }), options);
  await plugged.close();
  const [library] = readRig({ text: text('ABC001L8') }).libraries;
  if (library?.changer?.transport !== 'virtual') throw new Error('the library is not virtual');
  const twice = [4100, 4100].map((address) => ({ address, barcode: null }));
  // A rig that no file describes is checked by the autoloader itself.
  const wrong = { libraries: [{ name: 'v', changer: { ...library.changer, cartridges: twice } }] };
  await t.rejects(plugIn(wrong, { clock, stateFolder: stateFolder() }), { code: 'PLACEMENT' });
});

await t.test('what is plugged in while everything is being unplugged is closed again', async (t) => {
  const board = new PlugBoard({ clock, stateFolder: stateFolder() });
  const closed: string[] = [];
  const path = (name: string): Promise<unknown> =>
    board.path(name, () =>
      Promise.resolve({
        name,
        maxInFlight: 1,
        open: () => Promise.resolve(),
        execute: () => Promise.reject(new Error('nothing is to be sent')),
        close: async () => void closed.push(name),
      }),
    );
  await path('first');
  t.equal(board.closing.aborted, false);
  await board.close();
  t.equal(board.closing.aborted, true);
  await path('late');
  t.same(closed, ['first', 'late']);
});
