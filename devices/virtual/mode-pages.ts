import type { ModePage, SelectedModePage } from '../scsi/spc/mode-parameters.js';
import { PageControl } from '../scsi/spc/mode-sense.js';
import { invalidFieldInParameterList } from './check-condition.js';
import { choosePages, type ModeSenseParams } from './mode-page-choice.js';

/** A mode page of a logical unit: its default values, and what of them MODE SELECT may change. */
export interface ModePageDefinition {
  readonly page: ModePage;
  /** A one for every bit that can be changed, as long as the page's parameters; absent: none. */
  readonly changeable?: Uint8Array;
  /** Refuses new values with a CheckCondition. `offset` is where the page's parameters begin in the parameter list. */
  readonly check?: (parameters: Uint8Array, offset: number) => void;
  /** Does what the new values ask for. */
  readonly changed?: (parameters: Uint8Array) => void;
}

/** The mode pages of one logical unit, the same for every nexus. They are not saved: power on and reset bring the defaults. */
export class ModePages {
  readonly #definitions: readonly ModePageDefinition[];
  readonly #current = new Map<ModePageDefinition, Uint8Array>();

  /** In the order in which page 3Fh reports them: ascending, but page 00h last. */
  constructor(definitions: readonly ModePageDefinition[]) {
    this.#definitions = definitions;
  }

  /** The values that hold now, of a page that must be there. */
  current(pageCode: number, subpageCode?: number): Uint8Array {
    const definition = this.#find(pageCode, subpageCode);
    if (definition === undefined) throw new RangeError(`there is no mode page ${pageCode.toString(16)}h`);
    return this.#valuesOf(definition);
  }

  /** What MODE SENSE reports: current, changeable or default values of the pages that were asked for. */
  choose(params: ModeSenseParams): ModePage[] {
    const pages = this.#definitions.map((definition) => ({
      definition,
      ...definition.page,
    }));
    return choosePages(pages, params).map(({ definition, ...page }) => ({
      ...page,
      parameters: this.#reported(definition, params.pageControl),
    }));
  }

  /**
   * What MODE SELECT brings: all of it, or nothing when any of it is refused with a CheckCondition. Returns whether a value is
   * another one now.
   */
  select(pages: readonly SelectedModePage[]): boolean {
    const accepted = pages.map((page) => ({ definition: this.#accept(page), parameters: page.parameters }));
    let isChanged = false;
    for (const { definition, parameters } of accepted) {
      if (equal(this.#valuesOf(definition), parameters)) continue;
      this.#current.set(definition, parameters);
      definition.changed?.(parameters);
      isChanged = true;
    }
    return isChanged;
  }

  /** Back to the defaults, as after power on. */
  reset(): void {
    for (const definition of this.#current.keys()) definition.changed?.(definition.page.parameters);
    this.#current.clear();
  }

  #accept(page: SelectedModePage): ModePageDefinition {
    const definition = this.#find(page.pageCode, page.subpageCode);
    if (definition === undefined) throw invalidFieldInParameterList(page.offset, 5);
    const current = this.#valuesOf(definition);
    const long = page.subpageCode !== undefined;
    if (page.parameters.length !== current.length) throw invalidFieldInParameterList(page.offset + (long ? 2 : 1));
    const start = page.offset + (long ? 4 : 2);
    page.parameters.forEach((byte, i) => {
      const fixed = ~(definition.changeable?.[i] ?? 0);
      const refused = (byte ^ (current[i] ?? 0)) & fixed & 0xff;
      if (refused !== 0) throw invalidFieldInParameterList(start + i, 31 - Math.clz32(refused));
    });
    definition.check?.(page.parameters, start);
    return definition;
  }

  #reported(definition: ModePageDefinition, pageControl: number): Uint8Array {
    const { parameters } = definition.page;
    if (pageControl === PageControl.CHANGEABLE) return definition.changeable ?? new Uint8Array(parameters.length);
    return pageControl === PageControl.DEFAULT ? parameters : this.#valuesOf(definition);
  }

  #valuesOf(definition: ModePageDefinition): Uint8Array {
    return this.#current.get(definition) ?? definition.page.parameters;
  }

  #find(pageCode: number, subpageCode: number | undefined): ModePageDefinition | undefined {
    return this.#definitions.find(({ page }) => page.pageCode === pageCode && page.subpageCode === subpageCode);
  }
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
