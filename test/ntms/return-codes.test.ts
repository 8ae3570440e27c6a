import { firstReturnCodeCases } from './coverage-cases.js';
import { runReturnCodes } from './run-cases.js';

await runReturnCodes(firstReturnCodeCases);
