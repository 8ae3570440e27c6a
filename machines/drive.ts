import { drainingAvailabilityRegion } from './availability.js';
import { driveSetup } from './drive-setup.js';

const refuseMount = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuseMount', params: { reason: 'disabled' } } },
  busy: { actions: { type: 'refuseMount', params: { reason: 'busy' } } },
  claimed: { guard: 'isClaimed', actions: { type: 'refuseMount', params: { reason: 'busy' } } },
  occupied: { actions: { type: 'refuseMount', params: { reason: 'occupied' } } },
  empty: { actions: { type: 'refuseMount', params: { reason: 'empty' } } },
  failed: { actions: { type: 'refuseMount', params: { reason: 'failed' } } },
  otherMedium: { guard: 'isOtherMedium', actions: { type: 'refuseMount', params: { reason: 'other-medium' } } },
} as const;

const refuseDismount = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuseDismount', params: { reason: 'disabled' } } },
  opened: { guard: 'isOpened', actions: { type: 'refuseDismount', params: { reason: 'opened' } } },
  robotic: { guard: 'isRobotic', actions: { type: 'refuseDismount', params: { reason: 'not-stand-alone' } } },
  busy: { actions: { type: 'refuseDismount', params: { reason: 'busy' } } },
  empty: { actions: { type: 'refuseDismount', params: { reason: 'empty' } } },
  failed: { actions: { type: 'refuseDismount', params: { reason: 'failed' } } },
} as const;

const refuseCleaning = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuseCleaning', params: { reason: 'disabled' } } },
  busy: { actions: { type: 'refuseCleaning', params: { reason: 'busy' } } },
  occupied: { actions: { type: 'refuseCleaning', params: { reason: 'occupied' } } },
  failed: { actions: { type: 'refuseCleaning', params: { reason: 'failed' } } },
} as const;

/** A stand-alone drive is only stamped as cleaned. */
const standAloneCleaning = { guard: 'isStandAlone', actions: 'finishCleaning' } as const;

const failPending = (reason: string) => ({ type: 'failPending', params: { reason } }) as const;

/** Out of the drive: the command first, then the robot or a person takes the cartridge. */
const leave = {
  target: '#drive.operation.unloading',
  actions: [failPending('dismounted'), 'beginDismount', 'unload'],
} as const;

/** What holds whenever a cartridge is inside and nothing moves. */
const filled = {
  CLEANING_STARTED: [refuseCleaning.disabled, standAloneCleaning, refuseCleaning.occupied],
  MOUNT_REQUESTED: [refuseMount.disabled, refuseMount.occupied],
  DISMOUNT_REQUESTED: [
    refuseDismount.disabled,
    refuseDismount.opened,
    {
      guard: 'mediumStays',
      target: '#drive.operation.dismountable',
      actions: [failPending('dismounted'), 'release', 'finishDeferredDismount'],
    },
    leave,
  ],
  EJECT_REQUESTED: [refuseDismount.robotic, refuseDismount.disabled, refuseDismount.opened, leave],
  OPENED: { actions: 'countOpened' },
  CLOSED: { guard: 'isOpened', actions: 'countClosed' },
  MEDIUM_MOVED_OUT: [
    {
      guard: 'isStandAlone',
      target: '#drive.operation.empty',
      actions: [failPending('medium-removed'), 'forgetMedium'],
    },
    {
      target: '#drive.operation.empty',
      actions: ['reportDiscrepancy', failPending('medium-removed'), 'forgetMedium'],
    },
  ],
} as const;

/** A reading that contradicts: the hardware is believed over the database, the barcode over the address. */
const contradiction = [
  {
    guard: 'readingIsEmpty',
    target: '#drive.operation.empty',
    actions: ['reportDiscrepancy', failPending('medium-removed'), 'forgetMedium'],
  },
  {
    guard: 'readingIsOtherMedium',
    target: '#drive.operation.unloaded',
    actions: ['reportDiscrepancy', failPending('other-medium'), 'takeReading', 'becomeNotReady', 'release'],
  },
] as const;

