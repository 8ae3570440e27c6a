import type { Test } from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import {
  attachIscsi,
  type AttachIscsiOptions,
  type IscsiAttachError,
  type IscsiAttachment,
} from '../../../../devices/virtual/attach/iscsi/index.js';
import { TestTarget } from '../../transport/test-target.js';
import { RawInitiator, type LoginWishes } from './iscsi-raw-initiator.js';

export interface TargetRig {
  readonly clock: SimulatedClock;
  readonly target: TestTarget;
  readonly attachment: IscsiAttachment;
  readonly errors: IscsiAttachError[];
  /** A raw initiator that ends with the test. */
  readonly connect: () => Promise<RawInitiator>;
  readonly loggedIn: (wishes?: LoginWishes) => Promise<RawInitiator>;
  /** Resolves once the owner of the target was told of so many errors. */
  readonly told: (count?: number) => Promise<void>;
}

/** The iSCSI target in front of the test target, on a free port of this machine; it ends with the test. */
export async function targetRig(
  t: Test,
  options: Partial<AttachIscsiOptions> & { readonly testTarget?: (clock: SimulatedClock) => TestTarget } = {},
): Promise<TargetRig> {
  const clock = new SimulatedClock();
  const { testTarget, ...rest } = options;
  const target = testTarget?.(clock) ?? new TestTarget(clock);
  const errors: IscsiAttachError[] = [];
  let wake: () => void = () => undefined;
  const attachment = await attachIscsi({
    target,
    clock,
    port: 0,
    luns: [0, 1],
    onError: (error) => {
      errors.push(error);
      wake();
    },
    ...rest,
    limits: { shutdownGraceMs: 0, ...rest.limits },
  });
  const initiators: RawInitiator[] = [];
  t.teardown(async () => {
    for (const initiator of initiators) initiator.drop();
    await attachment.close();
  });
  const keep = async (opening: Promise<RawInitiator>): Promise<RawInitiator> => {
    const initiator = await opening;
    initiators.push(initiator);
    return initiator;
  };
  return {
    clock,
    target,
    attachment,
    errors,
    connect: () => keep(RawInitiator.connect(attachment.portal)),
    loggedIn: (wishes) => keep(RawInitiator.loggedIn(attachment.portal, wishes)),
    told: async (count = 1) => {
      while (errors.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

/** Asks again, one turn of the event loop apart, until `met`. */
export async function eventually(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setImmediate(resolve));
}
