import t from 'tap';
import { OmidLabelType } from '../../src/ntms/index.js';
import { AllocationHouse } from '../ntms/allocation-house.js';

t.test('a label that is stored counts as stored, also when a person cannot be told of its twin', async (t) => {
  const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
  const { api, session, store, manager } = house.library;
  const update = (logical: string) =>
    api.UpdateNtmsOmidInfo(session, logical, OmidLabelType.NTMS_OMID_TYPE_FILESYSTEM_INFO, 644, {
      FileSystemType: 'LTFS',
      VolumeName: 'weekly',
      SerialNumber: 7,
    });
  const [first, second] = [await house.allocated(), await house.allocated()];
  await update(first);
  store.connection.exec(
    "CREATE TEMP TRIGGER no_questions BEFORE INSERT ON main.op_requests BEGIN SELECT RAISE(FAIL, 'no room'); END",
  );
  await update(second);
  t.equal(store.table('sides').find({ logicalMedia: second })?.omidLabelInfo, 'weekly');
  t.match(manager.notices.at(-1), /another cartridge's label could not be told/);
});
