import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  decodeReadPositionExtended,
  decodeReadPositionShort,
  loadUnloadCdb,
  locate10Cdb,
  locate16Cdb,
  LocateDestination,
  readPositionCdb,
  ReadPositionForm,
  rewindCdb,
  space16Cdb,
  space6Cdb,
  SpaceCode,
  write6Cdb,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, openAutoloader } from './initiator.js';
import { block, DRIVE, residue, tapeRig, type TapeRig } from './tape-rig.js';

/** 0 block, 1 block, 2 mark, 3 block, 4 mark, 5 mark, end of data at 6. */
async function recorded(): Promise<TapeRig> {
  const rig = await tapeRig();
  await rig.write(block(0, 10));
  await rig.write(block(1, 10));
  await rig.filemarks(1);
  await rig.write(block(3, 10));
  await rig.filemarks(2);
  return rig;
}

void t.test('LOCATE(16) finds objects, files and the end of data', async (t) => {
  const { send, where } = await recorded();
  const { LOGICAL_OBJECT, LOGICAL_FILE, END_OF_DATA } = LocateDestination;
  const cases: readonly [type: number, to: number, sense: string, objects: number, files: number][] = [
    [LOGICAL_OBJECT, 1, 'GOOD', 1, 0],
    [LOGICAL_OBJECT, 4, 'GOOD', 4, 1],
    [LOGICAL_OBJECT, 6, 'GOOD', 6, 3],
    [LOGICAL_FILE, 0, 'GOOD', 0, 0],
    [LOGICAL_FILE, 1, 'GOOD', 3, 1],
    [LOGICAL_FILE, 3, 'GOOD', 6, 3],
    [LOGICAL_FILE, 2, 'GOOD', 5, 2],
    [END_OF_DATA, 0, 'GOOD', 6, 3],
    [LOGICAL_OBJECT, 0, 'GOOD', 0, 0],
    [LOGICAL_OBJECT, 7, '08/00/05', 6, 3],
    [LOGICAL_FILE, 4, '08/00/05', 6, 3],
    [LOGICAL_OBJECT, Number.MAX_SAFE_INTEGER, '08/00/05', 6, 3],
  ];
  for (const [destinationType, logicalIdentifier, sense, objects, files] of cases) {
    const answer = await send(locate16Cdb({ destinationType, logicalIdentifier }));
    t.equal(describe(answer), sense, `type ${destinationType} to ${logicalIdentifier}`);
    t.same(await where(), [objects, files]);
  }
  const refused: readonly [object, string][] = [
    [{ destinationType: 2 }, '1.5'],
    [{ destinationType: LOGICAL_OBJECT, changePartition: true, partition: 1 }, '3'],
    [{ destinationType: LOGICAL_OBJECT, blockAddressMode: true }, '2.0'],
  ];
  for (const [params, pointer] of refused) {
    t.equal(fieldPointer(await send(locate16Cdb({ destinationType: 0, ...params }))), pointer);
  }
  t.equal(
    describe(await send(locate16Cdb({ destinationType: 0, changePartition: true }))),
    'GOOD',
    'the one partition',
  );
});

void t.test("the device's own addresses of mt tell and mt seek are the numbers of the objects", async (t) => {
  const { host, send } = await recorded();
  const tell = readPositionCdb({ serviceAction: ReadPositionForm.SHORT_VENDOR_SPECIFIC });
  await send(locate10Cdb({ logicalObjectIdentifier: 3 }));
  const { firstLogicalObjectLocation } = decodeReadPositionShort(await host.read(DRIVE, tell));
  t.equal(firstLogicalObjectLocation, 3);
  await send(rewindCdb());
  const seek = locate10Cdb({ logicalObjectIdentifier: firstLogicalObjectLocation, blockAddressType: true });
  t.equal(describe(await send(seek)), 'GOOD');
  t.match(decodeReadPositionShort(await host.read(DRIVE, tell)), {
    firstLogicalObjectLocation: 3,
    beginningOfPartition: false,
  });
});

