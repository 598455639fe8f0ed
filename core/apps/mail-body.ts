import { plainName } from '../mail/mail.ts';

/** `{building}`: a field's value within a notification's body. */
const PLACE = /\{([A-Za-z]\w*)\}/g;

/** Ids of the fields whose values stand in a body. */
export function fieldsInBody(body: string): string[] {
  return [...body.matchAll(PLACE)].map(([, id = '']) => id);
}

/**
 * A body's paragraphs with the fields' values in them. A paragraph is left out whole where a value of it is empty, long,
 * or would become a link: what somebody typed into a field must not speak for the sender.
 */
export function fillBody(body: string, read: (id: string) => string): string[] {
  return body
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .flatMap((paragraph) => {
      const values = new Map(fieldsInBody(paragraph).map((id) => [id, plainName(read(id))]));
      if ([...values.values()].includes(undefined)) return [];
      return [paragraph.replace(PLACE, (_, id) => values.get(id) ?? '')];
    });
}
