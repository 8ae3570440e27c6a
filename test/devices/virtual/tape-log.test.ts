import t from 'tap';
import {
  decodeBinaryParameter,
  decodeLogPage,
  decodeLogParameters,
  decodeSupportedLogPages,
  DeviceActivity,
  loadUnloadCdb,
  logSelectCdb,
  logSenseCdb,
  SequentialAccessParameter,
  TapeCapacityParameter,
  TapeLogPage,
  veryHighFrequencyData,
  VolumeStatistic,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer } from './initiator.js';
import { block, DRIVE, tapeRig, type TapeRig } from './tape-rig.js';

async function parameters({ host }: TapeRig, pageCode: number, lun = DRIVE): Promise<Map<number, Uint8Array>> {
  const page = decodeLogPage(await host.read(lun, logSenseCdb({ pageCode, allocationLength: 4096 })));
  return new Map(decodeLogParameters(page.content).map(({ parameterCode, value }) => [parameterCode, value]));
}

async function counter(rig: TapeRig, pageCode: number, parameterCode: number): Promise<number> {
  const value = (await parameters(rig, pageCode)).get(parameterCode);
  if (value === undefined) throw new Error(`page ${pageCode} has no parameter ${parameterCode}`);
  return decodeBinaryParameter({ parameterCode, controlByte: 0, value });
}

void t.test('a drive lists its pages', async (t) => {
  const { host } = await tapeRig();
  const pages = decodeSupportedLogPages(await host.read(DRIVE, logSenseCdb({ pageCode: 0, allocationLength: 255 })));
  for (const page of [0x00, ...Object.values(TapeLogPage), 0x2e]) t.ok(pages.includes(page), page.toString(16));
  t.same(
    pages,
    pages.toSorted((one, other) => one - other),
  );
});

void t.test('what is written and read is counted, until LOG SELECT sets it back', async (t) => {
  const rig = await tapeRig();
  const { SEQUENTIAL_ACCESS_DEVICE, WRITE_ERROR_COUNTERS, READ_ERROR_COUNTERS } = TapeLogPage;
  const counts = async (): Promise<number[]> => [
    await counter(rig, SEQUENTIAL_ACCESS_DEVICE, SequentialAccessParameter.BYTES_RECEIVED),
    await counter(rig, SEQUENTIAL_ACCESS_DEVICE, SequentialAccessParameter.BYTES_SENT),
    await counter(rig, WRITE_ERROR_COUNTERS, 5),
    await counter(rig, READ_ERROR_COUNTERS, 5),
  ];
  t.same(await counts(), [0, 0, 0, 0]);
  for (const length of [1000, 2000, 300]) await rig.write(block(1, length));
  await rig.filemarks(1);
  await rig.rewind();
  await rig.read(1000);
  await rig.read(500);
  t.same(await counts(), [3300, 1500, 3300, 1500]);
  t.equal(describe(await rig.send(logSelectCdb({ parameterCodeReset: true }))), 'GOOD');
  t.same(await counts(), [0, 0, 0, 0]);
});

void t.test('capacity, position and end of data are told in megabytes', async (t) => {
  const rig = await tapeRig({ capacityBytes: 50_000_000 });
  for (let count = 0; count < 7; count++) await rig.write(block(count, 1_000_000));
  await rig.rewind();
  await rig.read(1_000_000);
  await rig.read(1_000_000);
  const { SEQUENTIAL_ACCESS_DEVICE: page } = TapeLogPage;
  const code = SequentialAccessParameter;
  t.equal(await counter(rig, page, code.MEGABYTES_TO_END_OF_DATA), 7);
  t.equal(await counter(rig, page, code.MEGABYTES_TO_POSITION), 2);
  t.equal(await counter(rig, page, code.MEGABYTES_TO_EARLY_WARNING), 45);
  t.equal(await counter(rig, page, code.MEGABYTES_BEHIND_EARLY_WARNING), 5);
  t.equal(await counter(rig, TapeLogPage.TAPE_CAPACITY, TapeCapacityParameter.MAIN_MAXIMUM), 47, 'in units of 2^20');
  t.equal(await counter(rig, TapeLogPage.TAPE_CAPACITY, TapeCapacityParameter.MAIN_REMAINING), 41);
  await rig.send(loadUnloadCdb({ load: false }));
  t.equal(await counter(rig, page, code.MEGABYTES_TO_END_OF_DATA), 0xffff_ffff, 'not known without a tape');
  t.equal(await counter(rig, TapeLogPage.TAPE_CAPACITY, TapeCapacityParameter.MAIN_MAXIMUM), 0);
});

