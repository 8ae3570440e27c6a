import type { Guid, NTMS_OBJECTINFORMATION, NTMS_PARTITIONINFORMATION, NTMS_PMIDINFORMATION } from './structures.js';

/** What CreateNtmsMedia reads of an NTMS_OBJECTINFORMATION; the rest is filled in by the server. */
interface NewObjectInformation<Info> {
  /** NTMS_OBJECTINFORMATION_SIZE when it is given. */
  readonly dwSize?: number;
  /** NTMS_PHYSICAL_MEDIA or NTMS_PARTITION. */
  readonly dwType: number;
  /** Null, or nothing: the server makes one. */
  readonly ObjectGuid?: Guid | null;
  /** Default: true. */
  readonly Enabled?: boolean;
  /** Empty, or nothing: the default name. */
  readonly szName?: string;
  readonly szDescription?: string;
  readonly Info: Info;
}

/** The record of a cartridge that is to be made. */
export type NewMediumInformation = NewObjectInformation<{
  readonly PhysicalMedia: Pick<NTMS_PMIDINFORMATION, 'MediaPool' | 'dwNumberOfPartitions'> &
    Partial<NTMS_PMIDINFORMATION>;
}>;

/** The record of a side that is to be made. */
export type NewSideInformation = NewObjectInformation<{
  readonly Partition: Pick<
    NTMS_PARTITIONINFORMATION,
    'State' | 'dwOmidLabelIdLength' | 'OmidLabelId' | 'szOmidLabelType'
  > &
    Partial<NTMS_PARTITIONINFORMATION>;
}>;

/** The records as they are stored. */
export interface CreatedMedia {
  readonly lpMedia: NTMS_OBJECTINFORMATION;
  readonly lpList: readonly NTMS_OBJECTINFORMATION[];
}
