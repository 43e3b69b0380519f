import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. Every command works from here, wherever it was called. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {...string} parts A path inside the checkout. */
export const inRoot = (...parts) => path.join(root, ...parts);