void t.test('a tape tells how large its type is', async (t) => {
  for (const [barcode, mebibytes] of [
    ['TST001L8', 11_444_091],
    ['TST001L7', 5_722_045],
  ] as const) {
    const rig = await tapeRig({ barcode });
    t.equal(await counter(rig, TapeLogPage.TAPE_CAPACITY, TapeCapacityParameter.MAIN_MAXIMUM), mebibytes);
  }
});

void t.test('volume statistics go with the cartridge from load to load', async (t) => {
  const rig = await tapeRig({ writeProtected: false });
  const page = TapeLogPage.VOLUME_STATISTICS;
  for (let load = 1; load <= 3; load++) {
    t.equal(await counter(rig, page, VolumeStatistic.LOADS), load);
    for (let count = 0; count < 3; count++) await rig.write(block(count, 700_000));
    t.equal(await counter(rig, page, VolumeStatistic.LAST_LOAD_MEGABYTES_WRITTEN), 2);
    t.equal(await counter(rig, page, VolumeStatistic.LIFETIME_MEGABYTES_WRITTEN), Math.floor(2.1 * load));
    await rig.send(loadUnloadCdb({ load: false }));
    t.same([...(await parameters(rig, page)).keys()], [VolumeStatistic.PAGE_VALID], 'nothing is told without a volume');
    await rig.send(loadUnloadCdb({ load: true }));
    await rig.host.takeAttentions(DRIVE);
  }
  const found = await parameters(rig, page);
  t.equal(new TextDecoder().decode(found.get(VolumeStatistic.VOLUME_BARCODE)).trimEnd(), 'TST001L8');
  t.same([...(found.get(VolumeStatistic.WORM) ?? [])], [0]);
});

void t.test('DT device status tells what is in the drive and who may take it', async (t) => {
  const rig = await tapeRig({ writeProtected: true });
  const status = async (lun = DRIVE) =>
    veryHighFrequencyData.decode((await parameters(rig, TapeLogPage.DEVICE_STATUS, lun)).get(0) ?? new Uint8Array(0));
  t.match(await status(), {
    deviceInitialized: true,
    mediumMounted: true,
    mediumPresent: true,
    writeProtected: true,
    compressionEnabled: true,
    robotAccessAllowed: false,
    deviceActivity: DeviceActivity.NONE,
  });
  t.match(await status(2), { mediumMounted: false, mediumPresent: false, robotAccessAllowed: true });
  await rig.send(loadUnloadCdb({ load: false }));
  t.match(await status(), { mediumMounted: false, mediumPresent: true, robotAccessAllowed: true });
});

void t.test('a page can be asked for from a parameter on, but has no thresholds', async (t) => {
  const { host, send } = await tapeRig();
  const pageCode = TapeLogPage.READ_ERROR_COUNTERS;
  const data = await host.read(DRIVE, logSenseCdb({ pageCode, parameterPointer: 5, allocationLength: 255 }));
  t.same(
    decodeLogParameters(decodeLogPage(data).content).map(({ parameterCode }) => parameterCode),
    [5, 6],
  );
  t.equal(fieldPointer(await send(logSenseCdb({ pageCode, pageControl: 0, allocationLength: 255 }))), '2.7');
  t.equal(fieldPointer(await send(logSenseCdb({ pageCode, parameterPointer: 7, allocationLength: 255 }))), '5');
});
