import { AdditionalSense } from '../scsi/asc-ascq.js';
import { ScsiFormatError } from '../scsi/format-error.js';
import { OperationCode } from '../scsi/opcodes.js';
import {
  decodeDiagnosticPage,
  DiagnosticPage,
  encodeSupportedDiagnosticPages,
  parseReceiveDiagnosticResultsCdb,
} from '../scsi/spc/receive-diagnostic-results.js';
import { parseSendDiagnosticCdb, SelfTestCode } from '../scsi/spc/send-diagnostic.js';
import { illegalRequest, invalidFieldInCdb, invalidFieldInParameterList } from './check-condition.js';
import type { Command, CommandTable } from './device-server.js';
import { cutTo } from './primary-commands.js';
import type { SelfTests } from './self-tests.js';

/**
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-4): self-tests, and page 00h. `refuseUnlessReady` says why a test
 * cannot begin now.
 */
export function diagnosticCommands(tests: SelfTests, refuseUnlessReady: () => void): CommandTable {
  const sendDiagnostic: Command = {
    async run({ cdb, dataOut }) {
      const { selfTestCode, selfTest, pageFormat, parameterListLength } = parseSendDiagnosticCdb(cdb);
      const isTest = selfTest || selfTestCode !== SelfTestCode.NONE;
      if (selfTest && selfTestCode !== SelfTestCode.NONE) throw invalidFieldInCdb(1, 7);
      if (parameterListLength > 0) {
        if (isTest) throw invalidFieldInCdb(3);
        if (!pageFormat) throw invalidFieldInCdb(1, 4);
        if (dataOut.length < parameterListLength) throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        acceptPage(dataOut.subarray(0, parameterListLength));
        return undefined;
      }
      if (!isTest) return undefined;
      if (selfTestCode === SelfTestCode.ABORT_BACKGROUND) {
        // The code is valid only while such a test runs (SPC-4).
        if (!tests.abortBackground()) throw invalidFieldInCdb(1, 7);
        return undefined;
      }
      await startTest(tests, selfTestCode, refuseUnlessReady);
      return undefined;
    },
  };

  const receiveDiagnosticResults: Command = {
    run({ cdb }) {
      const { pageCodeValid, pageCode, allocationLength } = parseReceiveDiagnosticResultsCdb(cdb);
      // Without PCV it is the page of the last SEND DIAGNOSTIC, and only this one could be sent.
      if (pageCodeValid && pageCode !== DiagnosticPage.SUPPORTED_PAGES) throw invalidFieldInCdb(2);
      return cutTo(allocationLength, encodeSupportedDiagnosticPages(Object.values(DiagnosticPage)));
    },
  };

  return new Map([
    [OperationCode.SEND_DIAGNOSTIC, sendDiagnostic],
    [OperationCode.RECEIVE_DIAGNOSTIC_RESULTS, receiveDiagnosticResults],
  ]);
}

async function startTest(tests: SelfTests, selfTestCode: number, refuseUnlessReady: () => void): Promise<void> {
  switch (selfTestCode) {
    case SelfTestCode.NONE:
    case SelfTestCode.FOREGROUND_SHORT:
    case SelfTestCode.FOREGROUND_EXTENDED:
      refuseUnlessReady();
      return tests.foreground(selfTestCode, selfTestCode === SelfTestCode.FOREGROUND_EXTENDED);
    case SelfTestCode.BACKGROUND_SHORT:
    case SelfTestCode.BACKGROUND_EXTENDED:
      refuseUnlessReady();
      tests.background(selfTestCode, selfTestCode === SelfTestCode.BACKGROUND_EXTENDED);
      return;
    default:
      throw invalidFieldInCdb(1, 7);
  }
}

/** Page 00h asks for the list of pages; a host reads it with the next RECEIVE DIAGNOSTIC RESULTS. */
function acceptPage(list: Uint8Array): void {
  try {
    const { pageCode, content } = decodeDiagnosticPage(list);
    if (pageCode !== DiagnosticPage.SUPPORTED_PAGES) throw invalidFieldInParameterList(0);
    if (content.length > 0) throw invalidFieldInParameterList(2);
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    throw illegalRequest(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
  }
}
