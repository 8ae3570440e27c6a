/**
 * The region that stands beside an element's operation: an administrator switches an element off and on
 * (DisableNtmsObject, EnableNtmsObject), whatever it is doing. Tags: `ENABLED`, `DISABLED`.
 * A machine that uses it has the guard `startsDisabled`.
 */
export const availabilityRegion = {
  initial: 'routing',
  states: {
    routing: { always: [{ guard: 'startsDisabled', target: 'disabled' }, { target: 'enabled' }] },
    enabled: { tags: ['ENABLED'], on: { DISABLED: { target: 'disabled' } } },
    disabled: { tags: ['DISABLED'], on: { ENABLED: { target: 'enabled' } } },
  },
} as const;

/**
 * The same for an element that moves media: what is under way is finished first, new work is refused at once. So no
 * command ever goes to a disabled element, and no cartridge is left between two places.
 * A machine that uses it has the guards `startsDisabled` and `isAtRest`.
 */
export const drainingAvailabilityRegion = {
  initial: 'routing',
  states: {
    routing: { always: [{ guard: 'startsDisabled', target: 'disabled' }, { target: 'enabled' }] },
    enabled: {
      tags: ['ENABLED'],
      on: { DISABLED: [{ guard: 'isAtRest', target: 'disabled' }, { target: 'disabling' }] },
    },
    disabling: {
      tags: ['ENABLED'],
      always: { guard: 'isAtRest', target: 'disabled' },
      on: { ENABLED: { target: 'enabled' } },
    },
    disabled: { tags: ['DISABLED'], on: { ENABLED: { target: 'enabled' } } },
  },
} as const;

export const availabilityLeaves = ['availability.enabled', 'availability.disabled'] as const;
export const drainingAvailabilityLeaves = [...availabilityLeaves, 'availability.disabling'] as const;

/** An administrator switched the element on or off. */
export type AvailabilityEvent = { readonly type: 'ENABLED' } | { readonly type: 'DISABLED' };
