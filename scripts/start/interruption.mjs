/**
 * From now on a request to end (Ctrl-C, SIGTERM, a closed terminal) no longer ends this process at once. npm passes the
 * terminal's Ctrl-C on a second time: only the first counts.
 * @returns {Promise<void>} fulfilled by the first request
 */
export const interruption = () =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
    process.stdout.on('error', () => resolve()); // the terminal is gone
  });
