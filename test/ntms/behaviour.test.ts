import { firstBehaviourCases } from './coverage-cases.js';
import { runBehaviour } from './run-cases.js';

await runBehaviour(firstBehaviourCases);
