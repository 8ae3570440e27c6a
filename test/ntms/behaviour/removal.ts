import { NtmsLibraryType, NtmsMediaState, NtmsObjectsTypes, NtmsOperationalState } from '../../../src/ntms/index.js';
import type { ScsiTransport } from '../../../devices/transport/scsi-transport.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { addOtherLibrary } from '../house.js';
import { kernelTree, kernelWithTape } from '../kernel-tree.js';
import { mountRequestOf } from '../waiting-mount.js';

const { NTMS_NOT_PRESENT: GONE } = NtmsOperationalState;

/** A path to the device that can be cut. */
class Cable {
  cut = false;

  readonly wrap = (transport: ScsiTransport): ScsiTransport => ({
    name: transport.name,
    maxInFlight: transport.maxInFlight,
    open: () => transport.open(),
    close: () => transport.close(),
    execute: (request) =>
      this.cut
        ? Promise.resolve({
            kind: 'failed',
            failure: { code: 'unreachable', executed: 'no', message: 'nobody listens there; start the device' },
          })
        : transport.execute(request),
  });
}

export const deleteNtmsLibraryBehaviour = behaviourOf('DeleteNtmsLibrary', [
  {
    rule: 'library-enabled-yet-disconnected',
    title: 'leaves an attached library and a disabled one as they are',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const other = addOtherLibrary(library, GONE);
      store.table('libraries').update(other.library.id, { enabled: false });
      for (const id of [library.library.id, other.library.id]) {
        t.match(await refusal(api.DeleteNtmsLibrary(session, id)), { symbol: 'ERROR_INVALID_STATE' });
        t.ok(store.table('libraries').get(id));
      }
      t.equal(store.table('physicalMedia').require(other.medium).currentLibrary, other.library.id);
    },
  },
  {
    rule: 'cartridges-first-move-offline',
    change: 'physical-media-current-library',
    title: 'puts its cartridges on the shelf with their sides, pools and names',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const other = addOtherLibrary(library, GONE);
      const before = store.table('physicalMedia').require(other.medium);
      await api.DeleteNtmsLibrary(session, other.library.id);
      t.match(store.table('physicalMedia').require(other.medium), {
        currentLibrary: store.wellKnown.offlineLibrary,
        location: null,
        homeSlot: null,
        locationType: NtmsObjectsTypes.NTMS_STORAGESLOT,
        name: before.name,
        mediaPool: before.mediaPool,
      });
      t.ok(store.table('sides').get(other.side));
    },
  },
  {
    rule: 'meant-hardware-no-longer',
    title: 'ends what waits for a library whose cable was pulled, and forgets it until the next start',
    async run(t) {
      const cable = new Cable();
      const library = await VirtualLibrary.open(t, { wrap: cable.wrap });
      const { api, session, store, manager } = library;
      const { id } = library.library;
      const cartridges = store.table('physicalMedia').count();
      await library.mount(['ORS001L8', 'ORS002L8']);
      const mount = library.mount('ORS003L8', { flags: 0 });
      mount.catch(() => undefined);
      const waiting = mountRequestOf(library, 'ORS003L8').id;
      cable.cut = true;
      t.match(await refusal(manager.refresh(id)), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE' });
      t.equal(library.library.operationalState, GONE);
      await api.DeleteNtmsLibrary(session, id);
      t.match(await refusal(mount), { symbol: 'ERROR_CANCELLED' });
      t.equal(store.table('libRequests').get(waiting), undefined, 'its requests go with it');
      t.equal(store.table('drives').count(), 0);
      t.equal(store.table('physicalMedia').count({ currentLibrary: store.wellKnown.offlineLibrary }), cartridges);
      t.match(await refusal(manager.refresh(id)), { symbol: 'ERROR_RESOURCE_NOT_AVAILABLE' });
      t.same(manager.operatorRequests.open(), [], 'and nobody is asked to mend it');

      cable.cut = false;
      const again = await library.restart({ wrap: cable.wrap });
      t.teardown(() => again.manager.stop());
      t.not(again.library.id, id, 'the rig still names it');
      t.equal(store.table('physicalMedia').count(), cartridges, 'and the cartridges are known by their bar codes');
      t.same(again.inDrives(), ['ORS001L8', 'ORS002L8']);
      t.same(again.disagreements(), []);
    },
  },
  {
    change: 'library-drive-slot-door',
    parameter: 'lpLibraryId',
    title: 'removes the library with all its elements, access entries and message lists, and no other',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const other = addOtherLibrary(library, GONE);
      const here = { library: other.library.id };
      store.table('changers').insert({ ...here, number: 0, elementAddress: 1 });
      store.table('ports').insert({ ...here, number: 1, elementAddress: 9002 });
      store.table('doors').insert({ ...here, number: 1 });
      store.table('accessEntries').insert({ object: other.library.id, trustee: 'user:tester', mask: 7 });
      await api.SetNtmsUIOptions(session, other.library.id, 2, 1, 'desk');
      const tables = ['libraries', 'changers', 'drives', 'slots', 'ports', 'doors', 'accessEntries', 'uiDestinations'];
      const counts = (): number[] => tables.map((name) => store.table(name as 'drives').count());
      const before = counts();
      await api.DeleteNtmsLibrary(session, other.library.id);
      t.same(
        counts(),
        before.map((count) => count - 1),
      );
      t.same(library.disagreements(), []);
    },
  },
]);

