import t from 'tap';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { win32Code, win32Errors, win32Symbol, win32SymbolOfPageName } from '../../src/objects/win32.js';
import type { Win32Symbol } from '../../src/objects/win32.js';

const symbols = Object.keys(win32Errors) as Win32Symbol[];

await t.test('an NtmsError has number, symbol, the failed check, its cause, and says what to do', async (t) => {
  const cause = new Error('sense 2/3a');
  const error = new NtmsError('ERROR_INVALID_STATE', 'drive 3 is empty.', { cause, data: { drive: 3 } });
  t.ok(error instanceof Error);
  t.match(error, { name: 'NtmsError', code: 5023, symbol: 'ERROR_INVALID_STATE', detail: 'drive 3 is empty.', cause });
  t.same(error.data, { drive: 3 });
  t.equal(
    error.message,
    `ERROR_INVALID_STATE (5023): drive 3 is empty. ${win32Errors.ERROR_INVALID_STATE.advice}`,
    'one full stop between detail and advice',
  );
  t.notOk('cause' in new NtmsError('ERROR_BUSY', 'x'), 'no cause is not a cause of undefined');
});

await t.test('codes are unique, sorted, and known in both directions', async (t) => {
  const codes = symbols.map(win32Code);
  t.same(
    codes,
    [...new Set(codes)].sort((a, b) => a - b),
  );
  for (const symbol of symbols) t.equal(win32Symbol(win32Code(symbol)), symbol);
  t.equal(win32Symbol(4242), undefined);
});

await t.test('the whole range of removable storage codes is there', async (t) => {
  for (let code = 4300; code <= 4341; code++) t.ok(win32Symbol(code), `code ${code}`);
});

await t.test('every code says in one sentence what to do', async (t) => {
  for (const symbol of symbols) t.match(win32Errors[symbol].advice, /^[A-Z].*[a-z]\.$/, symbol);
});

await t.test('names that only the pages use are none of winerror.h', async (t) => {
  t.same(
    Object.keys(win32SymbolOfPageName).filter((name) => name in win32Errors),
    [],
  );
});
