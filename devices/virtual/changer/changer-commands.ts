import type { CommandTable, DeviceServer } from '../device-server.js';
import { diagnosticCommands } from '../diagnostic-commands.js';
import { logCommands } from '../log-commands.js';
import { modeCommands } from '../mode-commands.js';
import { SelfTests } from '../self-tests.js';
import type { Changer } from './changer.js';
import { changerModePages, wantsDescriptorFormat } from './changer-mode-pages.js';
import { changerSelfTest } from './changer-self-test.js';
import { elementInformationCommands } from './element-information-commands.js';
import type { DriveInElement } from './element-report.js';
import { elementStatusCommands } from './element-status-commands.js';
import { importExportCommands } from './import-export-commands.js';
import { checkReady } from './motion-checks.js';
import { motionCommands } from './motion-commands.js';
import { volumeTagCommands } from './volume-tag-commands.js';

/** What makes a logical unit a medium changer (SMC-3), beside the commands that every unit has. */
export function changerCommands(
  changer: Changer,
  server: DeviceServer,
  options: { readonly driveIn: (address: number) => DriveInElement | undefined; readonly nowMs: () => number },
): readonly CommandTable[] {
  const selfTests = new SelfTests(server, changerSelfTest(changer), options.nowMs);
  const modePages = changerModePages(changer.profile);
  server.descriptorFormatSense = () => wantsDescriptorFormat(modePages);
  return [
    diagnosticCommands(selfTests, () => checkReady(changer)),
    modeCommands(server, modePages),
    logCommands(server, [selfTests, changer.statistics, changer.alerts]),
    elementStatusCommands(changer, options.driveIn),
    elementInformationCommands(changer),
    motionCommands(changer),
    volumeTagCommands(changer),
    importExportCommands(changer),
  ];
}
