import t from 'tap';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  allocationLengthFor,
  decodeElementStatusData,
  decodeElementStatusHeader,
  decodeVolumeElementAddressData,
  designatorText,
  ElementType,
  encodeVolumeTagTemplate,
  initializeElementStatusCdb,
  initializeElementStatusWithRangeCdb,
  loadUnloadCdb,
  moveMediumCdb,
  readElementStatusCdb,
  requestVolumeElementAddressCdb,
  sendVolumeTagCdb,
  SendActionCode,
  type ReadElementStatusParams,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, openAutoloader, withQuirks, type Initiator } from './initiator.js';

const CHANGER = 1;
const LARGE = 65_000;
const ask = (params: Partial<ReadElementStatusParams> = {}): Uint8Array =>
  readElementStatusCdb({ allocationLength: LARGE, ...params });

async function elements(host: Initiator, params: Partial<ReadElementStatusParams> = {}, lun = CHANGER) {
  const data = await host.read(lun, ask(params));
  return decodeElementStatusData(data, { dvcid: params.dvcid === true });
}

void t.test('reports every element once, in the order of addresses, with what is in it', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const report = await elements(host, { volTag: true });
  t.same(
    report.elements.map(({ elementType, address, full }) => ({ elementType, address, full })),
    autoloader.inspect().map(({ elementType, address, full }) => ({ elementType, address, full })),
  );
  t.equal(report.firstElementAddressReported, 1);
  t.equal(report.numberOfElementsAvailable, 1 + 3 + 2 + 23);
  const first = report.elements.find(({ address }) => address === 4096);
  t.match(first, {
    full: true,
    except: false,
    access: true,
    mediumType: 1,
    primaryVolumeTag: { volumeIdentifier: 'ORS001L8', volumeSequenceNumber: 0 },
  });
  t.match(
    report.elements.find(({ address }) => address === 4118),
    {
      mediumType: 2,
      except: true,
      asc: 0x30,
      ascq: 0x03,
      primaryVolumeTag: { volumeIdentifier: 'CLNU01L1' },
    },
  );
  t.match(
    report.elements.find(({ address }) => address === 4110),
    { full: false, access: true },
  );
});

void t.test('says where a cartridge in a drive came from, and when the picker can reach it', async (t) => {
  const { host } = await openAutoloader();
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4097, destinationAddress: 257 }));
  const drive = async () =>
    (await elements(host, { elementTypeCode: ElementType.DATA_TRANSFER, volTag: true })).elements[1];
  t.match(await drive(), { full: true, access: false, sourceStorageElementAddress: 4097 });
  await host.takeAttentions(2);
  await host.read(2, loadUnloadCdb({ load: false }));
  t.match(await drive(), { full: true, access: true, primaryVolumeTag: { volumeIdentifier: 'ORS002L8' } });
});

void t.test('reports one element type, from an address on, as many as asked for', async (t) => {
  const { host } = await openAutoloader();
  const some = await elements(host, {
    elementTypeCode: ElementType.STORAGE,
    startingElementAddress: 4100,
    numberOfElements: 3,
  });
  t.same(
    some.elements.map(({ address }) => address),
    [4100, 4101, 4102],
  );
  t.same(
    some.pages.map(({ elementType }) => elementType),
    [ElementType.STORAGE],
  );
  const across = await elements(host, { startingElementAddress: 18, numberOfElements: 3 });
  t.same(
    across.elements.map(({ address }) => address),
    [18, 256, 257],
    'counted across types',
  );
  const none = await elements(host, { startingElementAddress: 5000 });
  t.equal(none.numberOfElementsAvailable, 0);
  const answer = await host.send(CHANGER, ask({ elementTypeCode: 7 }));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/24/00 at 1.3');
});

