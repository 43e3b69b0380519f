import os from 'node:os';

/** What a figure depends on; names nobody's computer. */
export type Machine = {
  cores: number;
  cpu: string;
  memoryGb: number;
  system: string;
  node: string;
  postgresql: string;
};

export function machineOf(postgresql: string): Machine {
  const cpus = os.cpus();
  return {
    cores: cpus.length,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    node: process.versions.node,
    postgresql,
  };
}