export const deleteNtmsDriveBehaviour = behaviourOf('DeleteNtmsDrive', [
  {
    rule: 'drive-robotic-library-ntms',
    change: 'drive-exists-deleted-success',
    parameter: 'lpDriveId',
    title: 'deletes the one drive that is not there; the library goes on with the other',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const lost = library.drive(0).id;
      t.match(await refusal(api.DeleteNtmsDrive(session, lost)), { symbol: 'ERROR_INVALID_STATE' });
      store.table('drives').update(lost, { operationalState: GONE });
      await api.DeleteNtmsDrive(session, lost);
      t.equal(store.table('drives').get(lost), undefined);
      t.same(await library.mount('ORS001L8'), [1]);
      t.same(library.inDrives(), [null, 'ORS001L8']);
    },
  },
  {
    rule: 'drive-robotic-library-ntms',
    title: 'puts the cartridge that went with the drive on the shelf',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { store } = library;
      const other = addOtherLibrary(library, GONE);
      const locationType = NtmsObjectsTypes.NTMS_DRIVE;
      store.table('physicalMedia').update(other.medium, { location: other.drive, locationType });
      await library.api.DeleteNtmsDrive(library.session, other.drive);
      t.match(store.table('physicalMedia').require(other.medium), {
        currentLibrary: store.wellKnown.offlineLibrary,
        location: null,
        mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE,
      });
    },
  },
  {
    rule: 'drive-slotless-stand-alone',
    change: 'library-exists-deleted-zero',
    title: 'takes the library along when it has no slots, and puts its cartridge on the shelf',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const other = addOtherLibrary(library, GONE);
      store.table('libraries').update(other.library.id, { libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE });
      await api.DeleteNtmsDrive(session, other.drive);
      t.equal(store.table('libraries').get(other.library.id), undefined);
      t.equal(store.table('physicalMedia').require(other.medium).currentLibrary, store.wellKnown.offlineLibrary);
    },
  },
  {
    rule: 'library-enabled-offline',
    title: 'refuses a drive of a disabled library; of one that is enabled the drive alone has to be gone',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const other = addOtherLibrary(library, GONE);
      store.table('libraries').update(other.library.id, { enabled: false });
      t.match(await refusal(api.DeleteNtmsDrive(session, other.drive)), { symbol: 'ERROR_INVALID_STATE' });
      t.ok(store.table('drives').get(other.drive));
      store.table('libraries').update(other.library.id, { enabled: true, operationalState: 0 });
      store.table('drives').update(other.drive, { operationalState: GONE });
      await api.DeleteNtmsDrive(session, other.drive);
      t.equal(store.table('drives').get(other.drive), undefined);
    },
  },
  {
    change: 'library-dw-number-drives',
    title: 'leaves the library with one drive less',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const count = async (): Promise<number> => {
        const { Info } = await api.GetNtmsObjectInformation(session, library.library.id, {
          dwType: NtmsObjectsTypes.NTMS_LIBRARY,
        });
        return 'Library' in Info ? Info.Library.dwNumberOfDrives : -1;
      };
      t.equal(await count(), 2);
      store.table('drives').update(library.drive(1).id, { operationalState: GONE });
      await api.DeleteNtmsDrive(session, library.drive(1).id);
      t.equal(await count(), 1);
    },
  },
]);

