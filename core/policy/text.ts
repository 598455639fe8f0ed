import type { CheckedExpression } from '../expressions/types.ts';
import type { PolicyDocument, PolicyFacts, StoredRule } from './document.ts';
import { own } from './own.ts';
import { absent, documentSource, type OfSubject, type PolicySource } from './source.ts';

/**
 * The first line of a policy's text. After it come the rules, the conditions and the index, each piece as JSON on a
 * line of its own: who loads the text parses this line, and the others when somebody asks for them.
 */
interface Header {
  readonly format: 2;
  readonly hash: string;
  readonly facts: PolicyFacts;
  readonly rules: number;
  readonly conditions: number;
  readonly listKeys: readonly string[];
  /** Subject key → its line of the index, counted from the first of them. */
  readonly subjects: Readonly<Record<string, number>>;
}

/** A policy as text, to be stored under its hash. */
export function encodePolicy(document: PolicyDocument): string {
  const { hash, facts, rules, conditions, index } = document;
  const keys = Object.keys(index);
  const header: Header = {
    format: 2,
    hash,
    facts,
    rules: rules.length,
    conditions: conditions.length,
    listKeys: documentSource(document).listKeys,
    subjects: Object.fromEntries(keys.map((key, line) => [key, line])),
  };
  const pieces = [header, ...rules, ...conditions, ...keys.map((key) => index[key])];
  return pieces.map((piece) => JSON.stringify(piece)).join('\n');
}

/** Reads a policy's text, or a document as JSON. */
export function textSource(text: string): PolicySource {
  const lines = text.split('\n');
  const first = JSON.parse(lines[0] ?? '') as Header | PolicyDocument;
  return first.format === 2 ? linesSource(first, lines) : documentSource(JSON.parse(text) as PolicyDocument);
}

function linesSource(header: Header, lines: readonly string[]): PolicySource {
  const { hash, facts, listKeys, subjects } = header;
  const firstCondition = 1 + header.rules;
  const firstSubject = firstCondition + header.conditions;
  const bySubject = new Map<string, OfSubject>();
  /** Reads the pieces of one kind by their positions, from the line of the first of them. */
  const pieces = <Piece>(what: string, first: number, count: number) => {
    return (position: number): Piece => {
      const line = position < count ? lines[first + position] : undefined;
      if (line === undefined) throw absent(what, position);
      return JSON.parse(line) as Piece;
    };
  };

  const source: PolicySource = {
    hash,
    facts,
    listKeys,
    ofSubject(key) {
      const line = own(subjects, key);
      if (line === undefined) return undefined;
      const known = bySubject.get(key) ?? (JSON.parse(lines[firstSubject + line] as string) as OfSubject);
      bySubject.set(key, known);
      return known;
    },
    rule: pieces<StoredRule>('rule', 1, header.rules),
    condition: pieces<CheckedExpression>('condition', firstCondition, header.conditions),
    document: () => ({
      format: 1,
      hash,
      facts,
      rules: Array.from({ length: header.rules }, (_, i) => source.rule(i)),
      conditions: Array.from({ length: header.conditions }, (_, i) => source.condition(i)),
      index: Object.fromEntries(
        Object.keys(subjects).map((key) => [key, source.ofSubject(key) as OfSubject]),
      ),
    }),
  };
  return source;
}
