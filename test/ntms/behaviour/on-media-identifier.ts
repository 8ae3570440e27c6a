import { ansiVolumeLabel } from '../../../devices/virtual/media/ansi-label.js';
import { fixtures } from '../../../hil/fuzz/fixtures.js';
import {
  NTMS_FILESYSTEM_INFO_SIZE,
  NtmsLmOperation,
  NtmsLmState,
  NtmsOpreqCommand,
  OmidLabelType,
} from '../../../src/ntms/index.js';
import type { MediaLabelLibrary } from '../../../src/ntms/index.js';
import { NtmsError } from '../../../src/objects/ntms-error.js';
import { writeTape } from '../../library/tape-blocks.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { own, updateLabel } from '../labelled-medium.js';

const label = ansiVolumeLabel('NEW001');
const [mtf = new Uint8Array()] = fixtures(/labels\/mtf-media-label/);

export const updateNtmsOmidInfoBehaviour = behaviourOf('UpdateNtmsOmidInfo', [
  {
    rule: 'only-on-the-server',
    title: 'a session with another computer, through which it could be called from afar, is not opened',
    async run(t) {
      const library = await VirtualLibrary.open(t, { hasNetwork: () => true });
      t.match(await refusal(library.api.OpenNtmsSession('elsewhere', 'tests', 0)), { symbol: 'ERROR_NOT_CONNECTED' });
      await updateLabel(library, own(library, 'ORS005L8'));
    },
  },
  {
    rule: 'right-after-writing',
    title: 'the next mount expects the label that was written, and refuses another one',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const media = own(library, 'ORS005L8');
      await library.mount('ORS005L8');
      await writeTape(library, 0, mtf);
      await updateLabel(library, media, mtf);
      await library.dismount('ORS005L8');
      t.same(await library.mount('ORS005L8'), [0], 'what is on the tape is what was told');
      await writeTape(library, 0, label);
      await library.dismount('ORS005L8');
      t.match(await refusal(library.mount('ORS005L8')), {
        symbol: 'ERROR_INVALID_STATE',
        data: { check: 'on-media-label' },
        detail: /Backup of Tests label Weekly 7.*ANSI VOL1 label NEW001/,
      });
    },
  },
  {
    rule: 'every-label-library-is-asked',
    title: 'each library is handed the bytes until one claims them',
    async run(t) {
      const seen: string[] = [];
      const asked = (name: string, claims: boolean): MediaLabelLibrary => ({
        name,
        ClaimMediaLabel(pBuffer, nBufferSize) {
          seen.push(`${name} ${Buffer.from(pBuffer.subarray(0, nBufferSize)).toString('latin1')}`);
          if (!claims) throw new NtmsError('ERROR_BAD_FORMAT', 'of another format');
          return { LabelType: name, LabelIDSize: 2, LabelID: pBuffer, LabelAppDescr: 'known' };
        },
        MaxMediaLabel: () => 16,
      });
      const library = await VirtualLibrary.open(t, {
        labelLibraries: [asked('first', false), asked('second', true), asked('third', true)],
      });
      await updateLabel(library, own(library, 'ORS005L8'), Uint8Array.of(0x41, 0x42, 0x43));
      t.same(seen, ['first ABC', 'second ABC']);
      t.match(library.side('ORS005L8'), { omidLabelType: 'second', omidLabelId: '4142', omidLabelInfo: 'known' });
    },
  },
  {
    rule: 'file-system-identity',
    title: 'type, volume name and serial number of a file system are the identity',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const volume = { FileSystemType: 'NTFS', VolumeName: 'Archive', SerialNumber: 0x00c0_ffee };
      const type = OmidLabelType.NTMS_OMID_TYPE_FILESYSTEM_INFO;
      await api.UpdateNtmsOmidInfo(session, own(library, 'ORS005L8'), type, NTMS_FILESYSTEM_INFO_SIZE, volume);
      t.match(library.side('ORS005L8'), { omidLabelType: 'NTFS', omidLabelId: '00c0ffee', omidLabelInfo: 'Archive' });
    },
  },
  {
    rule: 'stored-with-the-side',
    title: 'the label is stored with the side of the logical medium, and with no other',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      own(library, 'ORS006L8');
      await updateLabel(library, own(library, 'ORS005L8'), mtf);
      t.equal(library.side('ORS005L8').omidLabelInfo, 'Weekly 7');
      t.equal(library.side('ORS006L8').omidLabelId, '');
    },
  },
  {
    change: 'side-label',
    title: 'an old label gives way to the new one, and a free label that is owed is owed no more',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const media = own(library, 'ORS001L8');
      const { id } = library.side('ORS001L8');
      const old = { omidLabelId: 'ab', omidLabelType: 'Old', omidLabelInfo: 'old' };
      library.store.table('sides').update(id, { ...old, owedFreeLabel: 'cd', formerLabelId: 'ab' });
      await updateLabel(library, media, mtf);
      t.match(library.side('ORS001L8'), {
        omidLabelType: 'Backup of Tests',
        omidLabelId: '6f9619ff8b86d011b42d00cf4fc964ff',
        omidLabelInfo: 'Weekly 7',
      });
      t.equal(library.side('ORS001L8').owedFreeLabel, '');
      t.equal(library.side('ORS001L8').formerLabelId, '');
    },
  },
  {
    change: 'library-request',
    title: 'a library request tells of it; a label that nobody knows leaves none, and changes nothing',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const media = own(library, 'ORS005L8');
      const requests = () =>
        library.store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_UPDATEOMID });
      await refusal(updateLabel(library, media, new Uint8Array(80)));
      t.same(requests(), []);
      t.equal(library.side('ORS005L8').omidLabelId, '');
      await updateLabel(library, media);
      const [request, ...others] = requests();
      t.same(others, []);
      t.equal(request?.state, NtmsLmState.NTMS_LM_PASSED);
      t.equal(request?.partitionId, library.side('ORS005L8').id);
      t.equal(request?.physMediaId, library.medium('ORS005L8').id);
      t.equal(request?.library, library.library.id);
      t.equal(request?.application, 'tests');
    },
  },
  {
    parameter: 'labelType',
    title: 'a second writable cartridge with the same label is recorded, and a person is told',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await updateLabel(library, own(library, 'ORS005L8'), mtf);
      t.same(library.manager.operatorRequests.open(), []);
      await updateLabel(library, own(library, 'ORS006L8'), mtf);
      t.equal(library.side('ORS006L8').omidLabelId, library.side('ORS005L8').omidLabelId);
      const [request, ...others] = library.manager.operatorRequests.open();
      t.same(others, []);
      t.equal(request?.request, NtmsOpreqCommand.NTMS_OPREQ_MESSAGE);
      t.match(request?.message, /ORS006L8 and ORS005L8 both carry the Backup of Tests label Weekly 7/);
    },
  },
]);
