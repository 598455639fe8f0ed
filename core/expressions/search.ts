/** Up to this length the engine's own search is bounded by a small constant times the text. */
const SHORT_NEEDLE = 32;

/**
 * Whether `text` contains `needle`, in time linear in both (Knuth, Morris and Pratt). The engine's own search takes
 * length × length on texts like `aaaa…b`, which a person could write into a record.
 */
export function containsText(text: string, needle: string): boolean {
  if (needle.length <= SHORT_NEEDLE) return text.includes(needle);
  if (needle.length > text.length) return false;
  const border = borders(needle);
  let matched = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    while (matched > 0 && needle.charCodeAt(matched) !== unit) matched = border[matched - 1] as number;
    if (needle.charCodeAt(matched) === unit) matched++;
    if (matched === needle.length) return true;
  }
  return false;
}

/** For each position of `needle`, the length of the longest proper prefix that ends there. */
function borders(needle: string): Uint32Array {
  const border = new Uint32Array(needle.length);
  let length = 0;
  for (let i = 1; i < needle.length; i++) {
    const unit = needle.charCodeAt(i);
    while (length > 0 && needle.charCodeAt(length) !== unit) length = border[length - 1] as number;
    if (needle.charCodeAt(length) === unit) length++;
    border[i] = length;
  }
  return border;
}
