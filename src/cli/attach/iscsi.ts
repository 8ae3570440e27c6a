import { formatPortal, parsePortal } from '../../../devices/transport/iscsi/portal.js';
import { attachIscsi } from '../../../devices/virtual/attach/iscsi/index.js';
import { readChapSecret } from '../chap-secret.js';
import { describeHosts, reachableHosts } from './reachable-hosts.js';
import type { OpenWay, WayContext } from './way.js';

/** An iSCSI target on this machine with the autoloader's units behind it. */
export async function openIscsi(context: WayContext): Promise<OpenWay> {
  const { autoloader, clock, name, options } = context;
  const chap = readChapSecret(options, context.onNotice);
  const attachment = await attachIscsi({
    target: autoloader,
    clock,
    host: options.host,
    port: options.iscsiPort,
    targetName: options.targetName ?? `iqn.2026-11.test.openrsm:${name.toLowerCase().replaceAll('_', '-')}`,
    ...(chap && { chap: { user: chap.user, secret: chap.secret } }),
    onError: (cause) => context.onNotice(cause.message),
  });
  const { targetName } = attachment;
  const [host] = reachableHosts(options.host);
  const portal = formatPortal({ host, port: parsePortal(attachment.portal).port });
  return {
    attachment,
    remarks: describeHosts(options.host),
    changer: {
      transport: 'iscsi',
      portal,
      target: targetName,
      lun: autoloader.lunOfChanger,
      ...(chap && { chap: { user: chap.user, secretFile: chap.secretFile } }),
    },
    details: { portal, targetName },
  };
}
