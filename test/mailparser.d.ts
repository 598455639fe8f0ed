/** The part of mailparser that the tests use; the package brings no types. */
declare module 'mailparser' {
  export interface ParsedMail {
    subject?: string;
    text?: string;
    html?: string | false;
    to?: { value: { address: string; name: string }[] };
    headerLines: readonly { key: string; line: string }[];
    attachments: readonly unknown[];
  }
  export function simpleParser(source: string): Promise<ParsedMail>;
}
