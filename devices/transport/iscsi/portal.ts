import { IscsiError } from './iscsi-error.js';

/** Where an iSCSI target listens. */
export interface Portal {
  readonly host: string;
  readonly port: number;
}

/** The registered iSCSI port. */
export const DEFAULT_PORT = 3260;

/**
 * Reads `host`, `host:port`, `[ipv6]:port`, and the same followed by `,portal-group-tag` as TargetAddress has it
 * (RFC 7143 13). Throws `ISCSI_OPTION`.
 */
export function parsePortal(text: string): Portal {
  const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:,[\]]+))(?::(\d{1,5}))?(?:,\d{1,5})?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host === undefined || port < 1 || port > 0xffff) {
    throw new IscsiError('ISCSI_OPTION', `"${text}" is not an iSCSI portal; write host:port or [ipv6]:port`);
  }
  return { host, port };
}

/** The portal as {@link parsePortal} reads it. */
export function formatPortal(portal: Portal): string {
  return portal.host.includes(':') ? `[${portal.host}]:${portal.port}` : `${portal.host}:${portal.port}`;
}