void t.test('answers the size probe of eight bytes and cuts only between descriptors', async (t) => {
  const { host } = await openAutoloader();
  const whole = await host.read(CHANGER, ask({ volTag: true }));
  const probe = await host.read(CHANGER, ask({ volTag: true, allocationLength: 8 }));
  t.equal(probe.length, 8);
  const needed = allocationLengthFor(decodeElementStatusHeader(probe));
  t.equal(needed, whole.length);
  t.same(await host.read(CHANGER, ask({ volTag: true, allocationLength: needed })), whole);
  for (let allocationLength = 9; allocationLength < needed; allocationLength += 13) {
    const cut = await host.read(CHANGER, ask({ volTag: true, allocationLength }));
    t.ok(cut.length <= allocationLength, `${allocationLength} bytes are enough`);
    const decoded = decodeElementStatusData(cut);
    t.ok(decoded.truncated);
    t.same(
      decoded.elements.map(({ address }) => address),
      decodeElementStatusData(whole)
        .elements.slice(0, decoded.elements.length)
        .map(({ address }) => address),
    );
  }
  t.equal((await host.read(CHANGER, ask({ allocationLength: 0 }))).length, 0);
});

void t.test('identifies the drives with DVCID as their own VPD page does', async (t) => {
  const { host } = await openAutoloader();
  const asked = { elementTypeCode: ElementType.DATA_TRANSFER, dvcid: true };
  const { elements: drives } = await elements(host, asked);
  t.same(
    drives.map(({ deviceIdentifier }) =>
      deviceIdentifier === undefined
        ? undefined
        : designatorText({ codeSet: deviceIdentifier.codeSet, designator: deviceIdentifier.identifier }),
    ),
    ['IBM     ULT3580-HH8     ORS0000001D1', 'IBM     ULT3580-HH8     ORS0000001D2'],
  );
  t.match(drives[1]?.scsiAddress, { logicalUnitNumber: 2 });
  const serials = await openAutoloader({ profile: findProfile('hp-msl2024') });
  const [first] = (await elements(serials.host, asked)).elements;
  t.equal(new TextDecoder().decode(first?.deviceIdentifier?.identifier), 'ORS0000001D1', 'the serial number only');
  const none = await openAutoloader({ profile: findProfile('sony-vgp-xl1b') });
  t.equal((await elements(none.host, asked)).elements[0]?.deviceIdentifier, undefined);
});

void t.test('refuses VolTag together with DVCID, and long reports, where the model does', async (t) => {
  const { host } = await openAutoloader({ profile: withQuirks('stk-l20', { maxElementsPerQuery: 5 }) });
  const answer = await host.send(0, ask({ volTag: true, dvcid: true }));
  t.equal(`${describe(answer)} at ${fieldPointer(answer)}`, '05/24/00 at 6.0');
  t.equal((await elements(host, { volTag: true }, 0)).numberOfElementsAvailable, 5);
  t.equal((await elements(host, { dvcid: true }, 0)).numberOfElementsAvailable, 5);
});

void t.test('shortens labels where the model does', async (t) => {
  const { host } = await openAutoloader({ profile: findProfile('stk-l20') });
  const { elements: slots } = await elements(host, { volTag: true, elementTypeCode: ElementType.STORAGE }, 0);
  t.equal(slots[0]?.primaryVolumeTag?.volumeIdentifier, 'ORS001');
});

void t.test('reports a missing and an unreadable label as an exception', async (t) => {
  const { host } = await openAutoloader({
    cartridges: [
      { elementAddress: 4096, barcode: null },
      { elementAddress: 4097, barcode: 'DRT001L8', labelReadable: false },
    ],
  });
  const { elements: slots } = await elements(host, { volTag: true, elementTypeCode: ElementType.STORAGE });
  for (const slot of slots.slice(0, 2)) {
    t.match(slot, { full: true, except: true, asc: 0x83, ascq: 0x01 });
    t.equal(slot.primaryVolumeTag, undefined);
  }
});

void t.test('knows labels only after INITIALIZE ELEMENT STATUS where the model wants it', async (t) => {
  const { host } = await openAutoloader({ profile: withQuirks('ibm-3573-tl', { labelsNeedInventory: true }) });
  const asked = { volTag: true, elementTypeCode: ElementType.STORAGE };
  const before = (await elements(host, asked)).elements;
  t.match(before[0], { full: true, except: true, asc: 0x83, ascq: 0x00 });
  const range = { range: true, startingElementAddress: 4096, numberOfElements: 1 };
  await host.read(CHANGER, initializeElementStatusWithRangeCdb({ ...range, fast: true }));
  t.match((await elements(host, asked)).elements[0], { except: true }, 'FAST reads no label');
  await host.read(CHANGER, initializeElementStatusWithRangeCdb(range));
  const within = (await elements(host, asked)).elements;
  t.match(within[0], { except: false, primaryVolumeTag: { volumeIdentifier: 'ORS001L8' } });
  t.match(within[1], { except: true, ascq: 0x00 }, 'outside the range');
  await host.read(CHANGER, initializeElementStatusCdb());
  t.same(
    (await elements(host, asked)).elements.filter(({ except }) => except).map(({ address, asc }) => [address, asc]),
    [[4118, 0x30]],
    'only the cleaning cartridge is pointed out',
  );
  const wrong = initializeElementStatusWithRangeCdb({ ...range, startingElementAddress: 5 });
  t.equal(describe(await host.send(CHANGER, wrong)), '05/21/01');
});

