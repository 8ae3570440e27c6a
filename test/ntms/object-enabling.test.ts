import { disableNtmsObjectBehaviour, enableNtmsObjectBehaviour } from './behaviour/object-enabling.js';
import { disableNtmsObjectCodes, enableNtmsObjectCodes } from './return-codes/object-enabling.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...disableNtmsObjectCodes, ...enableNtmsObjectCodes]);
await runBehaviour([...disableNtmsObjectBehaviour, ...enableNtmsObjectBehaviour]);
