import type { AppFacts, PolicyDocument, RecordTypeFacts } from './document.ts';
import { Conditions } from './entry.ts';
import { SubjectLink } from './link.ts';
import { own } from './own.ts';
import { documentSource, type PolicySource } from './source.ts';
import { textSource } from './text.ts';
import type { ResourceKey, Subject } from './types.ts';

/** Linked subjects kept by a policy: those who hold the same roles and profiles share one. */
const MOST_LINKS = 2000;

/**
 * A policy ready to decide. Rules are read and linked when a subject first asks, and conditions become closures when
 * a rule is first tried: loading costs next to nothing, however many rules there are.
 */
export class Policy {
  readonly source: PolicySource;
  readonly conditions: Conditions;
  readonly #bySubject = new WeakMap<Subject, SubjectLink>();
  readonly #bySignature = new Map<string, SubjectLink>();

  constructor(source: PolicySource) {
    this.source = source;
    this.conditions = new Conditions(source);
  }

  get hash(): string {
    return this.source.hash;
  }

  /** The whole policy, for who exports or searches it; put together when asked for. */
  get document(): PolicyDocument {
    return this.source.document();
  }

  app(resource: ResourceKey): AppFacts | undefined {
    return own(this.source.facts.apps, resource.app);
  }

  recordType(resource: ResourceKey): RecordTypeFacts | undefined {
    return own(own(this.source.facts.apps, resource.app)?.recordTypes, resource.recordType);
  }

  /** What is linked for a subject; found by the object, or by what the subject holds. */
  linkOf(subject: Subject): SubjectLink {
    return this.#bySubject.get(subject) ?? this.#link(subject);
  }

  /** Two subjects with one signature are named by the same rules; whom a record names is tested per request. */
  #link(subject: Subject): SubjectLink {
    const { type, id, roles, profiles, level } = subject;
    const byId = this.source.listKeys.length > 0 || this.source.ofSubject(`principal:${id}`) !== undefined;
    const signature = JSON.stringify([type, byId ? id : id !== undefined, roles, profiles, level]);
    let link = this.#bySignature.get(signature);
    if (!link) {
      link = new SubjectLink(this, subject);
      if (this.#bySignature.size >= MOST_LINKS) this.#bySignature.clear();
      this.#bySignature.set(signature, link);
    }
    this.#bySubject.set(subject, link);
    return link;
  }
}

/** Makes a stored policy ready to decide: a document, or the text that `encodePolicy` or `JSON.stringify` made of it. */
export function loadPolicy(stored: PolicyDocument | string): Policy {
  return new Policy(typeof stored === 'string' ? textSource(stored) : documentSource(stored));
}
