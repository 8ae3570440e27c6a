import { setTimeout as sleep } from 'node:timers/promises';
import { OperationCode } from '../../../devices/scsi/opcodes.js';
import type { TransportResult } from '../../../devices/transport/scsi-transport.js';
import { Carrier } from '../carrier.js';
import { waitInGuest } from '../guest-devices.js';
import type { GuestMachine } from '../guest-machine.js';
import { changerSteps, compareInventory, type ChangerSubject } from '../judge/changer-steps.js';
import { labelsIn, viewOfTgt } from '../judge/element-view.js';
import type { Bench, Part } from '../part.js';
import { QuickClock } from '../quick-clock.js';
import { doBefore, unreadBytes } from '../stopped-server.js';
import {
  blockNodeId,
  frontEndId,
  tgtChangerDevices,
  unitId,
  usbSerialNumber,
  type FrontEnd,
} from '../tgt-changer-devices.js';

/** QEMU gives all its USB storage devices these ids. */
export const qemuUsb = { vendorId: 0x46f4, productId: { 'usb-bot': 0x0001, 'usb-uas': 0x0003 } } as const;

type UsbFrontEnd = Extract<FrontEnd, { controller: string }>;
const HOST_CONTROLLERS = 'modprobe -a ehci_pci xhci_pci';
const SPEED = 15;

async function carrierIn(bench: Bench, guest: GuestMachine): Promise<Carrier> {
  await guest.must(HOST_CONTROLLERS);
  await waitInGuest(guest, 'grep -qs 46f4 /sys/bus/usb/devices/*/idVendor');
  return Carrier.start(bench, guest);
}

/** Part 2 of the bench, second half: our USB transport against a device in which nothing is ours. */
function usbTransport(protocol: 'bulk-only' | 'uas', frontEnd: UsbFrontEnd): Part {
  return {
    name: `usb-qemu-${protocol}`,
    shows: `our USB transport (${protocol}) drives QEMU's ${frontEnd.device} in front of tgt, also when it is unplugged in the middle of MOVE MEDIUM`,
    timeoutMs: 180_000,
    run: async (bench, report) => {
      const tgt = await bench.tgt();
      const guest = await bench.guest({ devices: tgtChangerDevices(tgt, frontEnd) });
      const carrier = await carrierIn(bench, guest);
      const transport = await carrier.make({
        kind: 'usb',
        vendorId: qemuUsb.vendorId,
        productId: qemuUsb.productId[frontEnd.device],
        protocol: 'auto',
      });
      await transport.open();
      report.equal(transport.protocol, protocol, `left to itself, it drives the device by ${protocol}`);
      let tgtStops = false;
      const subject: ChangerSubject = {
        transport: doBefore(transport, OperationCode.MOVE_MEDIUM, () => {
          if (tgtStops) process.kill(tgt.pid, 'SIGSTOP');
          tgtStops = false;
        }),
        lun: 0,
        truth: async () => viewOfTgt(await tgt.elements()),
        clock: new QuickClock(SPEED),
        vendor: 'STGT',
        product: 'VMCHANGER',
      };
      const { changer, slots, drives } = await changerSteps(report, subject);
      const [slot = 0, otherSlot = 0] = slots;
      const [drive = 0] = drives;
      const before = labelsIn(await subject.truth());

      // tgt takes no time for a motion: it is stopped, so that the cable can be pulled while the command is under way.
      tgtStops = true;
      const moving = changer.moveAndVerify({ source: slot, destination: drive });
      const removed = await whileStopped(tgt.pid, async () => {
        await unreadBytes(Number(tgt.portal.split(':')[1]));
        const removing = guest.monitor.removeDevice(frontEndId);
        // QEMU asks tgt to abort what is under way, and may wait for the answer before it lets go.
        await Promise.race([removing, sleep(500)]);
        return { removing };
      });
      await removed.removing;
      await waitInGuest(guest, '! grep -qs 46f4 /sys/bus/usb/devices/*/idVendor', 15);
      report.ok(true, 'the device is unplugged while MOVE MEDIUM is under way');
      await plugIn(guest, frontEnd);
      const moved = await moving;
      report.equal(moved.failure?.transport?.code, 'disconnected', 'the command failed as disconnected');
      report.equal(moved.failure?.executed, 'unknown', 'and it is not known to be executed');
      const after = await compareInventory(report, changer, subject, 'after it was plugged in again');
      const reached = after.drives[0]?.label !== null;
      report.equal(
        moved.outcome,
        reached ? 'moved' : 'not-moved',
        `what is told is what the device has: ${moved.message}`,
      );
      report.equal(labelsIn(after), before, 'every cartridge is there, each once');
      const source = reached ? drive : slot;
      const next = await changer.moveAndVerify({ source, destination: reached ? slot : drive });
      report.equal(next.outcome, 'moved', `the next motion goes on: ${next.message}`);
      const last = await changer.moveAndVerify({ source: otherSlot, destination: reached ? drive : slot });
      report.equal(last.outcome, 'moved', `and the one after it: ${last.message}`);
      await compareInventory(report, changer, subject, 'at the end');
      await transport.close();
    },
  };
}

/** Lets a stopped process go on when `work` has ended, whichever way. */
async function whileStopped<T>(pid: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** QEMU has device and units apart: one that comes later has to be told when all of its units are there. */
async function plugIn(guest: GuestMachine, { device }: UsbFrontEnd): Promise<void> {
  const { monitor } = guest;
  await monitor.execute('device_add', { driver: device, id: frontEndId, bus: 'usb.0', serial: usbSerialNumber });
  await monitor.execute('device_add', {
    ...{ driver: 'scsi-generic', id: unitId, bus: `${frontEndId}.0`, drive: blockNodeId },
    ...{ 'scsi-id': 0, lun: 0 },
  });
  await monitor.execute('qom-set', { path: `/machine/peripheral/${frontEndId}`, property: 'attached', value: true });
}

const streams: Part = {
  name: 'usb-qemu-uas-streams',
  shows:
    "our USB transport says what is wrong with QEMU's usb-uas at super speed, which demands streams and has no Bulk-Only setting",
  timeoutMs: 90_000,
  run: async (bench, report) => {
    const tgt = await bench.tgt();
    const guest = await bench.guest({
      devices: tgtChangerDevices(tgt, { device: 'usb-uas', controller: 'qemu-xhci' }),
    });
    const carrier = await carrierIn(bench, guest);
    for (const protocol of ['auto', 'uas', 'bulk-only'] as const) {
      const ids = { vendorId: qemuUsb.vendorId, productId: qemuUsb.productId['usb-uas'] };
      const transport = await carrier.make({ kind: 'usb', ...ids, protocol, reconnectMs: 0 });
      const opened: unknown = await transport.open().then(
        () => 'it opened',
        (error: unknown) => error,
      );
      const { code, message } = opened as { code?: unknown; message?: unknown };
      report.equal(code, 'unsupported', `protocol ${protocol} is refused as unsupported`);
      report.match(String(message), protocol === 'bulk-only' ? /Bulk-Only/ : /stream/, `in words: ${String(message)}`);
      const tried: TransportResult = await transport.execute({ lun: 0, cdb: new Uint8Array(6), timeoutMs: 5_000 });
      report.equal(tried.kind === 'failed' && tried.failure.executed, 'no', 'a command is known not to be executed');
      await transport.close();
    }
  },
};

export const usbQemuParts: readonly Part[] = [
  usbTransport('bulk-only', { device: 'usb-bot', controller: 'qemu-xhci' }),
  usbTransport('uas', { device: 'usb-uas', controller: 'usb-ehci' }),
  streams,
];
