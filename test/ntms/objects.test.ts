import { getNtmsObjectAttributeBehaviour, setNtmsObjectAttributeBehaviour } from './behaviour/object-attributes.js';
import { setNtmsObjectInformationBehaviour } from './behaviour/set-information.js';
import { getNtmsObjectAttributeCodes, setNtmsObjectAttributeCodes } from './return-codes/object-attributes.js';
import { setNtmsObjectInformationCodes } from './return-codes/set-information.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([
  ...setNtmsObjectInformationCodes,
  ...getNtmsObjectAttributeCodes,
  ...setNtmsObjectAttributeCodes,
]);
await runBehaviour([
  ...setNtmsObjectInformationBehaviour,
  ...getNtmsObjectAttributeBehaviour,
  ...setNtmsObjectAttributeBehaviour,
]);
