import { cdbLayout } from '../cdb-layout.js';
import { OperationCode } from '../opcodes.js';

/** TEST UNIT READY (SPC-4). No fields. */
const testUnitReady = cdbLayout('TEST UNIT READY', OperationCode.TEST_UNIT_READY, 6, {});

export const testUnitReadyCdb = (): Uint8Array => testUnitReady.build({});
export const parseTestUnitReadyCdb = (cdb: Uint8Array): void => void testUnitReady.parse(cdb);
