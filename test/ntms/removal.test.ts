import {
  deleteNtmsDriveBehaviour,
  deleteNtmsLibraryBehaviour,
  getVolumesFromDriveBehaviour,
} from './behaviour/removal.js';
import { deleteNtmsDriveCodes, deleteNtmsLibraryCodes, getVolumesFromDriveCodes } from './return-codes/removal.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...deleteNtmsLibraryCodes, ...deleteNtmsDriveCodes, ...getVolumesFromDriveCodes]);
await runBehaviour([...deleteNtmsLibraryBehaviour, ...deleteNtmsDriveBehaviour, ...getVolumesFromDriveBehaviour]);
