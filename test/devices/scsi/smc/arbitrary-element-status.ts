import fc from 'fast-check';
import type { ElementStatus } from '../../../../devices/scsi/smc/element-status.js';
import { ElementType } from '../../../../devices/scsi/smc/element-type.js';
import type { ElementStatusPageInput } from '../../../../devices/scsi/smc/read-element-status.js';
import { recordOf } from '../record-of.js';

const text = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom('A', 'B', 'Z', '0', '9', ' ', '-', '_', '.', '$'), maxLength })
    .map((value) => value.replace(/ +$/, ''))
    .filter((value) => value !== '');

const volumeTag = recordOf({ volumeIdentifier: text(32), volumeSequenceNumber: fc.nat(0xffff) });
const maybe = <T>(present: boolean, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  present ? fc.option(value, { nil: undefined }) : fc.constant(undefined);

/** Elements as a device may report them; keys without a value are left out, as the decoder leaves them out. */
function element(elementType: ElementType, pVolTag: boolean, aVolTag: boolean): fc.Arbitrary<ElementStatus> {
  return recordOf({
    elementType: fc.constant(elementType),
    address: fc.nat(0xffff),
    full: fc.boolean(),
    except: fc.boolean(),
    access: elementType === ElementType.MEDIUM_TRANSPORT ? fc.constant(false) : fc.boolean(),
    asc: fc.nat(255),
    ascq: fc.nat(255),
    invert: fc.boolean(),
    disabled: fc.boolean(),
    mediumType: fc.nat(7),
    sourceStorageElementAddress: maybe(true, fc.nat(0xffff)),
    primaryVolumeTag: maybe(pVolTag, volumeTag),
    alternateVolumeTag: maybe(aVolTag, volumeTag),
    deviceIdentifier: maybe(
      true,
      recordOf({
        codeSet: fc.nat(15),
        identifierType: fc.nat(15),
        identifier: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      }),
    ),
    importExport:
      elementType === ElementType.IMPORT_EXPORT
        ? recordOf({
            impExp: fc.boolean(),
            exEnab: fc.boolean(),
            inEnab: fc.boolean(),
            connectMediaChanger: fc.boolean(),
            operatorInterventionRequired: fc.boolean(),
          })
        : fc.constant(undefined),
    scsiAddress: maybe(
      elementType === ElementType.DATA_TRANSFER,
      recordOf({ notBus: fc.boolean(), scsiBusAddress: fc.nat(255), logicalUnitNumber: fc.nat(7) }),
    ),
  }).map((value) => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never);
}

export const elementStatusPages: fc.Arbitrary<readonly ElementStatusPageInput[]> = fc.array(
  fc
    .tuple(fc.constantFrom(...Object.values(ElementType)), fc.boolean(), fc.boolean())
    .chain(([elementType, pVolTag, aVolTag]) =>
      recordOf({
        elementType: fc.constant(elementType),
        pVolTag: fc.constant(pVolTag),
        aVolTag: fc.constant(aVolTag),
        elements: fc.array(element(elementType, pVolTag, aVolTag), { maxLength: 5 }),
      }),
    ),
  { maxLength: 5 },
);

/** One storage page with `count` full elements from address 4096 on. */
export function largeLibrary(count: number): readonly ElementStatusPageInput[] {
  const elements = Array.from({ length: count }, (_, i): ElementStatus => {
    const volumeIdentifier = `T${String(i).padStart(5, '0')}L8`;
    return {
      elementType: ElementType.STORAGE,
      address: 4096 + i,
      full: true,
      except: false,
      access: true,
      asc: 0,
      ascq: 0,
      invert: false,
      disabled: false,
      mediumType: 1,
      primaryVolumeTag: { volumeIdentifier, volumeSequenceNumber: 0 },
    };
  });
  return [{ elementType: ElementType.STORAGE, pVolTag: true, aVolTag: false, elements }];
}
