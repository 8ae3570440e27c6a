import t from 'tap';
import { findProfile, profileIds } from '../../../devices/profiles/index.js';
import {
  AdditionalSense,
  decodeDeviceCapabilities,
  decodeDeviceIdentification,
  decodeElementAddressAssignment,
  decodeElementStatusData,
  decodeModeParameters,
  decodeReportLuns,
  decodeSense,
  decodeStandardInquiry,
  decodeSupportedLogPages,
  decodeSupportedVpdPages,
  decodeTapeAlert,
  decodeTransportGeometry,
  decodeUnitSerialNumber,
  designatorText,
  findModePage,
  initializeElementStatusCdb,
  inquiryCdb,
  logSenseCdb,
  modeSense10Cdb,
  modeSense6Cdb,
  moveMediumCdb,
  openCloseImportExportElementCdb,
  plainLun,
  preventAllowMediumRemovalCdb,
  readElementStatusCdb,
  release10Cdb,
  release6Cdb,
  reportLunsCdb,
  requestSenseCdb,
  reserve10Cdb,
  reserve6Cdb,
  ScsiStatus,
  testUnitReadyCdb,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, Initiator, openAutoloader, withQuirks } from './initiator.js';

const CHANGER = 1;
const move = moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 });

void t.test('every model identifies itself by INQUIRY and its VPD pages on every LUN', async (t) => {
  for (const id of profileIds()) {
    const profile = findProfile(id);
    const { autoloader, host } = await openAutoloader({ profile });
    for (const lun of [autoloader.lunOfChanger, ...autoloader.lunsOfDrives]) {
      const isChanger = lun === autoloader.lunOfChanger;
      const expected = isChanger ? profile.changer : profile.drives;
      const standard = decodeStandardInquiry(await host.read(lun, inquiryCdb({ allocationLength: 96 })));
      t.match(standard, expected.inquiry, `${id} LUN ${lun}`);
      t.equal(standard.peripheralDeviceType, isChanger ? 0x08 : profile.drives.peripheralDeviceType);
      t.equal(standard.peripheralQualifier, 0);
      const vpd = (pageCode: number) => host.read(lun, inquiryCdb({ evpd: true, pageCode, allocationLength: 255 }));
      t.same(decodeSupportedVpdPages(await vpd(0x00)), [0x00, 0x80, 0x83, 0x86, 0x87]);
      const serial = decodeUnitSerialNumber(await vpd(0x80));
      const [designator] = decodeDeviceIdentification(await vpd(0x83));
      t.ok(
        designator !== undefined && designatorText(designator).endsWith(serial),
        'the designator ends with the serial',
      );
    }
    const luns = decodeReportLuns(await host.read(autoloader.lunOfChanger, reportLunsCdb({ allocationLength: 256 })));
    t.same(
      luns.luns.map((lun) => plainLun(lun)),
      [autoloader.lunOfChanger, ...autoloader.lunsOfDrives].toSorted((a, b) => a - b),
    );
  }
});

void t.test('refuses INQUIRY of a page that there is not, and of a page without EVPD', async (t) => {
  const { host } = await openAutoloader();
  const pages = await host.send(CHANGER, inquiryCdb({ evpd: true, pageCode: 0xb0, allocationLength: 255 }));
  t.equal(`${describe(pages)} at ${fieldPointer(pages)}`, '05/24/00 at 2');
  const plain = await host.send(CHANGER, inquiryCdb({ pageCode: 0x80, allocationLength: 255 }));
  t.equal(`${describe(plain)} at ${fieldPointer(plain)}`, '05/24/00 at 2');
  t.equal((await host.read(CHANGER, inquiryCdb({ allocationLength: 5 }))).length, 5);
});

void t.test('says on a LUN without a unit that there is none, and which LUNs there are', async (t) => {
  const { host } = await openAutoloader();
  const standard = decodeStandardInquiry(await host.read(7, inquiryCdb({ allocationLength: 36 })));
  t.match(standard, { peripheralQualifier: 3, peripheralDeviceType: 0x1f });
  t.equal(describe(await host.send(7, testUnitReadyCdb())), '05/25/00');
  t.match(decodeSense(await host.read(7, requestSenseCdb())), { key: 5, asc: 0x25, ascq: 0 });
  t.equal(decodeReportLuns(await host.read(7, reportLunsCdb({ allocationLength: 256 }))).luns.length, 3);
  const short = await host.send(7, reportLunsCdb({ allocationLength: 8 }));
  t.equal(`${describe(short)} at ${fieldPointer(short)}`, '05/24/00 at 6');
});

