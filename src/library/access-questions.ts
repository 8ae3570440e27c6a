import { NtmsObjectsTypes, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { OperatorRequests } from './operator-requests.js';

/** A port or a door that a person has to look at. */
export interface AccessObject {
  readonly kind: 'port' | 'door';
  readonly id: string;
}

const typeOfKind = { port: NtmsObjectsTypes.NTMS_IEPORT, door: NtmsObjectsTypes.NTMS_IEDOOR } as const;

/** What is asked of people about ports and doors: one open request for each object and message, completed when it is over. */
export class AccessQuestions {
  readonly #operatorRequests: OperatorRequests;
  readonly #library: string;
  readonly #onNotice: (text: string) => void;

  constructor(options: {
    readonly operatorRequests: OperatorRequests;
    /** Its name, for messages. */
    readonly library: string;
    readonly onNotice: (text: string) => void;
  }) {
    this.#operatorRequests = options.operatorRequests;
    this.#library = options.library;
    this.#onNotice = options.onNotice;
  }

  /** A database that takes no request does not keep anything from going on. */
  ask({ kind, id }: AccessObject, what: string): void {
    const message = `${this.#library}: ${what}`;
    this.#onNotice(message);
    try {
      this.#operatorRequests.raise({
        command: NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE,
        message,
        arg1: { type: typeOfKind[kind], id },
      });
    } catch (error) {
      this.#onNotice(`the operator request could not be stored: ${String(error)}`);
    }
  }

  /** What was asked about the object is over. */
  settle(id: string): void {
    for (const row of this.#operatorRequests.open()) if (row.arg1 === id) this.#operatorRequests.settle(row.id);
  }
}
