import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** ACTION CODE of OPEN/CLOSE IMPORT/EXPORT ELEMENT. */
export const ImportExportAction = { OPEN: 0, CLOSE: 1 } as const;
export type ImportExportAction = (typeof ImportExportAction)[keyof typeof ImportExportAction];

/** OPEN/CLOSE IMPORT/EXPORT ELEMENT (SMC-3): moves the port's door for the operator. */
const openClose = cdbLayout('OPEN/CLOSE IMPORT/EXPORT ELEMENT', OperationCode.OPEN_CLOSE_IMPORT_EXPORT_ELEMENT, 6, {
  elementAddress: uint16(2),
  actionCode: bits(4, 4, 0),
});

export type OpenCloseImportExportElementParams = CdbParams<typeof openClose>;
export const openCloseImportExportElementCdb = (params: OpenCloseImportExportElementParams): Uint8Array =>
  openClose.build(params);
export const parseOpenCloseImportExportElementCdb = (cdb: Uint8Array): CdbValue<typeof openClose> =>
  openClose.parse(cdb);
