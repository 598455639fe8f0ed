import type { Plan } from './plan.ts';

/** What a caller should know about a value that is not refused. Words for it stand where it is told. */
export interface Warning {
  code: WarningCode;
  /** The field, as a JSON pointer into the request. */
  path: string;
  /** The day with which the pass ends, in words. */
  until: string;
}

export type WarningCode = 'PASS_ENDS_NOW' | 'PASS_LASTS_ONE_DAY' | 'PASS_ENDS_EARLIER';

/** A warning as it is answered to whoever has done it all the same. */
export type WarningAnswer = Pick<Warning, 'code' | 'path'> & { message: string };

/** Nothing is written: the caller wanted to be warned first. */
export class Warned extends Error {
  readonly warning: Warning;

  constructor(warning: Warning) {
    super('the caller is warned first');
    this.warning = warning;
    this.name = 'Warned';
  }
}

/**
 * Warns of something that an operation brings with it.
 * @throws Warned for a caller who wants to be warned first, and has not been warned of this
 */
export function warn(plan: Plan, warning: Warning): void {
  if (plan.accepts && !plan.accepts.includes(warning.code)) throw new Warned(warning);
  plan.warnings = [...(plan.warnings ?? []), warning];
}

const FORESEEN: Readonly<Record<WarningCode, (until: string) => string>> = {
  PASS_ENDS_NOW: () => 'This date is over. The link would end at once.',
  PASS_LASTS_ONE_DAY: (until) => `This date is over. The link would last for one day only, until ${until}.`,
  PASS_ENDS_EARLIER: (until) => `The link would end before this date, with ${until}: no link lasts longer.`,
};

const DONE: typeof FORESEEN = {
  PASS_ENDS_NOW: () => 'This date is over. The link has ended.',
  PASS_LASTS_ONE_DAY: (until) => `This date is over. The link lasts for one day only, until ${until}.`,
  PASS_ENDS_EARLIER: (until) => `The link ends before this date, with ${until}: no link lasts longer.`,
};

/** The warning in words, before it is done. */
export const foreseen = ({ code, until }: Warning): string => FORESEEN[code](until);

/** The warning in words, once it is done. */
export function answerWarning({ code, path, until }: Warning): WarningAnswer {
  return { code, path, message: DONE[code](until) };
}
