import {
  NtmsDriveState,
  NtmsMediaState,
  NtmsOperationalState,
  NtmsPortContent,
  NtmsSlotState,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { DriveRow, PortRow } from '../objects/rows.js';
import type { ElementInput } from './element-actors.js';

/** In which states the machines of elements start, by what their records say. */

export const slotStates: Readonly<Record<number, NonNullable<ElementInput<'slot'>['initial']>>> = {
  [NtmsSlotState.NTMS_SLOTSTATE_UNKNOWN]: 'unknown',
  [NtmsSlotState.NTMS_SLOTSTATE_FULL]: 'full',
  [NtmsSlotState.NTMS_SLOTSTATE_EMPTY]: 'empty',
  [NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT]: 'notPresent',
  [NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY]: 'needsInventory',
};

export const mediumStates: Readonly<Record<number, NonNullable<ElementInput<'medium'>['initial']>>> = {
  [NtmsMediaState.NTMS_MEDIASTATE_IDLE]: 'idle',
  [NtmsMediaState.NTMS_MEDIASTATE_INUSE]: 'inUse',
  [NtmsMediaState.NTMS_MEDIASTATE_MOUNTED]: 'mounted',
  [NtmsMediaState.NTMS_MEDIASTATE_LOADED]: 'loaded',
  [NtmsMediaState.NTMS_MEDIASTATE_UNLOADED]: 'unloaded',
  [NtmsMediaState.NTMS_MEDIASTATE_OPERROR]: 'operatorError',
  [NtmsMediaState.NTMS_MEDIASTATE_OPREQ]: 'operatorRequest',
};

const driveStates: Readonly<Record<number, NonNullable<ElementInput<'drive'>['initial']>>> = {
  [NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED]: 'empty',
  // A cartridge that was spinning up when work stopped is asked again by the mount that wants it.
  [NtmsDriveState.NTMS_DRIVESTATE_MOUNTED]: 'unloaded',
  [NtmsDriveState.NTMS_DRIVESTATE_LOADED]: 'loaded',
  [NtmsDriveState.NTMS_DRIVESTATE_UNLOADED]: 'unloaded',
  [NtmsDriveState.NTMS_DRIVESTATE_BEING_CLEANED]: 'cleaning',
  [NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTABLE]: 'dismountable',
};

/** Where a port of a former run stands nobody knows; the work that uses it pulls it in first. */
export function portInput(store: ObjectStore, row: PortRow): ElementInput<'port'> {
  const contents = {
    [NtmsPortContent.NTMS_PORTCONTENT_UNKNOWN]: 'unknown',
    [NtmsPortContent.NTMS_PORTCONTENT_FULL]: 'full',
    [NtmsPortContent.NTMS_PORTCONTENT_EMPTY]: 'empty',
  } as const;
  return {
    portId: row.id,
    elementAddress: row.elementAddress,
    content: contents[row.content as NtmsPortContent],
    mediumId: store.table('physicalMedia').find({ location: row.id })?.id ?? null,
    maxExtendMs: row.maxExtendSecs * 1000,
    enabled: row.enabled,
  };
}

export function driveInput(store: ObjectStore, row: DriveRow): ElementInput<'drive'> {
  const medium = store.table('physicalMedia').find({ location: row.id });
  const failed = row.operationalState === NtmsOperationalState.NTMS_NEEDS_SERVICE;
  return {
    driveId: row.id,
    elementAddress: row.elementAddress,
    initial: failed ? 'failed' : (driveStates[row.state] ?? 'empty'),
    mediumId: medium?.id ?? null,
    claimed: (medium?.claimedBy ?? null) !== null,
    enabled: row.enabled,
  };
}