void t.test('describes its element map, pickers and capabilities in mode pages', async (t) => {
  const { host } = await openAutoloader();
  for (const [format, cdb] of [
    [6, modeSense6Cdb({ pageCode: 0x3f, allocationLength: 255 })],
    [10, modeSense10Cdb({ pageCode: 0x3f, allocationLength: 512 })],
  ] as const) {
    const parameters = decodeModeParameters(await host.read(CHANGER, cdb), format);
    t.same(
      parameters.pages.map(({ pageCode }) => pageCode),
      [0x0a, 0x1c, 0x1d, 0x1e, 0x1f],
    );
    const page = (code: number) => findModePage(parameters, code) ?? t.fail(`no page ${code}`);
    t.same(decodeElementAddressAssignment(page(0x1d) as never), {
      firstMediumTransportElementAddress: 1,
      numberOfMediumTransportElements: 1,
      firstStorageElementAddress: 4096,
      numberOfStorageElements: 23,
      firstImportExportElementAddress: 16,
      numberOfImportExportElements: 3,
      firstDataTransferElementAddress: 256,
      numberOfDataTransferElements: 2,
    });
    t.same(decodeTransportGeometry(page(0x1e) as never), [{ rotate: false, memberNumberInTransportElementSet: 0 }]);
    const capabilities = decodeDeviceCapabilities(page(0x1f) as never);
    t.ok(capabilities.moves.storage.dataTransfer && capabilities.exchanges.storage.dataTransfer);
  }
  const saved = await host.send(CHANGER, modeSense6Cdb({ pageCode: 0x1d, pageControl: 3, allocationLength: 255 }));
  t.equal(describe(saved), '05/39/00');
  const unknown = await host.send(CHANGER, modeSense6Cdb({ pageCode: 0x0b, allocationLength: 255 }));
  t.equal(`${describe(unknown)} at ${fieldPointer(unknown)}`, '05/24/00 at 2.5');
  const changeable = await host.read(CHANGER, modeSense6Cdb({ pageCode: 0x1d, pageControl: 1, allocationLength: 255 }));
  t.ok(
    decodeModeParameters(changeable, 6).pages[0]?.parameters.every((byte) => byte === 0),
    'nothing can be changed',
  );
});

void t.test('reports a unit attention to each nexus once, before anything else is done', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  t.equal(describe(await other.send(CHANGER, move)), '06/29/00', 'a nexus that was never seen finds the power-on');
  t.notOk(autoloader.inspect().find(({ address }) => address === 4110)?.full, 'and nothing has moved');
  t.same(await other.takeAttentions(CHANGER), []);
  await autoloader.operator.insertCartridge(16, { barcode: 'NEW001L8' });
  for (const each of [host, other]) {
    t.equal((await each.send(CHANGER, inquiryCdb({ allocationLength: 36 }))).status, ScsiStatus.GOOD, 'INQUIRY passes');
    t.same(await each.takeAttentions(CHANGER), [{ asc: 0x28, ascq: 0x01 }]);
  }
  await autoloader.resetLogicalUnit(CHANGER);
  t.match(decodeSense(await host.read(CHANGER, requestSenseCdb())), { key: 6, asc: 0x29, ascq: 0x03 });
  t.same(await host.takeAttentions(CHANGER), [], 'REQUEST SENSE has taken it');
});

void t.test('reports several unit attentions oldest first, and the same one once', async (t) => {
  const { autoloader, host } = await openAutoloader();
  for (const code of [AdditionalSense.MICROCODE_HAS_BEEN_CHANGED, AdditionalSense.INQUIRY_DATA_HAS_CHANGED]) {
    autoloader.establishUnitAttention(CHANGER, code);
    autoloader.establishUnitAttention(CHANGER, code);
  }
  t.same(await host.takeAttentions(CHANGER), [
    { asc: 0x3f, ascq: 0x01 },
    { asc: 0x3f, ascq: 0x03 },
  ]);
  t.same(await host.takeAttentions(0), [], 'the drive knows nothing of it');
});

void t.test('keeps the sense of the last command for each nexus apart', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4110, destinationAddress: 4111 }));
  t.match(decodeSense(await other.read(CHANGER, requestSenseCdb())), { key: 0, asc: 0 });
  const descriptor = decodeSense(await host.read(CHANGER, requestSenseCdb({ desc: true })));
  t.match(descriptor, { format: 'descriptor', key: 5, asc: 0x3b, ascq: 0x0e });
  t.match(decodeSense(await host.read(CHANGER, requestSenseCdb())), { key: 0, asc: 0 }, 'told once');
});

void t.test('keeps a reserved changer for the nexus that reserved it', async (t) => {
  for (const [reserve, release] of [
    [reserve6Cdb(), release6Cdb()],
    [reserve10Cdb(), release10Cdb()],
  ] as const) {
    const { autoloader, host } = await openAutoloader();
    const other = new Initiator(autoloader, 'other');
    await other.takeAttentions(CHANGER);
    t.equal(describe(await host.send(CHANGER, reserve)), 'GOOD');
    const conflict = (cdb: Uint8Array) => other.send(CHANGER, cdb).then(({ status }) => status);
    for (const cdb of [move, testUnitReadyCdb(), initializeElementStatusCdb(), reserve]) {
      t.equal(await conflict(cdb), ScsiStatus.RESERVATION_CONFLICT);
    }
    for (const cdb of [
      inquiryCdb({ allocationLength: 36 }),
      reportLunsCdb({ allocationLength: 256 }),
      requestSenseCdb(),
      readElementStatusCdb({ curData: true, allocationLength: 8 }),
      release,
    ]) {
      t.equal(await conflict(cdb), ScsiStatus.GOOD);
    }
    t.equal(await conflict(move), ScsiStatus.RESERVATION_CONFLICT, 'another nexus cannot release it');
    t.equal(describe(await host.send(CHANGER, release)), 'GOOD');
    t.equal(await conflict(move), ScsiStatus.GOOD);
  }
});

