import type { Environment } from '../environments.ts';

/** A field's stored value: plain JSON. Dates are ISO-8601 text; references hold ids; tokens hold a credential reference. */
export type FieldValue = string | number | boolean | string[] | { lat: number; lon: number } | null;
export type Values = Record<string, FieldValue>;

/** One entry of a record type, as it is stored (its head; events and index items lie beside it). */
export interface StoredRecord {
  id: string;
  environment: Environment;
  app: string;
  recordType: string;
  /** Version of the app definition it was last written under. */
  definitionVersion: number;
  /** Counts writes; `If-Match` and every update's condition compare it. */
  version: number;
  /** Business state, e.g. `active`. */
  state: string;
  values: Values;
  /** Names of users and token users that the record refers to, kept when they are gone. Principal id → name. */
  names: Record<string, string>;
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
  /** Members of its access lists, `principal:<id>` and `role:<id>`, as frozen when it was submitted. */
  accessLists?: Record<string, string[]>;
  /** Its places in indexes, and the layout that they were written under. */
  indexed?: IndexPlace[];
  layout?: string;
  /** The live grant (token-access execution) of this record, if any. */
  grantId?: string;
  /** What went wrong in a follow-up (mail, task), for staff; cleared when it is mended. */
  trouble?: Trouble;
  /** Number of events, and the chained MAC of the last. */
  eventCount: number;
  eventMac: string;
  deletedAt?: string;
}

/** Something that staff have to know: when, in which step of a follow-up, and in words. */
export interface Trouble {
  at: string;
  step: string;
  message: string;
}

/** The step of a trouble that has nothing to do with a pass: staff know of it by when they next change the record. */
export const MAIL_LEFT_OUT = 'MailLeftOut';

/** Takes what is said about a record's pass off it: the pass is over, or another one is asked for. */
export function dropPassTrouble(record: StoredRecord): void {
  if (record.trouble?.step !== MAIL_LEFT_OUT) delete record.trouble;
}

/** A record's place in an index as its head keeps it, so that whatever was written can be removed: view, index, sort, values. */
export type IndexPlace = [view: string, index: string, sort: string, ...partition: string[]];

/** A record as it leaves the server: only permitted fields, and what the caller may do with it. */
export interface RecordAnswer {
  id: string;
  app: string;
  recordType: string;
  version: number;
  state: string;
  stateName: string;
  title: string;
  /** Visible and permitted fields only; formulas computed. */
  values: Values;
  /** Names for ids in user, token and reference fields that the caller may see. */
  names: Record<string, string>;
  createdAt: string;
  /** Id of whoever created it, with a name among `names`; where the caller may see that. */
  createdBy?: string;
  updatedAt: string;
  trouble?: Trouble;
  can: {
    /** Operations the caller may run now; each succeeds if its values are accepted. */
    operations: { id: string; name: string; kind: string; confirm?: string }[];
    /** Fields the caller may write with edit. */
    edit: string[];
  };
}

/** What a form shows: one operation's fields, with the values they start from. */
export interface FormAnswer {
  app: string;
  appName: string;
  recordType: string;
  operation: { id: string; name: string; kind: string; confirm?: string };
  record?: { id: string; version: number; title: string };
  fields: FormField[];
}

export interface FormField {
  id: string;
  label: string;
  help?: string;
  type: string;
  required: boolean;
  readOnly: boolean;
  /** A CEL expression; the page shows the field only while it holds (and the server checks again). */
  visibleIf?: string;
  /** The same as a table over other fields of the form, where their values can be listed. */
  visibleWhen?: Visibility;
  choices?: { value: string; label: string }[];
  maxLength?: number;
  /**
   * A pass that the operation asks for fills it in: it is left empty then, or the operation is refused. `when` says with
   * which values a pass is asked for, where they can be listed.
   */
  filledIn?: { when?: Visibility };
  /** The record holds what the caller may write and not view: nothing is told of it, and what is not sent stays. */
  hidden?: true;
  value: FieldValue;
}

/**
 * When a conditional field is on a form, as a table instead of an expression: a page can follow it without an engine
 * for expressions, and nothing that a browser evaluates can differ from what the server decides.
 */
export interface Visibility {
  /** Other fields of the form that it depends on. */
  fields: string[];
  /** The combinations of their values, as lists of the chosen texts, with which the field is visible. */
  combinations: string[][][];
}

/** One page of a view. */
export interface ViewPage {
  app: string;
  appName: string;
  recordType: string;
  view: { id: string; name: string };
  columns: { id: string; label: string; type: string; displayText?: string }[];
  records: RecordAnswer[];
  /** Opaque; pass it back for the next page. Absent on the last one. */
  cursor?: string;
  /** Opaque; pass it back as `before` for the page before. Absent on the first one. */
  previous?: string;
}
