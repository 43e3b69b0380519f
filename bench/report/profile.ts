import { readFileSync } from 'node:fs';

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] };
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] };

/** Where the main thread's time went: by kind of code, and the functions that cost most by themselves. */
export function readProfile(file: string): string {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const kinds = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of samples.entries()) {
    const frame = byId.get(id);
    const time = timeDeltas[at] ?? 0;
    if (!frame || frame.functionName === '(idle)' || frame.functionName === '(program)') continue;
    busy += time;
    add(kinds, kindOf(frame), time);
    add(functions, nameOf(frame), time);
  }
  const part = (entries: Map<string, number>, most: number) =>
    [...entries]
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`)
      .join('\n');
  return `busy ${(busy / 1000).toFixed(0)} ms\n\n${part(kinds, 20)}\n\n${part(functions, 45)}`;
}

function add(sums: Map<string, number>, name: string, time: number): void {
  sums.set(name, (sums.get(name) ?? 0) + time);
}

type Frame = Node['callFrame'];

function kindOf({ functionName, url }: Frame): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (/^write(v|Buffer|Utf8String|Latin1String)$|^readStart$/.test(functionName) && url === '') return 'socket writes';
  if (url === '') return 'native code';
  if (url.startsWith('node:internal/crypto')) return 'crypto on the main thread';
  if (/node:internal\/(async|promise|process\/(task|promises))|node:async_hooks/.test(url))
    return 'async hooks and ticks';
  if (url.startsWith('node:')) return 'node internals (http, net, streams)';
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  return found ? `package ${found[1]}` : 'own code';
}

function nameOf({ functionName, url, lineNumber }: Frame): string {
  const place = url.replace(/^.*node_modules\//, '').replace(/^file:\/\/.*\/dist\//, 'dist/');
  return `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`;
}
