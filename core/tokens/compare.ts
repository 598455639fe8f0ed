/**
 * Whether two texts of the same length are equal, in a time that depends on the length only.
 * (`timingSafeEqual` wants buffers, whose making costs more than this loop.)
 */
export function equalInConstantTime(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
