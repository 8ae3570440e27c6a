/** What "rsm help discover" and "rsm help virtual" end with. */
export const DISCOVER_EXAMPLES = `
Examples:
  rsm discover                                              all that is plugged into this machine
  rsm discover --transport sg --output rig.yaml             the kernel's changers and drives, as a rig file
  rsm discover --transport iscsi --portal 192.0.2.7:3260    the targets of an iSCSI portal
  rsm discover --serial /dev/ttyUSB0,115200                 and an autoloader at the end of a serial line
`;

export const VIRTUAL_EXAMPLES = `
Examples:
  rsm virtual --attach sg -- mtx -f /dev/sg0 status         an unmodified program on the device files
  rsm virtual --attach iscsi --iscsi-port 3260              a target for open-iscsi
  rsm virtual --attach usbip --usb-protocol uas             a USB device for "usbip attach"
  rsm virtual --attach iscsi serial --timing real           one autoloader in two ways
`;
