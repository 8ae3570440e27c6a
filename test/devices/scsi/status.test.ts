import t from 'tap';
import { ScsiStatus, statusName } from '../../../devices/scsi/status.js';

t.test('every status has the name that SAM gives it', async (t) => {
  t.same(Object.values(ScsiStatus).map(statusName), [
    'GOOD',
    'CHECK CONDITION',
    'CONDITION MET',
    'BUSY',
    'RESERVATION CONFLICT',
    'TASK SET FULL',
    'ACA ACTIVE',
    'TASK ABORTED',
  ]);
  t.equal(statusName(0x7f), 'status 7Fh');
});
