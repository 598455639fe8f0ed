/** Most suggestions that a picker of users and roles shows. */
export const MOST_SUGGESTIONS = 5;

export interface Suggestion {
  readonly id: string;
  readonly name: string;
}

/**
 * Users and roles whose name contains the typed text, whatever the case; those that start with it first. Nothing is
 * suggested before something is typed.
 */
export function suggest<Candidate extends Suggestion>(
  text: string,
  candidates: Iterable<Candidate>,
): Candidate[] {
  const typed = fold(text);
  if (typed === '') return [];
  const found: { candidate: Candidate; at: number; name: string }[] = [];
  for (const candidate of candidates) {
    const name = fold(candidate.name);
    const at = name.indexOf(typed);
    if (at >= 0) found.push({ candidate, at, name });
  }
  found.sort((a, b) => Math.sign(a.at) - Math.sign(b.at) || (a.name < b.name ? -1 : 1));
  return found.slice(0, MOST_SUGGESTIONS).map(({ candidate }) => candidate);
}

function fold(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}
