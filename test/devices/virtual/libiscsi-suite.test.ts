import { execFile, spawnSync } from 'node:child_process';
import t from 'tap';
import { SystemClock } from '../../../devices/clock.js';
import { attachIscsi } from '../../../devices/virtual/attach/iscsi/index.js';
import { diskLikeTarget } from './disk-like-unit.js';

const suite = 'iscsi-test-cu';
const isThere = spawnSync('sh', ['-c', `command -v ${suite}`]).status === 0;
const skip = isThere ? false : `${suite} is not installed (Debian: libiscsi-bin)`;

interface Summary {
  readonly output: string;
  readonly ran: number;
  readonly failed: number;
}

/** Runs tests of libiscsi's suite over iSCSI, with as many sessions as they ask for. */
function runSuite(url: string, tests: string): Promise<Summary> {
  return new Promise((resolve, reject) => {
    execFile(suite, ['-d', '-n', '-t', tests, url], (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      const counts = /^ +tests +\d+ +(\d+) +\d+ +(\d+)/m.exec(output);
      if (counts === null) reject(new Error(`no summary came from ${suite}: ${output}`, { cause: error }));
      else resolve({ output, ran: Number(counts[1]), failed: Number(counts[2]) });
    });
  });
}

void t.test("libiscsi's suite, which nobody here wrote, finds in the device server no fault", { skip }, async (t) => {
  const attachment = await attachIscsi({ target: diskLikeTarget(), clock: new SystemClock(), port: 0, luns: [0] });
  t.teardown(() => attachment.close());
  const url = `iscsi://${attachment.portal}/${attachment.targetName}/0`;
  for (const [tests, atLeast] of [
    ['SCSI.Prin*', 4],
    ['SCSI.Prout*', 16],
    ['SCSI.ReportSupportedOpcodes.*', 4],
    ['SCSI.Reserve6.*', 7],
    ['SCSI.PreventAllow.*', 8],
    ['SCSI.ModeSense6.*', 5],
    ['SCSI.TestUnitReady.*', 1],
  ] as const) {
    const { output, ran, failed } = await runSuite(url, tests);
    if (failed > 0) t.comment(output);
    t.equal(failed, 0, tests);
    t.ok(ran >= atLeast, `${tests}: ${ran} tests`);
  }
});