void t.test('the three forms of READ POSITION tell the same place', async (t) => {
  const { host, send, where } = await recorded();
  await send(locate10Cdb({ logicalObjectIdentifier: 5 }));
  t.same(await where(), [5, 2]);
  const short = decodeReadPositionShort(await host.read(DRIVE, readPositionCdb()));
  t.match(short, { firstLogicalObjectLocation: 5, lastLogicalObjectLocation: 5, positionError: false });
  const extendedCdb = (allocationLength: number): Uint8Array =>
    readPositionCdb({ serviceAction: ReadPositionForm.EXTENDED, allocationLength });
  const extended = decodeReadPositionExtended(await host.read(DRIVE, extendedCdb(32)));
  t.match(extended, { firstLogicalObjectLocation: 5, numberOfBytesInBuffer: 0, beginningOfPartition: false });
  t.equal((await host.read(DRIVE, extendedCdb(8))).length, 8, 'cut to its allocation length');
  t.equal((await host.read(DRIVE, extendedCdb(0))).length, 0);
  t.equal(fieldPointer(await send(readPositionCdb({ serviceAction: 0x02 }))), '1.4', 'a form that there is not');
});

void t.test('SPACE(16) moves as SPACE(6) does, by counts that it does not hold', async (t) => {
  const { send, where, rewind } = await recorded();
  await rewind();
  const huge = 2 ** 40;
  const cases: readonly [code: number, count: number, sense: string, at: number, residue?: number][] = [
    [SpaceCode.LOGICAL_BLOCKS, 2, 'GOOD', 2],
    [SpaceCode.FILEMARKS, 3, 'GOOD', 6],
    [SpaceCode.FILEMARKS, -2, 'GOOD', 4],
    [SpaceCode.FILEMARKS, huge, '08/00/05', 6, 0x7fff_ffff],
    [SpaceCode.FILEMARKS, -huge, '00/00/04', 0, 0x7fff_ffff],
    [SpaceCode.END_OF_DATA, 0, 'GOOD', 6],
    [SpaceCode.LOGICAL_BLOCKS, -1, '00/00/01', 5, 1],
  ];
  for (const [code, count, sense, at, left] of cases) {
    const answer = await send(space16Cdb({ code, count }));
    t.equal(describe(answer), sense, `code ${code}, ${count}`);
    t.equal(residue(answer), left);
    t.same((await where())[0], at);
  }
  t.equal(fieldPointer(await send(space16Cdb({ code: 0, count: 1, parameterListLength: 8 }))), '12');
  t.equal(fieldPointer(await send(space16Cdb({ code: 5, count: 1 }))), '1.3');
});

void t.test('a space ends with the bit that says what it met', async (t) => {
  const { send, rewind } = await recorded();
  await rewind();
  const mark = await send(space6Cdb({ code: SpaceCode.LOGICAL_BLOCKS, count: 5 }));
  t.match(mark.sense, { filemark: true, endOfMedium: false, key: 0 });
  t.equal(residue(mark), 3);
  const beginning = await send(space6Cdb({ code: SpaceCode.FILEMARKS, count: -9 }));
  t.match(beginning.sense, { filemark: false, endOfMedium: true, key: 0 });
  t.equal(residue(beginning), 8);
  const end = await send(space6Cdb({ code: SpaceCode.FILEMARKS, count: 9 }));
  t.match(end.sense, { filemark: false, endOfMedium: false, key: 8 });
  t.equal(residue(end), 6);
});

