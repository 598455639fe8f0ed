import type { AppFacts, PolicyDocument, RecordTypeFacts } from './document.ts';
import { Conditions } from './entry.ts';
import { type ResourceKey, SubjectLink } from './link.ts';
import { own } from './own.ts';
import type { Subject } from './types.ts';

/** Linked subjects kept by a policy: those who hold the same roles and profiles share one. */
const MOST_LINKS = 2000;

/**
 * A policy ready to decide. Loading costs no more than parsing the document: rules are linked when a subject first
 * asks, and conditions become closures when a rule is first tried.
 */
export class Policy {
  readonly document: PolicyDocument;
  readonly conditions: Conditions;
  /** Keys of the index under which a record's access lists name people. */
  readonly listKeys: readonly string[];
  readonly #bySubject = new WeakMap<Subject, SubjectLink>();
  readonly #bySignature = new Map<string, SubjectLink>();

  constructor(document: PolicyDocument) {
    this.document = document;
    this.conditions = new Conditions(document);
    this.listKeys = Object.keys(document.index).filter((key) => key.startsWith('list:'));
  }

  get hash(): string {
    return this.document.hash;
  }

  app(resource: ResourceKey): AppFacts | undefined {
    return own(this.document.facts.apps, resource.app);
  }

  recordType(resource: ResourceKey): RecordTypeFacts | undefined {
    return own(this.app(resource)?.recordTypes, resource.recordType);
  }

  /** What is linked for a subject; found by the object, or by what the subject holds. */
  linkOf(subject: Subject): SubjectLink {
    let link = this.#bySubject.get(subject);
    if (!link) {
      link = this.#linkAlike(subject);
      this.#bySubject.set(subject, link);
    }
    return link;
  }

  #linkAlike(subject: Subject): SubjectLink {
    const signature = this.#signature(subject);
    let link = this.#bySignature.get(signature);
    if (!link) {
      link = new SubjectLink(this, subject);
      if (this.#bySignature.size >= MOST_LINKS) this.#bySignature.clear();
      this.#bySignature.set(signature, link);
    }
    return link;
  }

  /** Two subjects with one signature are named by the same rules; whom a record names is tested per request. */
  #signature(subject: Subject): string {
    const { type, id, roles, profiles, level } = subject;
    const own = this.listKeys.length > 0 || Object.hasOwn(this.document.index, `principal:${id}`);
    return JSON.stringify([
      type,
      own ? id : id !== undefined,
      [...roles].sort(),
      [...(profiles ?? [])].sort(),
      level,
    ]);
  }
}

/** Makes a stored document ready to decide. */
export function loadPolicy(document: PolicyDocument | string): Policy {
  return new Policy(typeof document === 'string' ? (JSON.parse(document) as PolicyDocument) : document);
}
