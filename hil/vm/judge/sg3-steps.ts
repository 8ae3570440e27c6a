import type { GuestMachine } from '../guest-machine.js';
import type { Report } from '../tap-writer.js';

export interface Sg3Subject {
  readonly guest: GuestMachine;
  readonly device: string;
  /** What INQUIRY says of its kind, as sg_inq prints it: `medium changer`, `tape`. */
  readonly kind: string;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  /** Commands that REPORT SUPPORTED OPERATION CODES must name, as sg_opcodes prints them. */
  readonly commands: readonly string[];
}

/** The programs of sg3-utils ask the device what it is, what it has and what it can, and must like each answer. */
export async function sg3Steps(report: Report, subject: Sg3Subject): Promise<void> {
  const { guest, device, kind } = subject;
  const ask = async (command: string): Promise<string> => {
    const { status, stdout, stderr } = await guest.run(`${command} ${device}`);
    report.ok(
      status === 0 && stderr === '',
      `${command} of the ${kind} ends well, without a complaint`,
      `status ${status}: ${stderr}`,
    );
    return stdout;
  };
  const inquiry = await ask('sg_inq');
  report.match(inquiry, new RegExp(`Vendor identification: ${subject.vendor}\\b`), `sg_inq: ${subject.vendor}`);
  report.match(inquiry, new RegExp(`Product identification: ${subject.product}\\b`), `sg_inq: ${subject.product}`);
  report.match(inquiry, new RegExp(kind), `sg_inq: ${kind}`);
  report.match(await ask('sg_inq -p sn'), new RegExp(`: ${subject.serialNumber}\\s*$`), 'sg_inq: the serial number');
  report.match(await ask('sg_inq -p di'), /designator|identification/i, 'sg_inq: the device identification page');
  report.match(await ask('sg_modes -a'), /page/i, 'sg_modes: mode pages');
  report.match(await ask('sg_logs -a'), /page/i, 'sg_logs: log pages');
  const opcodes = await ask('sg_opcodes');
  for (const command of subject.commands) {
    report.match(opcodes, new RegExp(command, 'i'), `sg_opcodes: ${command}`);
  }
  await ask('sg_turs');
  const { stderr } = await guest.run(`sg_requests ${device}`);
  report.match(stderr, /No Sense/, 'sg_requests: nothing to tell');
  await ask('sg_senddiag -t');
  await ask('sg_read_buffer -m 3');
  await ask(`${subject.kind === 'tape' ? 'tapeinfo' : 'loaderinfo'} -f`);
}