void t.test('LOCATE, SPACE and REWIND take their part of the time of a whole tape, with IMMED none', async (t) => {
  const clock = new SimulatedClock({ auto: true });
  const profile = findProfile('ibm-3573-tl');
  const cartridges = [{ elementAddress: 256, barcode: 'TST001L8', capacityBytes: 100_000 }];
  const { autoloader, host } = await openAutoloader({ clock, profile, timing: 'real', cartridges });
  await clock.sleep(10 * 60_000);
  await host.takeAttentions(DRIVE);
  const took = async (cdb: Uint8Array, dataOut: Uint8Array = new Uint8Array(0)): Promise<number> => {
    const before = clock.now();
    t.equal(describe(await host.send(DRIVE, cdb, { dataOut })), 'GOOD');
    return clock.now() - before;
  };
  // Half the tape, markers included.
  t.equal(await took(write6Cdb({ transferLength: 49_992 }), block(1, 49_992)), 0);
  const half = profile.timings.rewindMs / 2;
  t.equal(await took(rewindCdb()), half);
  t.equal(await took(locate10Cdb({ logicalObjectIdentifier: 1 })), half);
  t.equal(await took(space6Cdb({ code: SpaceCode.LOGICAL_BLOCKS, count: -1 })), half);
  t.equal(await took(locate10Cdb({ logicalObjectIdentifier: 1, immed: true })), 0);
  t.equal(await took(rewindCdb({ immed: true })), 0);
  t.equal(await took(loadUnloadCdb({ load: true, reten: true })), 2 * profile.timings.rewindMs, 'to the end and back');
  await autoloader.close();
});

/** What is on the tape, as a list; the tape's position is an index into it. */
type Model = { objects: ('block' | 'mark')[]; at: number };

function moved(model: Model, action: number): Model {
  const { objects, at } = model;
  const cut = objects.slice(0, at);
  const step = action % 8;
  if (step === 0) return { objects: [...cut, 'block'], at: at + 1 };
  if (step === 1) return { objects: [...cut, 'mark'], at: at + 1 };
  if (step === 2) return { objects, at: Math.min(objects.length, at + 1) };
  if (step === 3) return { objects, at: Math.max(0, at - 1) };
  if (step === 4) return { objects, at: Math.min(objects.length, action % 50) };
  if (step === 5) {
    const file = action % 7;
    const behind = file === 0 ? 0 : nthMark(objects, file) + 1;
    return { objects, at: file > 0 && behind === 0 ? objects.length : behind };
  }
  return { objects, at: step === 6 ? objects.length : 0 };
}

function nthMark(objects: Model['objects'], count: number): number {
  let left = count;
  return objects.findIndex((each) => each === 'mark' && --left === 0);
}

function command(action: number): [Uint8Array, boolean] | undefined {
  switch (action % 8) {
    case 2:
      return [space6Cdb({ code: SpaceCode.LOGICAL_BLOCKS, count: 1 }), true];
    case 3:
      return [space6Cdb({ code: SpaceCode.LOGICAL_BLOCKS, count: -1 }), true];
    case 4:
      return [locate16Cdb({ destinationType: LocateDestination.LOGICAL_OBJECT, logicalIdentifier: action % 50 }), true];
    case 5:
      return [locate16Cdb({ destinationType: LocateDestination.LOGICAL_FILE, logicalIdentifier: action % 7 }), true];
    case 6:
      return [space6Cdb({ code: SpaceCode.END_OF_DATA, count: 0 }), false];
    case 7:
      return [rewindCdb(), false];
    default:
      return undefined;
  }
}

void t.test('wherever the tape is sent, between writes, it stands where a list of its objects would say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(10_000), { maxLength: 60 }), async (actions) => {
      const { send, write, filemarks, where } = await tapeRig({ capacityBytes: 1_000_000 });
      let model: Model = { objects: [], at: 0 };
      for (const action of actions) {
        model = moved(model, action);
        const cdb = command(action);
        if (cdb !== undefined) await send(cdb[0]);
        else if (action % 8 === 0) await write(block(action % 256, 1 + (action % 30)));
        else await filemarks(1);
        const marks = model.objects.slice(0, model.at).filter((each) => each === 'mark').length;
        const [objects, files] = await where();
        if (objects !== model.at || files !== marks) {
          throw new Error(`stands at ${objects}/${files}, expected ${model.at}/${marks}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});
