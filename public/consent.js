// Guards the Allow button against clicks that were meant for something else (a window that appears under the pointer,
// the second half of a double click): for a moment after the page appears or comes back into view it does not answer.
// The server refuses answers that come too fast on its own; without this script the page works the same.
(() => {
  const ARM_AFTER_MS = 700;
  const allow = document.querySelector('[data-consent-allow]');
  if (!(allow instanceof HTMLButtonElement)) return;

  let timer;
  const arm = () => {
    clearTimeout(timer);
    allow.disabled = true;
    timer = setTimeout(() => {
      allow.disabled = false;
    }, ARM_AFTER_MS);
  };
  arm();
  window.addEventListener('focus', arm);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) arm();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') arm();
  });
})();
