import { ansiVolumeLabel } from '../../devices/virtual/media/ansi-label.js';
import { NtmsMountOptions, OmidLabelType } from '../../src/ntms/index.js';
import { anyLogicalMedium, AT_ONCE, SHORT_MS, type Deed, type Hands } from './hands.js';

const BLOCK = 512;

/** What an application does with the tape that it has. */
export const labelDeeds: readonly (readonly [string, Deed])[] = [
  ['write a label', writeLabel],
  ['write a label', writeLabel],
  ['write data', (hands) => withTape(hands, async (tape) => void (await tape.write(new Uint8Array(BLOCK))))],
];

async function writeLabel(hands: Hands): Promise<void> {
  const { house, session, random } = hands;
  const label = ansiVolumeLabel(`L${random.below(100_000)}`);
  await withTape(hands, async (tape, own) => {
    await tape.rewind();
    await tape.write(label);
    await tape.writeFilemarks(1);
    // One that forgets to tell is found out at the next mount.
    if (random.chance(0.1)) return;
    const type = OmidLabelType.NTMS_OMID_TYPE_RAW_LABEL;
    await house.api.UpdateNtmsOmidInfo(session, own, type, label.length, label);
  });
}

type Tape = Awaited<ReturnType<Hands['house']['api']['openDrive']>>;

/** Mounts an allocated medium, opens it, works, closes it and dismounts it. */
async function withTape(hands: Hands, work: (tape: Tape, own: string) => Promise<void>): Promise<void> {
  const { house, session } = hands;
  const { api } = house;
  const own = anyLogicalMedium(hands);
  if (own === undefined) return;
  await api.MountNtmsMedia(session, [own], [null], 1, AT_ONCE | NtmsMountOptions.NTMS_MOUNT_WRITE, 0, SHORT_MS, null);
  try {
    const tape = await api.openDrive(session, own, { write: true });
    try {
      await work(tape, own);
    } finally {
      await tape.close();
    }
  } finally {
    await api.DismountNtmsMedia(session, [own], 1, 2);
  }
}
