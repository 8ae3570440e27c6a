/** Where the documents are silent or contradict each other: what the machines do, and why. */
export interface Decision {
  /** The machine's id. */
  readonly machine: string;
  readonly decision: string;
  readonly reason: string;
}

export const decisions: readonly Decision[] = [
  {
    machine: 'drive',
    decision: 'A dismount of an empty or an opened drive is refused; `reason` tells `empty` from `opened`.',
    reason: 'The API has one code for both (ERROR_INVALID_STATE); the reason goes into its detail.',
  },
  {
    machine: 'drive',
    decision: 'Disabled is checked before the content.',
    reason: 'That is the documented order of checks for DismountNtmsDrive.',
  },
  {
    machine: 'drive',
    decision: 'Empty and opened are refused on stand-alone drives too; only the rest becomes dismountable.',
    reason: 'The errors are documented first, the stand-alone exception after them.',
  },
  {
    machine: 'drive',
    decision: 'Dismounting what already is dismountable in a stand-alone drive succeeds and changes nothing.',
    reason: 'The caller gets the state asked for.',
  },
  {
    machine: 'drive',
    decision:
      'Eviction and tidying are the same DISMOUNT_REQUESTED; how long a deferred cartridge stays is not decided here.',
    reason: 'The minimum stay is a setting of the library. A drive has no clock.',
  },
  {
    machine: 'drive',
    decision: 'A drive that spun down is `unloaded`; its cartridge can be claimed again or dismounted.',
    reason: 'Nothing is lost, and nobody should need a robot for it.',
  },
  {
    machine: 'drive',
    decision: 'A cartridge that is found inside without a mount is `dismountable` when ready, else `unloaded`.',
    reason: 'No session holds it, so the next mount may claim or evict it.',
  },
  {
    machine: 'drive',
    decision: 'A cartridge with another bar code than believed makes the drive `unloaded` and released.',
    reason: 'A mount must never be answered "done" with the wrong cartridge.',
  },
  {
    machine: 'drive',
    decision: 'Cleaning a filled robotic drive is refused with `occupied`.',
    reason: 'The library evicts a dismountable cartridge first, or lets the work item wait.',
  },
  {
    machine: 'drive',
    decision: 'A failed drive shows UNLOADED with a cartridge inside and DISMOUNTED without, and NEEDS_SERVICE.',
    reason: 'NtmsDriveState has no value for failed; UNLOADED means ready to be opened to take the cartridge out.',
  },
  {
    machine: 'drive',
    decision: 'DISABLED while something moves takes effect when it has ended; new work is refused at once.',
    reason:
      'No command may go to a disabled element, and no cartridge may be left on the way. The work item that disables a drive sends the dismount first.',
  },
  {
    machine: 'cleanerSlot',
    decision: 'A cleaner that is in a drive still counts as in its slot.',
    reason: 'It comes back, and its slot must not be given up or filled meanwhile.',
  },
  {
    machine: 'cleanerSlot',
    decision: 'A cleaner that is injected with no use left is accepted and spent at once.',
    reason: 'The caller said so; the next cleaning asks for another one.',
  },
  {
    machine: 'cleanerSlot',
    decision: 'A drive that refuses the cleaner as used up overrules the count, also one that is not counted.',
    reason: 'The hardware is believed over the database.',
  },
  {
    machine: 'cleanerSlot',
    decision: 'The reservation outlives the cleaner; only ReleaseNtmsCleanerSlot ends it.',
    reason: 'One page asks for a reservation before an eject: that is the slot that holds the cleaner.',
  },
  {
    machine: 'picker',
    decision: 'MOVE_COMPLETED is not the end: the elements are read back first.',
    reason: 'Status GOOD is no proof. Some changers answer before the cartridge is seated.',
  },
  {
    machine: 'picker',
    decision: 'After an unknown outcome nothing moves until the cartridge is found.',
    reason: 'A second motion could collide, or make the search hopeless.',
  },
  {
    machine: 'picker',
    decision: 'A picker that holds a cartridge moves only that one.',
    reason: 'It has one place.',
  },
  {
    machine: 'slot',
    decision: 'An empty slot stays reserved for the cartridge that left, unless it left for good.',
    reason: 'It counts as EMPTY but must not be handed out, or the cartridge has no way home.',
  },
  {
    machine: 'slot',
    decision: 'A filled slot without a name for its content needs inventory.',
    reason: 'A guess would be a cartridge doubled or lost.',
  },
  {
    machine: 'port',
    decision: 'The time limit is MaxExtendSecs of the port.',
    reason: 'The library object, which another text names, has no such field.',
  },
  {
    machine: 'port',
    decision: 'When the limit is over the port is retracted; only if it stays out is the operator asked.',
    reason: 'One text ends the inject, the other raises a request: this does both in turn.',
  },
  {
    machine: 'port',
    decision: 'An ejected cartridge that nobody took is pulled back to its slot.',
    reason: 'A port left full blocks every later inject and eject.',
  },
  {
    machine: 'port',
    decision: 'Without a free slot the job fails and the cartridge stays in the port.',
    reason: 'Every request must end; the operator request lives on by itself.',
  },
  {
    machine: 'door',
    decision: 'Unlocked is a state of its own that shows CLOSED.',
    reason: 'NtmsDoorState has no value for it, yet it decides what happens next.',
  },
  {
    machine: 'door',
    decision: 'A door opened without a request is treated as if it had been asked for with the default inventory.',
    reason: 'What was changed inside is unknown.',
  },
  {
    machine: 'physicalMedium',
    decision: 'A cartridge left in a dismountable drive is IDLE; UNLOADED is only the way out of the drive.',
    reason: 'It can be mounted again. The dismountable media state that one text names does not exist.',
  },
  {
    machine: 'physicalMedium',
    decision:
      'A fault is accepted in every state, and after it the former state comes back if the cartridge still is in the drive.',
    reason: 'Cartridges also stick on the picker.',
  },
  {
    machine: 'physicalMedium',
    decision: 'Deleting is an effect, not a state.',
    reason: 'A machine in a final state swallows events unseen.',
  },
  {
    machine: 'side',
    decision: 'Deallocating or completing a mounted side is refused with `mounted`.',
    reason: 'Somebody may be writing on it.',
  },
  {
    machine: 'side',
    decision:
      'NEXT takes an AVAILABLE side as well as a RESERVED one; NEW on a cartridge without siblings is a plain allocation.',
    reason: 'The caller owns another side of the cartridge, which is checked above.',
  },
  {
    machine: 'side',
    decision: 'maxAllocates 0 is no limit, UNPREPARED cannot be allocated, blank media are FOREIGN.',
    reason: 'The careful reading of texts that are silent or contradict each other.',
  },
  {
    machine: 'libraryRequest',
    decision:
      'A request in process can be cancelled until hardware moves for it; afterwards `hardware-moves` (ERROR_ACCESS_DENIED).',
    reason: 'Between the two documents: one refuses always, one never.',
  },
  {
    machine: 'libraryRequest',
    decision: 'STOPPED and INVALID count as finished.',
    reason: 'Otherwise such records could never be deleted.',
  },
  {
    machine: 'libraryRequest',
    decision: 'A deferred dismount has PASSED when its drive is reclaimed.',
    reason: 'Claimed: nothing is left to do. Evicted: the eviction is a request of its own.',
  },
  {
    machine: 'operatorRequest',
    decision: 'Reading the record from a console makes it ACTIVE; an acknowledgement makes it INPROGRESS.',
    reason: 'No documented call does either.',
  },
  {
    machine: 'operatorRequest',
    decision: 'Complete but undone: it is raised again.',
    reason: 'Otherwise the waiting mount would fail for an honest mistake.',
  },
  {
    machine: 'operatorRequest',
    decision: 'Requests of applications survive a restart, those for a pending call do not.',
    reason: 'The call they served is gone.',
  },
  {
    machine: 'library',
    decision: 'The shelf cannot be deleted; a present or a disabled library cannot either.',
    reason: 'Offline in the deletion rule means hardware that is gone. Disabled is odd, but explicit.',
  },
  {
    machine: 'library',
    decision: 'After service the library is initialised again.',
    reason: 'Somebody had their hands in it.',
  },
  {
    machine: 'changer',
    decision: 'After a unit attention the element status is read again before anything moves.',
    reason: 'The hardware is believed over the database.',
  },
];