void t.test('shows nothing of a magazine that is out', async (t) => {
  const { autoloader, host } = await openAutoloader();
  autoloader.operator.removeMagazine('left');
  await host.takeAttentions(CHANGER);
  const { elements: slots } = await elements(host, { elementTypeCode: ElementType.STORAGE });
  t.match(slots[0], { full: false, access: false, disabled: true, except: true, asc: 0x3b, ascq: 0x12 });
  t.match(slots[22], { full: true, access: true, disabled: false });
});

void t.test('searches for volume tags with wildcards, for each nexus apart', async (t) => {
  const { autoloader, host } = await openAutoloader({ profile: findProfile('hp-msl2024') });
  t.ok(autoloader.profile.quirks.volumeTagSearch);
  const send = (template: string, more: object = {}) =>
    host.send(1, sendVolumeTagCdb({ sendActionCode: SendActionCode.TRANSLATE_PRIMARY, ...more }), {
      dataOut: encodeVolumeTagTemplate({ volumeIdentificationTemplate: template }),
    });
  const found = async () =>
    decodeVolumeElementAddressData(
      await host.read(1, requestVolumeElementAddressCdb({ volTag: true, allocationLength: LARGE })),
    ).elements.map(({ address, primaryVolumeTag }) => [address, primaryVolumeTag?.volumeIdentifier]);
  const early = await host.send(1, requestVolumeElementAddressCdb({ allocationLength: LARGE }));
  t.equal(describe(early), '05/2C/00', 'nothing was searched for yet');
  t.equal(describe(await send('ORS00?L8')), 'GOOD');
  t.equal((await found()).length, 8);
  await send('CLN*');
  t.same(await found(), [[0x20 + 22, 'CLNU01L1']]);
  await send('ORS002L8');
  t.same(await found(), [[0x21, 'ORS002L8']]);
  await send('NOT.*');
  t.same(await found(), [], 'a template is no regular expression');
  t.equal(describe(await send('X', { sendActionCode: SendActionCode.ASSERT_PRIMARY })), '05/24/00');
  t.equal(describe(await send('X', { parameterListLength: 12 })), '05/1A/00');
  t.equal(describe(await send('')), '05/26/00');
});

void t.test('looks at volume sequence numbers only where the action says so; all of them are 0', async (t) => {
  const { host } = await openAutoloader({ profile: findProfile('hp-msl2024') });
  const countFound = async (sendActionCode: number): Promise<number> => {
    const dataOut = encodeVolumeTagTemplate({
      volumeIdentificationTemplate: 'ORS*',
      minimumVolumeSequenceNumber: 1,
      maximumVolumeSequenceNumber: 9,
    });
    t.equal(describe(await host.send(1, sendVolumeTagCdb({ sendActionCode }), { dataOut })), 'GOOD');
    const data = await host.read(1, requestVolumeElementAddressCdb({ allocationLength: LARGE }));
    return decodeVolumeElementAddressData(data).elements.length;
  };
  t.equal(await countFound(SendActionCode.TRANSLATE_ALL), 0);
  t.equal(await countFound(SendActionCode.TRANSLATE_PRIMARY), 0);
  t.equal(await countFound(SendActionCode.TRANSLATE_ALL_ANY_SEQUENCE), 8);
  t.equal(await countFound(SendActionCode.TRANSLATE_PRIMARY_ANY_SEQUENCE), 8);
});

void t.test('knows no volume tag search where the model has none', async (t) => {
  const { host } = await openAutoloader();
  t.equal(describe(await host.send(CHANGER, requestVolumeElementAddressCdb({ allocationLength: 8 }))), '05/20/00');
});
