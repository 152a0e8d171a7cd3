'use strict';
// The script of the HTML report: filters, copies, opens what a link names. The page says everything without it.
const incidents = [...document.querySelectorAll('.incident')];
const form = document.getElementById('filter');
const shown = document.getElementById('shown');
const places = incidents.map(({ dataset }) => new Set(dataset.n.split(' ')));
const texts = [];

/** The text of an incident, read when a filter first asks for it. */
function textOf(index) {
  texts[index] ??= incidents[index].textContent.toLowerCase();
  return texts[index];
}

function filter() {
  const data = new FormData(form);
  const severities = new Set(data.getAll('severity'));
  const namespace = data.get('namespace');
  const words = data.get('text').toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  incidents.forEach((incident, index) => {
    const fits =
      severities.has(incident.dataset.s) &&
      (namespace === '' || places[index].has(namespace)) &&
      words.every((word) => textOf(index).includes(word));
    if (fits) count += 1;
    if (incident.hidden === fits) incident.hidden = !fits;
  });
  const all = incidents.length;
  shown.textContent = count === all ? `${all} shown` : count === 0 ? `None of ${all} fits` : `${count} of ${all} shown`;
}

let timer;
function filterSoon() {
  clearTimeout(timer);
  timer = setTimeout(filter, 150);
}

function reset() {
  form.reset();
  filter();
}

/** Opens what the address names, also where it is folded or filtered away. */
function reveal() {
  let id = '';
  try {
    id = decodeURIComponent(location.hash.slice(1));
  } catch {
    return;
  }
  const target = id === '' ? null : document.getElementById(id);
  if (target === null) return;
  if (target.hidden) reset();
  for (let one = target; one !== null; one = one.parentElement) if (one.matches('details')) one.open = true;
  const incident = target.matches('.incident');
  if (incident) target.firstElementChild.open = true;
  target.scrollIntoView();
  if (incident) target.querySelector('summary').focus({ preventScroll: true });
}

/** Selects the command where the clipboard is not to be had, so that it can be copied by hand. */
async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    say(button, 'Copied');
  } catch {
    getSelection().selectAllChildren(code);
    say(button, document.execCommand('copy') ? 'Copied' : 'Selected');
  }
}

function say(button, word) {
  button.textContent = word;
  document.getElementById('said').textContent = word;
  setTimeout(() => (button.textContent = 'Copy'), 1500);
}

/** Buttons come when an incident is opened: thousands of them would only cost. */
function addButtons(within) {
  for (const code of within.querySelectorAll('.cmd:not(:has(button)) > code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${code.textContent}`);
    button.addEventListener('click', () => void copy(button, code));
    code.after(button);
  }
}

document.addEventListener('toggle', ({ target }) => target.open && addButtons(target), { capture: true });
for (const one of document.querySelectorAll('.incident > details[open]')) addButtons(one);

if (form !== null) {
  form.hidden = false;
  form.addEventListener('input', filterSoon);
  form.addEventListener('reset', () => setTimeout(filter));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    filter();
  });
  const unfold = document.getElementById('unfold');
  unfold.addEventListener('click', () => {
    const open = unfold.textContent === 'Open all';
    for (const one of incidents) if (!one.hidden) one.firstElementChild.open = open;
    unfold.textContent = open ? 'Fold all' : 'Open all';
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input, select, textarea')) return;
    event.preventDefault();
    form.elements.text.focus();
  });
  filter();
}

const theme = document.getElementById('theme');
const dark = () =>
  (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : '')) ===
  'dark';
const nameTheme = () => (theme.textContent = dark() ? 'Light' : 'Dark');
theme.hidden = false;
theme.addEventListener('click', () => {
  document.documentElement.dataset.theme = dark() ? 'light' : 'dark';
  nameTheme();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme);
nameTheme();

// Paper has no folds: incidents and long lists are opened, and folded again afterwards.
let folded = [];
addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll(':is(.incident > details, details.rest):not([open])')];
  for (const one of folded) one.open = true;
});
addEventListener('afterprint', () => {
  for (const one of folded) one.open = false;
});

addEventListener('hashchange', reveal);
reveal();
