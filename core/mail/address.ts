/** The most that SMTP takes (RFC 5321, 4.5.3.1 and the path of its erratum 1690), in bytes. */
const LONGEST = { local: 64, whole: 254 };
/** No spaces, specials or dots at the ends or in a row; nothing invisible. */
const LOCAL = /^[^\s@<>"(),:;\\[\]\p{Cc}\p{Cf}\p{Cs}.]+(?:\.[^\s@<>"(),:;\\[\]\p{Cc}\p{Cf}\p{Cs}.]+)*$/u;
/** Letters of all scripts; what else a host may be called is decided on its form in ASCII. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
/** At least two labels, the last of which is no number: a host of the internet, and no IP address. */
const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;
/** The beginning of an encoded word (RFC 2047): mail programs read `=?utf-8?q?all=40evil?=` as another text. */
const ENCODED_WORD = '=?';

/**
 * The one place that says what an email address is: of people and contractors, recipients, where answers go, site files.
 * @returns the address as it is written to: composed characters, no space around it. Undefined when it cannot be one.
 */
export function readableEmail(text: string): string | undefined {
  const email = text.normalize('NFKC').trim();
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const domain = email.slice(at + 1);
  if (at < 1 || email.includes(ENCODED_WORD) || !LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  const host = hostOf(domain);
  if (host === undefined || bytesOf(local) > LONGEST.local) return undefined;
  return bytesOf(local) + 1 + host.length <= LONGEST.whole ? email : undefined;
}

/** The first address in a line like “ABC dispatch, dispatch@abc.example, +1 555 0100”, as it is written to. */
export function emailIn(line: string): string | undefined {
  return line
    .split(/[\s,;:<>()]+/)
    .map((word) => readableEmail(word.replace(/\.+$/, '')))
    .find((email) => email !== undefined);
}

/** The address with its domain in ASCII, which is all that mail services take. Undefined when it cannot be one. */
export function deliverableEmail(text: string): string | undefined {
  const email = readableEmail(text);
  if (email === undefined) return undefined;
  const at = email.lastIndexOf('@');
  return `${email.slice(0, at)}@${hostOf(email.slice(at + 1))}`;
}

/** A domain of any script in its form in ASCII. */
function hostOf(domain: string): string | undefined {
  // A text that URLs would take for a number becomes an IP address here, and is refused as one.
  if (!URL.canParse(`https://${domain}`)) return undefined;
  const host = new URL(`https://${domain}`).hostname;
  return HOST.test(host) ? host : undefined;
}

const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8');
