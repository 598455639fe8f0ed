/**
 * Makes the pages more comfortable; every page works without it. It stores nothing, and asks for nothing but the page that
 * it is on.
 */

/** The texts that a field of a form holds now: those of ticked boxes, or what was typed. */
function textsOf(form, id) {
  return new FormData(form).getAll(`field.${id}`).filter((text) => text !== '');
}

const same = (one, other) => one.length === other.length && one.every((text) => other.includes(text));

/** Shows a conditional field while it applies; a hidden one is disabled, so that it is not sent. */
function followConditions(form) {
  const conditional = [...form.querySelectorAll('[data-visible-when]')].map((element) => ({
    element,
    when: JSON.parse(element.dataset.visibleWhen),
  }));
  if (conditional.length === 0) return;
  const update = () => {
    // A field that becomes hidden may hide another: go on until nothing moves any more.
    for (let round = 0; round < conditional.length; round++) {
      for (const { element, when } of conditional) {
        const now = when.fields.map((id) => textsOf(form, id));
        const applies = when.combinations.some((wanted) => wanted.every((texts, at) => same(texts, now[at])));
        element.hidden = !applies;
        for (const control of element.querySelectorAll('input, select, textarea, fieldset')) {
          control.disabled = !applies;
        }
      }
    }
  };
  for (const { element } of conditional) element.querySelector('.hint')?.remove();
  form.addEventListener('change', update);
  update();
}

/** A second click while the first is on its way would only confuse. */
function sendOnce(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'true';
    form.querySelector('button[type="submit"]')?.setAttribute('aria-busy', 'true');
  });
  // Back in history the form is as it was left: it can be sent again.
  addEventListener('pageshow', () => {
    delete form.dataset.sent;
    form.querySelector('button[type="submit"]')?.removeAttribute('aria-busy');
  });
}

/** The server counts days in UTC; here it is known which day it is for the reader. */
function countDays() {
  const today = new Date();
  const midnight = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const element of document.querySelectorAll('[data-day]')) {
    const days = (Date.parse(`${element.dataset.day}T00:00:00Z`) - midnight) / 86_400_000;
    if (Number.isNaN(days)) continue;
    element.textContent = words.format(days, 'day');
    element.closest('.due')?.classList.toggle('late', days < 0);
  }
}

/** A pass in the part of a link that browsers never send (`/#token=…`): it is handed over in the body of a form. */
function takeFragment() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return;
  history.replaceState(null, '', location.pathname + location.search);
  const form = document.createElement('form');
  const input = document.createElement('input');
  Object.assign(form, { method: 'post', action: '/', hidden: true });
  Object.assign(input, { type: 'hidden', name: 'token', value: token });
  form.append(input);
  document.body.append(form);
  form.submit();
}

/** Pauses between two looks, in milliseconds; after the last one the reader refreshes the page. */
const PAUSES = [1, 2, 2, 3, 5, 5, ...Array(60).fill(10)].map((seconds) => seconds * 1000);

/**
 * Brings what changes by itself up to date, until it does no more: each part of the page with `data-refresh` and an id is
 * taken from the same page anew, and with it what goes along (`data-along`). The rest stays as it is, and so does a part in
 * which somebody is.
 */
async function refreshParts() {
  for (const pause of PAUSES) {
    if (!document.querySelector('[data-refresh]')) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (document.hidden) continue;
    const answer = await fetch(location.href).catch(() => undefined);
    // Somebody has signed out meanwhile, or it is gone.
    if (answer?.redirected || answer?.status === 404) return;
    if (!answer?.ok) continue;
    const anew = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-refresh][id], [data-along][id]')) {
      const found = anew.getElementById(part.id);
      if (found && !part.contains(document.activeElement)) part.replaceWith(found);
    }
    countDays();
  }
}

document.documentElement.classList.add('scripted');
for (const form of document.querySelectorAll('form')) followConditions(form);
for (const form of document.querySelectorAll('form[data-once]')) sendOnce(form);
countDays();
takeFragment();
document.getElementById('summary')?.focus();
refreshParts();
