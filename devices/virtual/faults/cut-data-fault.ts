import { meets, type Fault, type FaultTarget } from './fault.js';

/** Sends only the first `bytes` of the data; status and everything else are as they should be. */
export function cutDataFault(target: FaultTarget, bytes: number): Fault {
  const met = meets(target);
  return {
    name: 'cut data',
    async perform(task, next) {
      const hit = met(task);
      const result = await next(task);
      return hit ? { ...result, dataIn: result.dataIn.subarray(0, bytes) } : result;
    },
  };
}
