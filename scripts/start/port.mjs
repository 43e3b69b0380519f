import net from 'node:net';
import { Problem } from '../prepare/report.mjs';

const sentences = {
  EADDRINUSE: (port) => `Port ${port} is in use, perhaps by another Gatehouse. Choose another one with PORT.`,
  EACCES: (port) => `This user may not listen on port ${port}. Choose one above 1023 with PORT.`,
  EADDRNOTAVAIL: (_port, host) => `HOST must be an address of this machine, not "${host}".`,
  ENOTFOUND: (_port, host) => `HOST must be an address of this machine, not "${host}".`,
};

/**
 * Asks early, before minutes go into a build that then cannot serve.
 * @param {{ port: number, host: string }} settings
 * @throws {Problem} when the server could not listen there
 */
export const requireFreePort = ({ port, host }) =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', (error) => reject(new Problem(sentences[error.code]?.(port, host) ?? error.message)));
    probe.listen({ port, host, exclusive: true }, () => probe.close(resolve));
  });
