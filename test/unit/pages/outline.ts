import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';

interface Element {
  tag: string;
  attributes: Record<string, string>;
  inside: (Element | string)[];
}

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)\s*(\/?)>/g;
const ATTRIBUTE = /([^\s=]+)(?:="([^"]*)")?/g;
const EMPTY = ['input', 'link', 'meta', 'br', 'img'];
/** Elements that stand in the midst of a text. */
const INLINE = ['a', 'bdi', 'span', 'strong', 'small', 'code', 'time', 'del', 'ins'];
/** Elements that hold others, and say nothing by themselves. */
const STRUCTURE = [
  'div',
  'div.form-field',
  'div.buttons',
  'ul',
  'ol',
  'dl',
  'dl.fields',
  'section',
  'table',
  'thead',
  'tbody',
  'tr',
  'html',
  'head',
  'body',
];
/** Attributes that say something to a reader, a browser or assistive technology, in the order in which they are told. */
const TOLD = [
  'role',
  'method',
  'action',
  'type',
  'name',
  'value',
  'form',
  'inputmode',
  'maxlength',
  'href',
  'src',
  'rel',
  'content',
  'datetime',
  'data-day',
  'aria-label',
  'aria-current',
  'aria-invalid',
  'aria-required',
  'required',
  'checked',
  'selected',
  'readonly',
  'novalidate',
  'data-once',
  'data-visible-when',
  'download',
  'rows',
];
/** Of an attribute that is there or not. */
const BARE = ['', 'true'];
const ROLES_OF_TABLES = ['table', 'row', 'rowgroup', 'cell', 'columnheader'];

/**
 * A page as its readers have it, a line for each thing on it: headings, texts, `[links](address)`, controls with what
 * they send, cells with their column. What a label or a description refers to is told in its place.
 * @throws Error for an id that is there twice, and for a link or a reference to one that is not there
 */
export function outline(content: ComponentChildren): string[] {
  return outlineOf(renderToString(content as Parameters<typeof renderToString>[0]));
}

/** The same of a page's HTML. */
export function outlineOf(html: string): string[] {
  const root = parse(html);
  const all = descendants(root);
  const byId = new Map<string, Element>();
  for (const element of all) {
    const { id } = element.attributes;
    if (id === undefined) continue;
    if (byId.has(id)) throw new Error(`two elements have the id ${id}`);
    byId.set(id, element);
  }
  const referred = (id: string): Element => {
    const found = byId.get(id);
    if (!found) throw new Error(`nothing has the id ${id}`);
    return found;
  };
  for (const { attributes } of all) if (attributes.href?.startsWith('#')) referred(attributes.href.slice(1));
  for (const { attributes } of all) if (attributes.form) referred(attributes.form);
  const lines: string[] = [];
  let line = '';
  const flush = () => {
    const text = line.replace(/[ \n]+/g, ' ').trim();
    if (text !== '') lines.push(text);
    line = '';
  };
  const showAll = (parts: Element['inside'], within: string) => {
    for (const part of parts) {
      if (typeof part === 'string') line += part;
      else show(part, within);
    }
  };
  const show = (element: Element, within: string) => {
    const { tag, attributes, inside } = element;
    if (INLINE.includes(tag)) {
      line += inlineOf(element);
      return;
    }
    const ofLabel = within === 'label' && tag === 'input';
    if (!ofLabel) flush();
    const told = [
      tag + marksOf(element),
      ...(attributes.for ? [`for ${nameOf(referred(attributes.for))}:`] : []),
      ...labelOf(attributes, referred),
    ].join(' ');
    if (ofLabel) line += ` {${told}} `;
    else if (!STRUCTURE.includes(told)) line = `${told} `;
    if (attributes['data-label'] !== undefined) line += `${attributes['data-label']}: `;
    if (tag === 'textarea') line += JSON.stringify(textOf(element));
    else showAll(inside, tag);
    if (!ofLabel) flush();
  };
  showAll(root.inside, '');
  flush();
  return lines;
}

function labelOf(attributes: Element['attributes'], referred: (id: string) => Element): string[] {
  const ids = (name: string) => (attributes[name] ?? '').split(' ').filter(Boolean);
  return [
    ...ids('aria-labelledby').map((id) => `labelled “${textOf(referred(id))}”`),
    ...ids('aria-describedby').map((id) => `described “${textOf(referred(id))}”`),
  ];
}

function parse(html: string): Element {
  const root: Element = { tag: '', attributes: {}, inside: [] };
  const open = [root];
  let at = 0;
  const text = (until: number) => {
    if (until > at) open.at(-1)?.inside.push(decoded(html.slice(at, until)));
  };
  for (const found of html.matchAll(TAG)) {
    const [all, closing, tag = '', attributes = '', closed] = found;
    text(found.index);
    at = found.index + all.length;
    if (closing) {
      if (open.pop()?.tag !== tag) throw new Error(`</${tag}> closes what is not open`);
      continue;
    }
    const element: Element = {
      tag,
      attributes: Object.fromEntries(
        [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [
          name.toLowerCase(),
          decoded(value),
        ]),
      ),
      inside: [],
    };
    open.at(-1)?.inside.push(element);
    if (!closed && !EMPTY.includes(tag)) open.push(element);
  }
  text(html.length);
  return root;
}

function decoded(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function descendants(element: Element): Element[] {
  return element.inside.flatMap((part) => (typeof part === 'string' ? [] : [part, ...descendants(part)]));
}

function textOf(element: Element): string {
  return element.inside.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}

/** What a control sends its value as. */
const nameOf = ({ tag, attributes }: Element) => attributes.name ?? tag;

function marksOf({ tag, attributes }: Element): string {
  const style = attributes.class ? `.${attributes.class.replaceAll(' ', '.')}` : '';
  const told = TOLD.filter((name) => {
    const value = attributes[name];
    return value !== undefined && !(name === 'role' && ROLES_OF_TABLES.includes(value));
  }).map((name) =>
    BARE.includes(attributes[name] ?? '') && name !== 'value' ? name : `${name}=${attributes[name]}`,
  );
  return (tag === 'table' ? '' : style) + (told.length > 0 ? ` ${told.join(' ')}` : '');
}

function inlineOf(element: Element): string {
  const { tag, attributes } = element;
  const text = element.inside.map((part) => (typeof part === 'string' ? part : inlineOf(part))).join('');
  if (tag === 'a') {
    const { href, ...others } = attributes;
    return `[${text}](${href}${marksOf({ ...element, attributes: others }).replace(/^\.?/, (dot) => (dot ? ' .' : ''))})`;
  }
  if (tag === 'bdi') return text;
  const marks = marksOf(element);
  if ((tag === 'span' || tag === 'small') && marks === '') return text;
  return `{${tag}${marks} ${text}}`;
}

/** What is below the menu of an administrators' page. */
export function below(lines: readonly string[]): string[] {
  return lines.slice(lines.findIndex((line) => line.startsWith('li [Journal](/manage/journal')) + 1);
}
