import { accessNtmsLibraryDoorBehaviour, ejectDiskFromSADriveBehaviour } from './behaviour/library-access.js';
import { accessNtmsLibraryDoorCodes, ejectDiskFromSADriveCodes } from './return-codes/library-access.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...accessNtmsLibraryDoorCodes, ...ejectDiskFromSADriveCodes]);
await runBehaviour([...accessNtmsLibraryDoorBehaviour, ...ejectDiskFromSADriveBehaviour]);
