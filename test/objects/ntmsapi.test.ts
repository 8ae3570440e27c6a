import t from 'tap';
import * as ntmsapi from '../../src/objects/ntmsapi/index.js';
import { INFINITE, NtmsLength, StandardAccess } from '../../src/objects/ntmsapi/index.js';

const enumerations = Object.entries(ntmsapi).flatMap(([name, members]): [string, Readonly<Record<string, number>>][] =>
  typeof members === 'object' ? [[name, members]] : [],
);
const ntms = enumerations.filter(([name]) => name.startsWith('Ntms') && name !== 'NtmsLength');

/** Second names of one value, as the header has them. */
const secondNames = [
  'NTMS_GENERIC_ALL',
  'NTMS_LM_DEFFERED',
  'NTMS_LM_DISABLELIBRARY',
  'NTMS_LM_ENABLELIBRARY',
  'NTMS_MOUNT_ERROR_IF_OFFLINE',
  'NTMS_MOUNT_ERROR_IF_UNAVAILABLE',
  'NTMS_PARTSTATE_NEW',
  'NTMS_PRIORITY_NORMAL',
];

await t.test('every enumeration of ntmsapi.h is there', async (t) => {
  // The header's 41, and the generic rights, which it has as defines.
  t.equal(ntms.length, 42);
  t.equal(Object.keys(ntmsapi.StorageMediaType).length, 62);
});

await t.test('only the header’s own second names share a value', async (t) => {
  const shared = ntms.flatMap(([, members]) =>
    Object.entries(members)
      .filter(([, value], at, all) => all.findIndex(([, other]) => other === value) < at)
      .map(([name]) => name),
  );
  t.same(shared.sort(), secondNames);
});

await t.test('no member name belongs to two enumerations', async (t) => {
  const names = enumerations.flatMap(([, members]) => Object.keys(members));
  t.same(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  );
});

await t.test('bits are single bits', async (t) => {
  const { NtmsMountOptions, NtmsLibraryFlags, NtmsOpRequestFlags, NtmsAccessMask } = ntmsapi;
  for (const bits of [NtmsMountOptions, NtmsLibraryFlags, NtmsOpRequestFlags, NtmsAccessMask]) {
    for (const [member, bit] of Object.entries(bits)) {
      t.equal(bit & (bit - 1), 0, `${member} is one bit`);
      t.not(bit, 0, member);
    }
  }
});

await t.test('numbers that are easy to get wrong are those of the header', async (t) => {
  t.equal(ntmsapi.NtmsDriveState.NTMS_DRIVESTATE_UNLOADED, 5);
  t.equal(ntmsapi.NtmsAccessMask.NTMS_CONTROL_ACCESS, 4);
  t.equal(ntmsapi.NtmsPoolType.NTMS_POOLTYPE_APPLICATION, 1000);
  t.equal(ntmsapi.NtmsOperationalState.NTMS_NEEDS_SERVICE, 20);
  t.equal(ntmsapi.NtmsMountPriority.NTMS_PRIORITY_LOWEST, -15);
  t.equal(ntmsapi.NtmsLmState.NTMS_LM_CANCELLED, 7);
  t.equal(ntmsapi.StorageMediaType.LTO_Ultrium, 86);
  t.equal(NtmsLength.NTMS_DESCRIPTION_LENGTH, 127);
  t.equal(StandardAccess.READ_CONTROL | StandardAccess.WRITE_DAC, 0x60000);
  t.equal(INFINITE, 2 ** 32 - 1);
});
