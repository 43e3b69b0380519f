import net from 'node:net';
import path from 'node:path';

/** At the n-th request to the database: before it is sent, after it was sent, or when its answer has arrived here. */
export type CutPoint = { request: number; moment: 'unsent' | 'sent' | 'answered' };

/**
 * Stands between one server and the database, passes bytes on and counts requests. It makes crash points out of the
 * conversation itself, so that the product needs none.
 */
export class DatabaseProxy {
  #listener = net.createServer((client) => this.#join(client));
  #upstreams = new Set<net.Socket>();
  #cut: (CutPoint & { reached: () => void }) | null = null;
  #requests = 0;

  private constructor(private readonly databaseUrl: URL) {}

  static async open(databaseUrl: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(databaseUrl));
    await new Promise<void>((resolve) => proxy.#listener.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The database's address by way of this proxy. */
  get url(): string {
    const url = new URL(this.databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((this.#listener.address() as net.AddressInfo).port);
    url.searchParams.delete('host');
    return url.href;
  }

  /** @param reached called synchronously at the point; what was under way is not passed on */
  arm(cut: CutPoint | null, reached: () => void): void {
    this.#requests = 0;
    this.#cut = cut && { ...cut, reached };
  }

  /** Resolves when the database has let go of every connection that was cut: what it still did on them is done. */
  async released(): Promise<void> {
    const cut = [...this.#upstreams].filter(({ writableEnded }) => writableEnded);
    await Promise.all(cut.map((upstream) => new Promise<void>((resolve) => upstream.once('close', () => resolve()))));
  }

  async close(): Promise<void> {
    this.#listener.close();
    this.#cut = null;
    for (const upstream of this.#upstreams) upstream.emit('cut');
    await this.released();
  }

  #join(client: net.Socket): void {
    const directory = this.databaseUrl.searchParams.get('host');
    const port = Number(this.databaseUrl.port || 5432);
    const upstream = net.connect(
      directory?.startsWith('/')
        ? { path: path.join(directory, `.s.PGSQL.${port}`), allowHalfOpen: true }
        : { host: this.databaseUrl.hostname, port, allowHalfOpen: true },
    );
    this.#upstreams.add(upstream);
    const asked = new Frames(false);
    const answered = new Frames(true);
    let awaited = false;
    let over = false;
    const end = () => {
      over = true;
      client.destroy();
      // Only our half: the database finishes what it does and closes its own.
      upstream.end();
      upstream.resume();
    };
    client.on('data', (bytes) => {
      if (over) return;
      const requests = asked.count(bytes, 'QS');
      const before = this.#requests;
      this.#requests += requests;
      const cut = this.#cut;
      const due = cut !== null && before < cut.request && this.#requests >= cut.request;
      if (due && cut.moment === 'unsent') return this.#reach(cut, end);
      upstream.write(bytes);
      if (due && cut.moment === 'sent') return this.#reach(cut, end);
      awaited ||= due;
    });
    upstream.on('data', (bytes) => {
      if (over) return;
      if (awaited && answered.count(bytes, 'Z') > 0 && this.#cut) return this.#reach(this.#cut, end);
      client.write(bytes);
    });
    upstream.on('cut', end);
    upstream.on('end', end);
    upstream.on('error', end);
    upstream.on('close', () => this.#upstreams.delete(upstream));
    client.on('error', end);
    client.on('close', end);
  }

  #reach(cut: { reached: () => void }, end: () => void): void {
    this.#cut = null;
    cut.reached();
    end();
  }
}

/** Counts messages of some types in a stream of PostgreSQL's protocol (version 3: type, length, content). */
class Frames {
  #rest = Buffer.alloc(0);

  /** @param typed false: the first message has no type, as a client's first */
  constructor(private typed: boolean) {}

  count(bytes: Buffer, types: string): number {
    let buffer = Buffer.concat([this.#rest, bytes]);
    let counted = 0;
    for (;;) {
      const head = this.typed ? 1 : 0;
      if (buffer.length < head + 4) break;
      const size = head + buffer.readInt32BE(head);
      if (buffer.length < size) break;
      if (this.typed && types.includes(String.fromCharCode(buffer[0] as number))) counted++;
      this.typed = true;
      buffer = buffer.subarray(size);
    }
    this.#rest = buffer;
    return counted;
  }
}
