import type { Test } from 'tap';
import { SimulatedClock } from '../../../../../devices/clock.js';
import { IscsiTransport, type IscsiTransportOptions } from '../../../../../devices/transport/iscsi/index.js';
import type {
  CompletedCommand,
  TransportFailure,
  TransportResult,
} from '../../../../../devices/transport/scsi-transport.js';
import { TestTarget } from '../../test-target.js';
import { ScriptedPeer, type PeerOptions } from './scripted-peer.js';

export const peerTarget = 'iqn.2026-11.test.peer:library';

export interface PeerRig {
  readonly clock: SimulatedClock;
  readonly target: TestTarget;
  readonly peer: ScriptedPeer;
  readonly transport: IscsiTransport;
}

/** A scripted peer with the test target behind it, and a transport to it; both end with the test. */
export async function peerRig(
  t: Test,
  peerOptions: PeerOptions = {},
  transportOptions: Partial<IscsiTransportOptions> = {},
): Promise<PeerRig> {
  const clock = new SimulatedClock();
  const target = new TestTarget(clock);
  const peer = await ScriptedPeer.listen({ target, ...peerOptions });
  const transport = new IscsiTransport({ portal: peer.portal, target: peerTarget, clock, ...transportOptions });
  t.teardown(async () => {
    const closed = transport.close();
    // Whatever still waits for an answer that a scripted peer never gives.
    await clock.advance(120_000);
    await closed;
    await peer.close();
  });
  return { clock, target, peer, transport };
}

export function failureOf(result: TransportResult): TransportFailure | undefined {
  return result.kind === 'failed' ? result.failure : undefined;
}

/** The completed command. Throws with the failure's words otherwise. */
export function completedOf(result: TransportResult): CompletedCommand {
  if (result.kind === 'failed') throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result;
}
