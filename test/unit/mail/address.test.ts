import { deliverableEmail, readableEmail } from '../../../core/mail/address.ts';

describe('an email address', () => {
  it.each([
    ['a usual one', 'name@example.org', 'name@example.org'],
    ['what may stand before the @', "o'neil+jobs/2_{x}=y?z!#$%&*^`|~@example.org", undefined],
    ['dots and hyphens', 'a.b-c@mail-1.example.co.uk', undefined],
    ['many dots before the @', 'ana.maria.de.la.cruz@example.org', undefined],
    ['labels of 63 characters', `name@${'b'.repeat(63)}.${'c'.repeat(63)}`, undefined],
    ['a last label with a number in it', 'name@example.1a', undefined],
    ['another script', 'åsa@bücher.example', 'åsa@xn--bcher-kva.example'],
    ['a top-level domain of another script', 'info@例え.テスト', 'info@xn--r8jz45g.xn--zckzah'],
    ['wide letters', 'ｎａｍｅ＠ｅｘａｍｐｌｅ．ｏｒｇ', 'name@example.org'],
    ['space around it', '  name@example.org ', 'name@example.org'],
    ['64 characters before the @', `${'a'.repeat(64)}@example.org`, undefined],
    [
      '254 characters',
      `${'a'.repeat(62)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(59)}.org`,
      undefined,
    ],
  ])('is %s', (_, text, sentTo) => {
    expect(readableEmail(text)).toBe(text.normalize('NFKC').trim());
    expect(deliverableEmail(text)).toBe(sentTo ?? text);
  });

  it.each([
    ['nothing', ''],
    ['no @', 'example.org'],
    ['nothing before the @', '@example.org'],
    ['nothing after it', 'name@'],
    ['two of them', 'a@b@example.org'],
    ['a domain without a dot', 'a@b'],
    ['this machine', 'name@localhost'],
    ['an IP address', 'name@192.0.2.1'],
    ['an IP address written otherwise', 'name@0xC0000201'],
    ['an address in brackets', 'name@[192.0.2.1]'],
    ['a number at the end', 'name@example.42'],
    ['a dot at the end', 'name@example.org.'],
    ['two dots in the domain', 'name@example..org'],
    ['a hyphen at the end of a label', 'name@example-.org'],
    ['a hyphen at its beginning', 'name@-example.org'],
    ['an underscore in the domain', 'name@ex_ample.org'],
    ['an escape in the domain', 'name@ex%61mple.org'],
    ['a path after the domain', 'name@example.org/a'],
    ['a port', 'name@example.org:25'],
    ['a last label of one letter', 'name@example.o'],
    ['a label that is too long', `name@${'b'.repeat(64)}.org`],
    ['a dot at the beginning', '.name@example.org'],
    ['a dot before the @', 'name.@example.org'],
    ['two dots before the @', 'na..me@example.org'],
    ['65 characters before the @', `${'a'.repeat(65)}@example.org`],
    ['65 bytes before the @', `${'å'.repeat(33)}@example.org`],
    ['255 characters', `${'a'.repeat(63)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(59)}.org`],
    ['an encoded word', '=?utf-8?b?YWxsQGV2aWwuZXhhbXBsZQ==?=@example.org'],
    ['an encoded word in the middle', 'a=?utf-8?q?x?=b@example.org'],
    ['an encoded word that wide letters make', 'a＝？utf-8?q?x?=b@example.org'],
    ['a name before it', 'Ana <a@example.org>'],
    ['two addresses', 'a@example.org, b@example.org'],
    ['a group', 'all: a@example.org;'],
    ['a space', 'na me@example.org'],
    ['a line break', 'name@example.org\r\nBcc: all@evil.example'],
    ['a line break of another kind', 'na\u2028me@example.org'],
    ['a zero byte', 'na\u0000me@example.org'],
    ['a mark that turns text around', 'na\u202eme@example.org'],
    ['something invisible', 'na\u200bme@example.org'],
    ['half a character', 'na\ud83dme@example.org'],
    ['a quoted text', '"na me"@example.org'],
  ])('is not %s', (_, text) => {
    expect(readableEmail(text)).toBeUndefined();
    expect(deliverableEmail(text)).toBeUndefined();
  });
});
