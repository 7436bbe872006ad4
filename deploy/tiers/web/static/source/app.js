// Every page works without this script. It prevents a second submission of an order by a double click.
for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '';
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-busy', 'true');
  });
}

// A page that is restored from the back/forward cache may be submitted again: the server recognizes the order by its idempotency key.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-busy');
  }
});
