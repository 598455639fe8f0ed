/** Texts that pages and mails have to bear: long without a gap, from right to left, both ways, of many code points. */
export const HARD_TEXTS = {
  long: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
    .repeat(2)
    .slice(0, 190),
  arabic: 'برج السلام، شارع الميناء ١٤، الطابق الثالث',
  hebrew: 'בית הטחנה, רחוב הנמל 14 (קומה 3)',
  mixed: 'Mill House ‏– מבנה ב׳, entrance “B” – المدخل الخلفي 2',
  emoji: '👩🏽‍🔧👨‍👩‍👧‍👦🏳️‍🌈 Haus №5 🇯🇵 e\u0301clair',
  /** Turns the direction over and never ends it: nothing after it may be read backwards. */
  override: 'Tower \u202Eexe.gnihsihp\u202D 7',
} as const;
