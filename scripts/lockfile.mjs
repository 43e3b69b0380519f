// npm run lockfile:check    – fails when package-lock.json would not install everywhere
// npm run lockfile:complete – after `npm install` of something new: puts back what npm left out
//
// A registry that lacks some platforms' optional packages makes npm drop them from the lock file, and `npm ci` then
// refuses on every machine ("Missing: @next/swc-darwin-arm64@ from lock file"). And npm writes down the registry it asked,
// which may be a mirror that others cannot reach.
import './prepare/node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { command, Problem } from './prepare/report.mjs';

const publicRegistry = 'https://registry.npmjs.org/';
const systems = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  android: 'android',
  freebsd: 'freebsd',
};
const processors = ['x64', 'arm64', 'ia32', 'arm', 'wasm32'];

/** Optional packages that somebody asks for and the lock file does not have, as [name, version, for development only]. */
function missing(packages) {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`${place}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** The entry npm would have written: it finds the rest itself on the machines that need the package. */
function entryFor({ name, version, dev }) {
  const parts = name.split(/[/-]/);
  const system = parts.map((part) => systems[part]).find(Boolean);
  const processor = parts.find((part) => processors.includes(part));
  if (!/^\d+\.\d+\.\d+/.test(version) || !(system || processor))
    throw new Problem(
      `${name}@${version} is missing from the lock file, and its name does not say for which platform it is.`,
    );
  return {
    version,
    ...(processor && { cpu: [processor] }),
    ...(dev && { dev: true }),
    ...(name.includes('musl') && { libc: ['musl'] }),
    optional: true,
    ...(system && { os: [system] }),
  };
}

function check({ packages }) {
  const foreign = Object.entries(packages).filter(
    ([, { resolved }]) => resolved && !resolved.startsWith(publicRegistry),
  );
  if (foreign.length > 0)
    throw new Problem(
      `package-lock.json names other places than ${publicRegistry} for:\n${foreign.map(([place]) => place).join('\n')}`,
    );
  const names = missing(packages).map(({ name }) => name);
  if (names.length > 0) throw new Problem(`package-lock.json lacks ${names.join(', ')}: npm run lockfile:complete`);
  console.log('The lock file installs on every platform, from the public registry.');
}

function complete(lock) {
  const added = missing(lock.packages);
  for (const wanted of added) lock.packages[`node_modules/${wanted.name}`] = entryFor(wanted);
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync('package-lock.json', `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`${added.length} entries added`);
}

const commands = { check, complete };

await command(() => {
  const work = commands[process.argv[2] ?? 'check'];
  if (!work) throw new Problem(`One of: ${Object.keys(commands).join(', ')}`);
  work(JSON.parse(readFileSync('package-lock.json', 'utf8')));
});
