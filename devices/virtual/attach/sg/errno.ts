import { constants } from 'node:os';

/** The error numbers that a device driver answers with; the host's own values. */
export const Errno = {
  EIO: constants.errno.EIO,
  ENXIO: constants.errno.ENXIO,
  ENOMEM: constants.errno.ENOMEM,
  EFAULT: constants.errno.EFAULT,
  EBUSY: constants.errno.EBUSY,
  EINVAL: constants.errno.EINVAL,
  ENOTTY: constants.errno.ENOTTY,
  ENOSPC: constants.errno.ENOSPC,
  EROFS: constants.errno.EROFS,
  ENOSYS: constants.errno.ENOSYS,
  EMSGSIZE: constants.errno.EMSGSIZE,
  /** Of Linux; Node has no name for it. */
  ENOMEDIUM: 123,
} as const;
export type Errno = (typeof Errno)[keyof typeof Errno];
