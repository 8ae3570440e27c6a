import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** LOAD UNLOAD (SSC-3). Without `load` the medium is unthreaded and ejected, unless `hold` keeps it in the drive. */
const loadUnload = cdbLayout('LOAD UNLOAD', OperationCode.LOAD_UNLOAD, 6, {
  /** IMMED: status comes when the motion begins. */
  immed: flag(1, 0),
  hold: flag(4, 3),
  /** EOT: go to the end of the tape before unloading. */
  eot: flag(4, 2),
  /** RETEN: retension the tape. */
  reten: flag(4, 1),
  load: flag(4, 0),
});

export type LoadUnloadParams = CdbParams<typeof loadUnload>;
export const loadUnloadCdb = (params: LoadUnloadParams): Uint8Array => loadUnload.build(params);
export const parseLoadUnloadCdb = (cdb: Uint8Array): CdbValue<typeof loadUnload> => loadUnload.parse(cdb);
