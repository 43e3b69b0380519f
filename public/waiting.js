// Looks every few seconds whether the decision that this page waits for has been taken, and shows the page anew when it has.
// Without this script the page looks by itself more slowly, and there is a link.
(() => {
  const SEEN_MS = 3_000;
  const HIDDEN_MS = 15_000;
  const place = document.querySelector('[data-waits-at]');
  if (!(place instanceof HTMLElement)) return;

  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, document.visibilityState === 'visible' ? SEEN_MS : HIDDEN_MS);
  };
  async function look() {
    try {
      const answer = await fetch(place.dataset.waitsAt, { cache: 'no-store' });
      if (answer.ok && (await answer.json()).state === 'changed') {
        location.reload();
        return;
      }
    } catch {
      // Offline, or the server is away: the next look may fare better.
    }
    later();
  }
  document.addEventListener('visibilitychange', later);
  later();
})();