/**
 * A data transfer element (SMC-3) or a stand-alone drive. Shows NtmsDriveState and NtmsOperationalState.
 * Input, events and effects: drive-contract.ts.
 */
export const driveMachine = driveSetup.createMachine({
  id: 'drive',
  context: ({ input }) => {
    const startIn = input.initial ?? 'empty';
    const occupied =
      startIn === 'failed' ? (input.mediumId ?? null) !== null : !['empty', 'cleaning'].includes(startIn);
    return {
      driveId: input.driveId,
      elementAddress: input.elementAddress ?? null,
      standAlone: input.standAlone ?? false,
      startIn,
      startDisabled: input.enabled === false,
      occupied,
      mediumId: occupied ? (input.mediumId ?? null) : null,
      ready: startIn === 'loaded' || startIn === 'dismountable',
      claimed: occupied && (input.claimed ?? false),
      openCount: occupied ? Math.max(0, input.openCount ?? 0) : 0,
      pending: null,
      faultReason: null,
    };
  },
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      on: {
        MOUNT_REQUESTED: [refuseMount.disabled, refuseMount.busy],
        CLAIMED: [refuseMount.disabled, refuseMount.busy],
        DISMOUNT_REQUESTED: [refuseDismount.disabled, refuseDismount.busy],
        EJECT_REQUESTED: [refuseDismount.robotic, refuseDismount.disabled, refuseDismount.busy],
        CLEANING_STARTED: [refuseCleaning.disabled, standAloneCleaning, refuseCleaning.busy],
        FAULT_REPORTED: { target: '.failed', actions: ['noteFault', failPending('fault'), 'failDrive'] },
        // A reading taken while something moves proves nothing; the read-back after the motion does.
        ELEMENT_STATUS_READ: {},
      },
      states: {
        routing: {
          always: [
            { guard: 'startsMounted', target: 'mounted' },
            { guard: 'startsLoaded', target: 'loaded' },
            { guard: 'startsDismountable', target: 'dismountable' },
            { guard: 'startsUnloaded', target: 'unloaded' },
            { guard: 'startsCleaning', target: 'cleaning' },
            { guard: 'startsFailed', target: 'failed' },
            { target: 'empty' },
          ],
        },
        empty: {
          description: 'Nothing inside.',
          tags: ['NTMS_DRIVESTATE_DISMOUNTED', 'NTMS_READY'],
          on: {
            MOUNT_REQUESTED: [refuseMount.disabled, { target: 'mounting', actions: 'expectMedium' }],
            CLAIMED: [refuseMount.disabled, refuseMount.empty],
            DISMOUNT_REQUESTED: [refuseDismount.disabled, refuseDismount.empty],
            EJECT_REQUESTED: [refuseDismount.robotic, refuseDismount.disabled, refuseDismount.empty],
            CLEANING_STARTED: [refuseCleaning.disabled, standAloneCleaning, { target: 'cleaning' }],
            MEDIUM_MOVED_IN: [
              { guard: 'isDisabled', target: 'unloaded', actions: 'takeMedium' },
              { target: 'mounted', actions: 'takeMedium' },
            ],
            ELEMENT_STATUS_READ: [
              { guard: 'readingIsEmpty' },
              {
                guard: 'readingIsReady',
                target: 'dismountable',
                actions: ['reportDiscrepancy', 'takeReading'],
              },
              { target: 'unloaded', actions: ['reportDiscrepancy', 'takeReading'] },
            ],
          },
        },
        mounting: {
          description: 'Promised to a mount; the cartridge is on its way.',
          tags: ['NTMS_DRIVESTATE_DISMOUNTED', 'NTMS_READY'],
          on: {
            MEDIUM_MOVED_IN: [
              {
                guard: 'isOtherMedium',
                target: 'unloaded',
                actions: ['reportDiscrepancy', failPending('other-medium'), 'takeMedium'],
              },
              { target: 'mounted', actions: 'takeMedium' },
            ],
            MOUNT_FAILED: { target: 'empty', actions: [failPending('not-moved'), 'forgetMedium'] },
            FAULT_REPORTED: {
              target: 'failed',
              actions: ['noteFault', failPending('fault'), 'forgetMedium', 'failDrive'],
            },
          },
        },
        mounted: {
          description: 'The cartridge is in, the drive is not ready yet. A passing state.',
          tags: ['NTMS_DRIVESTATE_MOUNTED', 'NTMS_READY'],
          entry: 'waitUntilReady',
          on: {
            ...filled,
            DRIVE_READY: [{ target: 'loaded', actions: ['becomeReady', 'finishPending'] }],
            DRIVE_NOT_READY: { target: 'unloaded', actions: failPending('not-ready') },
            MOUNT_FAILED: { target: 'unloaded', actions: failPending('not-ready') },
            MOUNT_REQUESTED: [refuseMount.disabled, refuseMount.busy],
            ELEMENT_STATUS_READ: [
              ...contradiction,
              {
                guard: 'readingIsReady',
                target: 'loaded',
                actions: ['takeReading', 'finishPending'],
              },
              { actions: 'takeReading' },
            ],
          },
        },
        loaded: {
          description: 'The cartridge is usable; a mount holds it, or it was just put in.',
          initial: 'closed',
          on: {
            ...filled,
            MOUNT_REQUESTED: [refuseMount.disabled, refuseMount.busy],
            CLAIMED: [
              refuseMount.disabled,
              refuseMount.claimed,
              refuseMount.otherMedium,
              { actions: ['beginClaim', 'finishPending'] },
            ],
            DRIVE_READY: {},
            DRIVE_NOT_READY: { target: 'unloaded', actions: 'becomeNotReady' },
            MEDIUM_UNLOADED: { target: 'unloaded', actions: 'becomeNotReady' },
            ELEMENT_STATUS_READ: [
              ...contradiction,
              { guard: 'readingIsNotReady', target: 'unloaded', actions: 'takeReading' },
              { actions: 'takeReading' },
            ],
          },
          states: {
            closed: {
              description: 'No application has it open.',
              tags: ['NTMS_DRIVESTATE_LOADED', 'NTMS_READY'],
              always: { guard: 'isOpened', target: 'opened' },
            },
            opened: {
              description: 'At least one open handle; dismounts are refused.',
              tags: ['NTMS_DRIVESTATE_LOADED', 'NTMS_READY'],
              always: { guard: 'isClosed', target: 'closed' },
            },
          },
        },
        dismountable: {
          description: 'Left in the drive; others may claim it or have it evicted.',
          tags: ['NTMS_DRIVESTATE_DISMOUNTABLE', 'NTMS_READY'],
          on: {
            ...filled,
            CLAIMED: [
              refuseMount.disabled,
              refuseMount.otherMedium,
              { guard: 'isReady', target: 'loaded', actions: ['beginClaim', 'finishPending'] },
              { target: 'mounted', actions: 'beginClaim' },
            ],
            DRIVE_READY: { actions: 'becomeReady' },
            DRIVE_NOT_READY: { actions: 'becomeNotReady' },
            MEDIUM_UNLOADED: { target: 'unloaded', actions: 'becomeNotReady' },
            ELEMENT_STATUS_READ: [...contradiction, { actions: 'takeReading' }],
          },
        },
        unloading: {
          description: 'A dismount has begun; the drive lets the cartridge go.',
          tags: ['NTMS_DRIVESTATE_UNLOADED', 'NTMS_READY'],
          on: {
            MEDIUM_UNLOADED: { target: 'dismounting', actions: 'becomeNotReady' },
            MEDIUM_MOVED_OUT: { target: 'empty', actions: ['finishPending', 'forgetMedium'] },
            DISMOUNT_FAILED: [
              { guard: 'isReady', target: 'dismountable', actions: failPending('not-unloaded') },
              { target: 'unloaded', actions: failPending('not-unloaded') },
            ],
            OPENED: { actions: 'countOpened' },
            CLOSED: { guard: 'isOpened', actions: 'countClosed' },
          },
        },
        unloaded: {
          description: 'The cartridge is in and not ready: spun down, or given free and not fetched.',
          tags: ['NTMS_DRIVESTATE_UNLOADED', 'NTMS_READY'],
          on: {
            ...filled,
            CLAIMED: [refuseMount.disabled, refuseMount.otherMedium, { target: 'mounted', actions: 'beginClaim' }],
            DRIVE_READY: [
              { guard: 'isClaimed', target: 'loaded', actions: 'becomeReady' },
              { target: 'dismountable', actions: 'becomeReady' },
            ],
            DRIVE_NOT_READY: {},
            ELEMENT_STATUS_READ: [
              ...contradiction,
              { guard: 'readingIsReadyAndClaimed', target: 'loaded', actions: 'takeReading' },
              { guard: 'readingIsReady', target: 'dismountable', actions: 'takeReading' },
              { actions: 'takeReading' },
            ],
          },
        },
        dismounting: {
          description: 'The cartridge is free; the robot fetches it, or a person does.',
          tags: ['NTMS_DRIVESTATE_UNLOADED', 'NTMS_READY'],
          on: {
            MEDIUM_MOVED_OUT: { target: 'empty', actions: ['finishPending', 'forgetMedium'] },
            DISMOUNT_FAILED: { target: 'unloaded', actions: failPending('not-moved') },
          },
        },
        cleaning: {
          description: 'A cleaner comes, cleans and goes.',
          tags: ['NTMS_DRIVESTATE_BEING_CLEANED', 'NTMS_READY'],
          on: {
            MEDIUM_MOVED_IN: { guard: 'isVacant', actions: 'takeMedium' },
            MEDIUM_MOVED_OUT: { guard: 'isOccupied', actions: 'forgetMedium' },
            CLEANING_FINISHED: [
              { guard: 'isOccupied', target: 'unloaded', actions: 'finishCleaning' },
              { target: 'empty', actions: 'finishCleaning' },
            ],
            CLEANING_FAILED: [
              { guard: 'isOccupied', target: 'unloaded', actions: 'failCleaning' },
              { target: 'empty', actions: 'failCleaning' },
            ],
          },
        },
        failed: {
          description: 'Out of order until serviced.',
          initial: 'empty',
          on: {
            MOUNT_REQUESTED: [refuseMount.disabled, refuseMount.failed],
            CLAIMED: [refuseMount.disabled, refuseMount.failed],
            DISMOUNT_REQUESTED: [refuseDismount.disabled, refuseDismount.failed],
            EJECT_REQUESTED: [refuseDismount.robotic, refuseDismount.disabled, refuseDismount.failed],
            CLEANING_STARTED: [refuseCleaning.disabled, standAloneCleaning, refuseCleaning.failed],
            MEDIUM_MOVED_IN: { guard: 'isVacant', actions: 'takeMedium' },
            MEDIUM_MOVED_OUT: { guard: 'isOccupied', actions: 'forgetMedium' },
            MEDIUM_UNLOADED: { guard: 'isOccupied', actions: 'becomeNotReady' },
            CLOSED: { guard: 'isOpened', actions: 'countClosed' },
            ELEMENT_STATUS_READ: { actions: 'takeReading' },
            FAULT_REPORTED: { actions: ['noteFault'] },
            SERVICED: [
              { guard: 'isOccupied', target: 'unloaded', actions: ['clearFault', 'becomeNotReady', 'release'] },
              { target: 'empty', actions: 'clearFault' },
            ],
          },
          states: {
            empty: {
              description: 'Nothing inside, as far as known.',
              tags: ['NTMS_DRIVESTATE_DISMOUNTED', 'NTMS_NEEDS_SERVICE'],
              always: { guard: 'isOccupied', target: 'full' },
            },
            full: {
              description: 'A cartridge is inside.',
              tags: ['NTMS_DRIVESTATE_UNLOADED', 'NTMS_NEEDS_SERVICE'],
              always: { guard: 'isVacant', target: 'empty' },
            },
          },
        },
      },
    },
    availability: drainingAvailabilityRegion,
  },
});