void t.test('a reservation ends with its nexus and with a reset', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  await host.send(CHANGER, reserve6Cdb());
  autoloader.nexusLost(host.nexus);
  t.equal((await other.send(CHANGER, testUnitReadyCdb())).status, ScsiStatus.GOOD);
  await other.send(CHANGER, reserve6Cdb());
  await autoloader.resetLogicalUnit(CHANGER);
  t.same(await host.takeAttentions(CHANGER), [{ asc: 0x29, ascq: 0x00 }], 'the lost nexus begins anew');
  t.equal((await host.send(CHANGER, move)).status, ScsiStatus.GOOD);
});

void t.test('refuses reservations of single elements', async (t) => {
  const { host } = await openAutoloader();
  const answer = await host.send(CHANGER, reserve6Cdb({ element: true, parameterListLength: 6 }));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/24/00 at 1.0');
});

void t.test('locks door and ports while a host prevents removal', async (t) => {
  const { autoloader, host } = await openAutoloader();
  await host.send(CHANGER, preventAllowMediumRemovalCdb({ prevent: 1 }));
  t.throws(() => autoloader.operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
  t.throws(() => autoloader.operator.removeMagazine('left'), { code: 'REMOVAL_PREVENTED' });
  await t.rejects(autoloader.operator.insertCartridge(16, { barcode: 'NEW001L8' }), { code: 'REMOVAL_PREVENTED' });
  await host.send(CHANGER, preventAllowMediumRemovalCdb({ prevent: 0 }));
  autoloader.operator.openDoor();
  const answer = await host.send(CHANGER, preventAllowMediumRemovalCdb({ prevent: 2 }));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/24/00 at 4.1');
});

void t.test('opens and closes a port with a motor where the model has one', async (t) => {
  const { host } = await openAutoloader({ profile: withQuirks('ibm-3573-tl', { openCloseImportExport: true }) });
  const port = (elementAddress: number, actionCode: number) =>
    host.send(CHANGER, openCloseImportExportElementCdb({ elementAddress, actionCode }));
  const toPort = moveMediumCdb({ sourceAddress: 4096, destinationAddress: 16 });
  t.equal(describe(await port(4096, 0)), '05/21/01', 'a slot is no port');
  const needsOperator = async () => {
    const cdb = readElementStatusCdb({ elementTypeCode: 3, numberOfElements: 1, allocationLength: 4096 });
    const [element] = decodeElementStatusData(await host.read(CHANGER, cdb)).elements;
    return element?.importExport?.operatorInterventionRequired;
  };
  t.equal(await needsOperator(), false);
  t.equal(describe(await port(16, 0)), 'GOOD');
  t.equal(describe(await host.send(CHANGER, toPort)), '05/3B/11', 'an open port is out of reach');
  t.equal(await needsOperator(), true, 'until somebody shuts it');
  t.equal(describe(await port(16, 1)), 'GOOD');
  t.equal(await needsOperator(), false);
  t.equal(describe(await host.send(CHANGER, toPort)), 'GOOD');
  await host.send(CHANGER, preventAllowMediumRemovalCdb({ prevent: 1 }));
  t.equal(describe(await port(16, 0)), '05/53/02');
  t.equal(describe(await port(16, 9)), '05/24/00');
  const without = await openAutoloader();
  const cdb = openCloseImportExportElementCdb({ elementAddress: 16, actionCode: 0 });
  t.equal(describe(await without.host.send(CHANGER, cdb)), '05/20/00');
});

void t.test('raises TapeAlert flags, each told to each nexus once', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const pages = await host.read(CHANGER, logSenseCdb({ pageCode: 0, allocationLength: 255 }));
  t.same(decodeSupportedLogPages(pages), [0x00, 0x10, 0x14, 0x2e]);
  const alerts = async (from: Initiator) => [
    ...decodeTapeAlert(await from.read(CHANGER, logSenseCdb({ pageCode: 0x2e, allocationLength: 4096 }))),
  ];
  t.same(await alerts(host), []);
  autoloader.operator.openDoor();
  t.same(await alerts(host), [16], 'library door');
  t.same(await alerts(host), []);
  const other = new Initiator(autoloader, 'other');
  await other.send(CHANGER, testUnitReadyCdb());
  t.same(await alerts(other), [16]);
  const answer = await host.send(CHANGER, logSenseCdb({ pageCode: 0x31, allocationLength: 255 }));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/24/00 at 2.5');
});

void t.test('does nothing for a task that was aborted before it began', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const answer = await host.send(CHANGER, move, { signal: AbortSignal.abort() });
  t.equal(answer.status, ScsiStatus.TASK_ABORTED);
  t.notOk(autoloader.inspect().find(({ address }) => address === 4110)?.full);
});
