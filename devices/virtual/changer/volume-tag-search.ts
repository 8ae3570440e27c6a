import { SendActionCode, type VolumeTagTemplate } from '../../scsi/smc/send-volume-tag.js';

/** The searches of SEND VOLUME TAG, and whether each looks at volume sequence numbers (SMC-3). */
const looksAtSequenceNumber: ReadonlyMap<number, boolean> = new Map([
  [SendActionCode.TRANSLATE_ALL, true],
  [SendActionCode.TRANSLATE_PRIMARY, true],
  [SendActionCode.TRANSLATE_ALL_ANY_SEQUENCE, false],
  [SendActionCode.TRANSLATE_PRIMARY_ANY_SEQUENCE, false],
]);

/** Whether it is a search. The other actions would change tags, which here are barcodes and cannot be changed. */
export function isTranslation(sendActionCode: number): boolean {
  return looksAtSequenceNumber.has(sendActionCode);
}

/** What tells of a label whether it was searched for. Every volume sequence number here is 0. */
export function volumeTagSearch(
  sendActionCode: number,
  template: VolumeTagTemplate,
): (label: string | undefined) => boolean {
  const isBeyond = template.minimumVolumeSequenceNumber > 0;
  if (isBeyond && looksAtSequenceNumber.get(sendActionCode) === true) return () => false;
  return (label) => label !== undefined && matches(template.volumeIdentificationTemplate, label);
}

/**
 * `*` stands for any text, `?` for one character. Not by a regular expression: one with many asterisks, which a host can
 * send, takes it minutes to refuse a long label.
 */
function matches(template: string, label: string): boolean {
  let at = 0;
  let next = 0;
  /** The last asterisk, and how far the text goes that it stands for. */
  let asterisk = -1;
  let covered = 0;
  while (next < label.length) {
    const wanted = template[at];
    if (wanted === '*') {
      asterisk = at++;
      covered = next;
    } else if (wanted !== undefined && (wanted === '?' || wanted === label[next])) {
      at += 1;
      next += 1;
    } else if (asterisk === -1) {
      return false;
    } else {
      covered += 1;
      next = covered;
      at = asterisk + 1;
    }
  }
  while (template[at] === '*') at += 1;
  return at === template.length;
}
