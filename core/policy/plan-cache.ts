import { resourceKeys } from './keys.ts';
import type { Plan } from './plan.ts';
import type { ResourceKey } from './types.ts';

/** Places that the plans of records are spread over; a power of two. */
const PLACES = 64;
/** Plans kept in one place, and plans kept of all that are no records: made-up resources cannot fill the memory. */
const MOST_PER_PLACE = 64;
const MOST_OTHERS = 2000;

/** The plan of an action on the records of one type. */
interface RecordPlan {
  readonly app: string | undefined;
  readonly recordType: string;
  readonly action: string;
  readonly plan: Plan;
}

/** The plans made for a subject so far. Records, which are asked about most, are found without making a key. */
export class PlanCache {
  readonly #records: (RecordPlan[] | undefined)[] = new Array(PLACES).fill(undefined);
  readonly #others = new Map<string, Map<string, Plan>>();
  #countOfOthers = 0;

  find(resource: ResourceKey, action: string): Plan | undefined {
    const { type, app, recordType } = resource;
    if (type !== 'record' || recordType === undefined) return this.#findOther(resource, action);
    const here = this.#placeOf(recordType, action);
    for (let i = 0; i < here.length; i++) {
      const known = here[i] as RecordPlan;
      if (known.action === action && known.recordType === recordType && known.app === app) return known.plan;
    }
    return undefined;
  }

  keep(resource: ResourceKey, action: string, plan: Plan): void {
    const { type, app, recordType } = resource;
    if (type !== 'record' || recordType === undefined) {
      this.#keepOther(resource, action, plan);
      return;
    }
    const here = this.#placeOf(recordType, action);
    if (here.length >= MOST_PER_PLACE) here.length = 0;
    here.push({ app, recordType, action, plan });
  }

  /** Where a record type and an action fall: lengths and outer letters tell most of them apart at little cost. */
  #placeOf(recordType: string, action: string): RecordPlan[] {
    const ofType = recordType.length + 5 * recordType.charCodeAt(recordType.length - 1);
    const ofAction = 3 * action.length + 7 * action.charCodeAt(0);
    const place = (ofType + ofAction) & (PLACES - 1);
    this.#records[place] ??= [];
    return this.#records[place];
  }

  #findOther(resource: ResourceKey, action: string): Plan | undefined {
    return this.#others.get(resourceKeys(resource)[0] as string)?.get(action);
  }

  #keepOther(resource: ResourceKey, action: string, plan: Plan): void {
    if (this.#countOfOthers++ >= MOST_OTHERS) {
      this.#others.clear();
      this.#countOfOthers = 1;
    }
    const key = resourceKeys(resource)[0] as string;
    const known = this.#others.get(key) ?? new Map<string, Plan>();
    this.#others.set(key, known.set(action, plan));
  }
}
