import { resourceKeys } from './keys.ts';
import type { ResourceKey } from './link.ts';
import type { Plan } from './plan.ts';

/** Plans kept for a subject, so that requests for made-up resources cannot fill the memory. */
const MOST_PLANS = 4000;

interface PlansOf {
  readonly app: string | undefined;
  readonly byAction: Map<string, Plan>;
}

/** Slots in front of the maps; a power of two. */
const SLOTS = 64;

/** A plan found lately, in the slot that its names fall into. */
interface Recent {
  readonly app: string | undefined;
  readonly recordType: string;
  readonly action: string;
  readonly plan: Plan;
}

/** Where a record type and an action fall: their lengths and first letters tell most of them apart at little cost. */
function slotOf(recordType: string, action: string): number {
  return (action.charCodeAt(0) + 3 * action.length + 11 * recordType.length) & (SLOTS - 1);
}

/** The plans made for a subject so far. Records, which are asked about most, are found without making a key. */
export class PlanCache {
  /** By record type; apps that call theirs alike share a list. */
  readonly #records = new Map<string | undefined, PlansOf[]>();
  readonly #others = new Map<string, Map<string, Plan>>();
  readonly #recent: (Recent | undefined)[] = new Array(SLOTS).fill(undefined);
  #count = 0;

  find(resource: ResourceKey, action: string): Plan | undefined {
    if (resource.type !== 'record') {
      return this.#others.get(resourceKeys(resource)[0] as string)?.get(action);
    }
    const { app, recordType } = resource;
    if (recordType === undefined) return undefined;
    const slot = slotOf(recordType, action);
    const recent = this.#recent[slot];
    if (recent && recent.action === action && recent.recordType === recordType && recent.app === app) {
      return recent.plan;
    }
    const lists = this.#records.get(recordType);
    const plan = lists?.find((each) => each.app === app)?.byAction.get(action);
    if (plan && !recent) this.#recent[slot] = { app, recordType, action, plan };
    return plan;
  }

  keep(resource: ResourceKey, action: string, plan: Plan): void {
    if (this.#count++ >= MOST_PLANS) this.#forget();
    this.#plansOf(resource).set(action, plan);
  }

  #forget(): void {
    this.#records.clear();
    this.#others.clear();
    this.#recent.fill(undefined);
    this.#count = 1;
  }

  #plansOf(resource: ResourceKey): Map<string, Plan> {
    const byAction = new Map<string, Plan>();
    if (resource.type === 'record') {
      const { app, recordType } = resource;
      const lists = this.#records.get(recordType) ?? [];
      for (const plans of lists) if (plans.app === app) return plans.byAction;
      lists.push({ app, byAction });
      this.#records.set(recordType, lists);
      return byAction;
    }
    const key = resourceKeys(resource)[0] as string;
    const known = this.#others.get(key) ?? byAction;
    this.#others.set(key, known);
    return known;
  }
}
