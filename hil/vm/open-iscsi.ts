import type { GuestMachine, GuestResult } from './guest-machine.js';

/** The guest's own name as an initiator. */
export const guestInitiatorName = 'iqn.2026-11.test.bench:guest';

/** The kernel's iSCSI initiator in a guest, by Debian's open-iscsi. */
export class OpenIscsi {
  readonly #guest: GuestMachine;
  readonly #portal: string;
  readonly #target: string;

  private constructor(guest: GuestMachine, portal: string, target: string) {
    this.#guest = guest;
    this.#portal = portal;
    this.#target = target;
  }

  /** Starts iscsid; `portal` is as the guest reaches it. */
  static async start(guest: GuestMachine, portal: string, target: string): Promise<OpenIscsi> {
    await guest.must(
      `modprobe -a iscsi_tcp crc32c_generic sg ch st
       mkdir -p /run/lock/iscsi && echo InitiatorName=${guestInitiatorName} >/etc/iscsi/initiatorname.iscsi
       iscsid`,
    );
    return new OpenIscsi(guest, portal, target);
  }

  /** SendTargets; what iscsiadm prints of it. */
  discover(): Promise<string> {
    return this.#guest.must(`iscsiadm -m discovery -t sendtargets -p ${this.#portal}`);
  }

  /** Makes the record of the target without asking the target. */
  async know(): Promise<void> {
    await this.#node('-o new');
  }

  /** Changes settings of the target's record: `node.session.auth.username`. */
  async set(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) await this.#node(`-o update -n '${name}' -v '${value}'`);
  }

  login(): Promise<GuestResult> {
    return this.#guest.run(`iscsiadm -m node -T ${this.#target} -p ${this.#portal} --login`);
  }

  logout(): Promise<GuestResult> {
    return this.#guest.run(`iscsiadm -m node -T ${this.#target} -p ${this.#portal} --logout`);
  }

  async #node(words: string): Promise<void> {
    await this.#guest.must(`iscsiadm -m node -T ${this.#target} -p ${this.#portal} ${words}`);
  }
}
