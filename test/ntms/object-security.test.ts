import { getNtmsObjectSecurityBehaviour, setNtmsObjectSecurityBehaviour } from './behaviour/object-security.js';
import { getNtmsObjectSecurityCodes, setNtmsObjectSecurityCodes } from './return-codes/object-security.js';
import { runBehaviour, runReturnCodes } from './run-cases.js';

await runReturnCodes([...getNtmsObjectSecurityCodes, ...setNtmsObjectSecurityCodes]);
await runBehaviour([...getNtmsObjectSecurityBehaviour, ...setNtmsObjectSecurityBehaviour]);
