import t from 'tap';
import { executedAfter, senseFailure, statusFailure, transportFailure } from '../../devices/command-failure.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { decodeSense, encodeSense, SenseKey, type SenseInput } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { invalidatesInventory, unitAttentionKind } from '../../devices/unit-attention.js';

const motion = { device: 'changer', request: { name: 'MOVE MEDIUM', motion: true } };
const sense = (input: SenseInput) => decodeSense(encodeSense(input));

t.test('each sense key says whether the command was begun', async (t) => {
  const expected = {
    NOT_READY: 'no',
    ILLEGAL_REQUEST: 'no',
    UNIT_ATTENTION: 'no',
    DATA_PROTECT: 'no',
    RECOVERED_ERROR: 'yes',
    COMPLETED: 'yes',
    NO_SENSE: 'unknown',
    MEDIUM_ERROR: 'unknown',
    HARDWARE_ERROR: 'unknown',
    BLANK_CHECK: 'unknown',
    VENDOR_SPECIFIC: 'unknown',
    COPY_ABORTED: 'unknown',
    ABORTED_COMMAND: 'unknown',
    VOLUME_OVERFLOW: 'unknown',
    MISCOMPARE: 'unknown',
  } as const satisfies Record<keyof typeof SenseKey, string>;
  for (const [name, key] of Object.entries(SenseKey)) {
    t.equal(executedAfter({ key, deferred: false }), expected[name as keyof typeof expected], name);
  }
});

t.test('each message names the command, the device, what came, and what to do', async (t) => {
  const refused = senseFailure(
    motion,
    sense({ key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.MEDIUM_REMOVAL_PREVENTED }),
  );
  t.match(
    refused.message,
    /^MOVE MEDIUM to changer ended with ILLEGAL REQUEST 53h\/02h: MEDIUM REMOVAL PREVENTED.*Allow medium/,
  );
  t.equal(refused.recovery, 'allow-removal-first');
  const busy = statusFailure(motion, ScsiStatus.BUSY);
  t.match(busy.message, /MOVE MEDIUM to changer was answered with BUSY.*later/);
  const lost = transportFailure(motion, { code: 'timeout', executed: 'unknown', message: 'Nothing came in 5 s.' });
  t.match(lost.message, /got no answer \(timeout\).*Nothing came in 5 s.*element status/);
  t.match(lost, { recovery: 'refresh-element-status', executed: 'unknown' });
});

t.test('unit attentions are sorted by what they mean', async (t) => {
  const expected = [
    [AdditionalSense.IMPORT_OR_EXPORT_ELEMENT_ACCESSED, 'import-export-accessed', true],
    [AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED, 'medium-may-have-changed', true],
    [AdditionalSense.POWER_ON_OCCURRED, 'reset', true],
    [AdditionalSense.MEDIUM_MAGAZINE_REMOVED, 'elements-changed', true],
    [AdditionalSense.MODE_PARAMETERS_CHANGED, 'mode-parameters-changed', false],
    [AdditionalSense.RESERVATIONS_PREEMPTED, 'reservations-changed', false],
    [AdditionalSense.MEDIUM_REMOVAL_PREVENTION_PREEMPTED, 'medium-removal-prevention-preempted', false],
    [AdditionalSense.INQUIRY_DATA_HAS_CHANGED, 'identity-changed', false],
    [AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED, 'reported-luns-changed', false],
    [AdditionalSense.OPERATOR_MEDIUM_REMOVAL_REQUEST, 'operator', false],
    [AdditionalSense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR, 'other', false],
  ] as const;
  for (const [code, kind, invalidates] of expected) {
    t.equal(unitAttentionKind(code), kind);
    t.equal(invalidatesInventory(kind), invalidates, kind);
  }
});
