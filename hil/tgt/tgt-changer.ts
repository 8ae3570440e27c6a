import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { attachTgt, DEFAULT_TGT_PORT, DEFAULT_TGT_TARGET, startTgt, type TgtAccount } from './start-tgt.js';
import { TgtError } from './tgt-error.js';

/**
 * Starts, shows and stops the tgt bench from a shell:
 * `npx tsx hil/tgt/tgt-changer.ts start --dir /tmp/bench`, `... show --dir /tmp/bench`, `... stop --dir /tmp/bench`.
 */
const program = new Command('tgt-changer').description('A private tgtd on loopback with one tape library');

program
  .command('start')
  .requiredOption('--dir <folder>', 'where tapes, log and control socket go')
  .option('--port <number>', 'TCP port', wholeNumber, DEFAULT_TGT_PORT)
  .option('--target <iqn>', 'iSCSI name of the target', DEFAULT_TGT_TARGET)
  .option('--drives <number>', 'tape drives, from element 256', wholeNumber, 2)
  .option('--slots <number>', 'storage elements, from element 4096', wholeNumber, 6)
  .option('--ports <number>', 'import/export elements, from element 16', wholeNumber, 1)
  .option('--tapes <number>', 'cartridges with barcodes TGT001L8 and up', wholeNumber, 4)
  .option('--chap <user:secret>', 'what initiators must prove', account)
  .option('--outgoing <user:secret>', 'what the target proves itself with: mutual CHAP', account)
  .action(async (options) => {
    const bench = await startTgt({ ...options, detached: true });
    console.log(`tgtd ${bench.pid} serves ${bench.target} at ${bench.portal}, changer LUN ${bench.changerLun}`);
  });

program
  .command('show')
  .description("tgt's own view of its elements")
  .requiredOption('--dir <folder>', 'as given to start')
  .action(async ({ dir }) => {
    const bench = await attachTgt(dir);
    console.log(`tgtd ${bench.pid} serves ${bench.target} at ${bench.portal}, changer LUN ${bench.changerLun}`);
    for (const { address, type, barcode, source } of await bench.elements()) {
      const from = source === undefined ? '' : ` from ${source}`;
      console.log(`${typeNames[type] ?? type} ${address}: ${barcode ?? 'empty'}${from}`);
    }
  });

program
  .command('stop')
  .requiredOption('--dir <folder>', 'as given to start')
  .action(async ({ dir }) => {
    const bench = await attachTgt(dir);
    await bench.stop();
    console.log(`tgtd ${bench.pid} is stopped`);
  });

const typeNames: Readonly<Record<number, string>> = { 1: 'picker', 2: 'slot', 3: 'port', 4: 'drive' };

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function account(text: string): TgtAccount {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) throw new InvalidArgumentError('Write user:secret.');
  return { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof TgtError)) throw error;
  console.error(`tgt-changer: ${error.message}`);
  process.exitCode = 1;
}
