import t from 'tap';
import { NtmsError, win32Code } from '../../src/objects/index.js';
import type { BehaviourCase, ReturnCodeCase } from './coverage-case.js';

/** Makes each case's call and looks at the code that it gets. */
export async function runReturnCodes(cases: readonly ReturnCodeCase[]): Promise<void> {
  for (const { function: name, symbol, title, run } of cases) {
    await t.test(`${name} ${symbol}: ${title}`, async (t) => {
      const call = await run(t);
      if (symbol === 'ERROR_SUCCESS') {
        await call();
        t.pass();
        return;
      }
      if (symbol === 'INVALID_HANDLE_VALUE') throw new Error('a promise has no such value to resolve with');
      const error: unknown = await call().then(
        () => new Error('the call was not refused'),
        (reason: unknown) => reason,
      );
      if (!(error instanceof NtmsError)) throw error;
      t.equal(error.symbol, symbol, error.message);
      t.equal(error.code, win32Code(symbol));
      t.match(error.detail, /\w/);
    });
  }
}

export async function runBehaviour(cases: readonly BehaviourCase[]): Promise<void> {
  for (const { function: name, rule, change, parameter, title, run } of cases) {
    const line = rule ?? change ?? parameter;
    await t.test(`${name}${line === undefined ? '' : `, ${line}`}: ${title}`, async (t) => {
      await run(t);
      if (t.count === 0) t.fail('the case asserts nothing');
    });
  }
}
