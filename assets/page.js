/**
 * Makes the pages more comfortable; every page works without it. It loads nothing, stores nothing and sends nothing.
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

document.documentElement.classList.add('scripted');
for (const form of document.querySelectorAll('form')) followConditions(form);
for (const form of document.querySelectorAll('form[data-once]')) sendOnce(form);
countDays();
takeFragment();
document.getElementById('summary')?.focus();
