import t from 'tap';
import { SystemClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { labelsIn, viewOfAutoloader, viewOfMtx, viewOfTgt } from '../../../hil/vm/judge/element-view.js';

/** mtx 1.3.12 on tgt 1.0.85, which sends labels of blanks for empty elements. */
const MTX_ON_TGT = `  Storage Changer /dev/sg0:2 Drives, 4 Slots ( 1 Import/Export )
Data Transfer Element 0:Full (Storage Element 1 Loaded):VolumeTag = TGT001L8                        
Data Transfer Element 1:Empty
      Storage Element 1:Empty:VolumeTag=                                
      Storage Element 2:Full :VolumeTag=TGT002L8                        
      Storage Element 3:Empty
      Storage Element 4 IMPORT/EXPORT:Full :VolumeTag=TGT003L8                        
`;

t.test('reads what mtx status prints', (t) => {
  t.strictSame(viewOfMtx(MTX_ON_TGT), {
    drives: [
      { label: 'TGT001L8', fromSlot: 1 },
      { label: null, fromSlot: null },
    ],
    slots: [null, 'TGT002L8', null],
    ports: ['TGT003L8'],
  });
  t.end();
});

t.test("tgt's own memory of the same library gives the same view", (t) => {
  const view = viewOfTgt([
    { address: 1, type: 1, barcode: undefined, source: undefined },
    { address: 16, type: 3, barcode: 'TGT003L8', source: 4098 },
    { address: 256, type: 4, barcode: 'TGT001L8', source: 4096 },
    { address: 257, type: 4, barcode: undefined, source: undefined },
    { address: 4096, type: 2, barcode: undefined, source: undefined },
    { address: 4097, type: 2, barcode: 'TGT002L8', source: undefined },
    { address: 4098, type: 2, barcode: undefined, source: undefined },
  ]);
  t.strictSame(view, viewOfMtx(MTX_ON_TGT));
  t.end();
});

t.test('tells a full element without label from an empty one', (t) => {
  const view = viewOfMtx('      Storage Element 1:Full \n      Storage Element 2:Empty\n');
  t.strictSame(view.slots, ['', null]);
  t.end();
});

t.test('a source that is no slot or port has no number', (t) => {
  const view = viewOfTgt([{ address: 256, type: 4, barcode: 'A', source: 257 }]);
  t.strictSame(view.drives, [{ label: 'A', fromSlot: null }]);
  t.end();
});

t.test('the virtual autoloader is seen as it is, and its labels are counted', async (t) => {
  const autoloader = await VirtualAutoloader.create({
    profile: findProfile('hp-msl2024'),
    clock: new SystemClock(),
    timing: 'zero',
    cartridges: [
      { elementAddress: 0x21, barcode: 'B00001L8', mediaType: 'L8' },
      { elementAddress: 0x1c0, barcode: 'A00001L8', mediaType: 'L8' },
    ],
  });
  t.teardown(() => autoloader.close());
  const view = viewOfAutoloader(autoloader.inspect());
  t.equal(view.slots.length, 23);
  t.strictSame(view.slots.slice(0, 3), [null, 'B00001L8', null]);
  t.strictSame(view.ports, ['A00001L8']);
  t.strictSame(labelsIn(view), ['A00001L8', 'B00001L8']);
});
