// Runs before the first paint, so that a dark page never flashes white. The app keeps the choice in the same key.
(() => {
  const kept = localStorage.getItem('usher.theme');
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