export const getVolumesFromDriveBehaviour = behaviourOf('GetVolumesFromDrive', [
  {
    rule: 'most-volume-letter-per',
    parameter: 'VolumeNameBufferPtr',
    title: 'names the device file of a tape that does not rewind, by any name of the drive',
    async run(t) {
      const library = await VirtualLibrary.open(t, { kernelFiles: await kernelWithTape(t) });
      library.store.table('drives').update(library.drive(0).id, { deviceName: '/dev/sg3' });
      for (const name of ['/dev/sg3', 'drive 0']) {
        t.same(await library.api.GetVolumesFromDrive(name), {
          VolumeNameBufferPtr: '/dev/nst0',
          DriveLetterBufferPtr: '',
        });
      }
    },
  },
  {
    rule: 'most-volume-letter-per',
    parameter: 'DriveLetterBufferPtr',
    title: 'tells where the one partition of a disc is mounted, in the place of a drive letter',
    async run(t) {
      const kernelFiles = await kernelTree(
        t,
        ['scsi_generic/sg4/device/block/sr0', 'scsi_generic/sg5/device/block/sdb'],
        ['proc /proc proc rw 0 0', '/dev/sr0 /media/my\\040disc udf ro 0 0', '/dev/sdb1 /mnt/mo vfat rw 0 0'],
      );
      const library = await VirtualLibrary.open(t, { kernelFiles });
      library.store.table('drives').update(library.drive(0).id, { deviceName: '/dev/sg4' });
      library.store.table('drives').update(library.drive(1).id, { deviceName: '/dev/sg5' });
      t.same(await library.api.GetVolumesFromDrive('drive 0'), {
        VolumeNameBufferPtr: '/dev/sr0',
        DriveLetterBufferPtr: '/media/my disc',
      });
      t.same(await library.api.GetVolumesFromDrive('drive 1'), {
        VolumeNameBufferPtr: '/dev/sdb',
        DriveLetterBufferPtr: '/mnt/mo',
      });
    },
  },
  {
    rule: 'other-system-error-code',
    parameter: 'pszDriveName',
    title: 'refuses names that are missing, unknown or given twice, and drives of which the kernel does not know',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, store, manager } = library;
      const of = async (name: string): Promise<string> => (await refusal(api.GetVolumesFromDrive(name))).symbol;
      t.equal(await of(''), 'ERROR_INVALID_PARAMETER');
      t.equal(await of(null as never), 'ERROR_INVALID_PARAMETER');
      t.equal(await of('/dev/sg99'), 'ERROR_INVALID_DRIVE');
      t.equal(await of(library.drive(0).deviceName), 'ERROR_NOT_SUPPORTED');
      const other = addOtherLibrary(library);
      store.table('drives').update(other.drive, { name: 'drive 0' });
      t.equal(await of('drive 0'), 'ERROR_INVALID_DRIVE');
      await manager.stop();
      t.equal(await of('drive 1'), 'ERROR_NOT_CONNECTED');
    },
  },
]);
