// A real Usher: the built binary with the demo data, on a free port, with data of its own. It can be killed and come back.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const binary = resolve(process.env.USHER ?? '../../bin/usher');

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

export class Node {
  private process?: ChildProcess;
  private log: string[] = [];
  /** The one-time link of the first agent, from the last start that printed one. */
  link = '';

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts one; `more` is set in its environment beside what keeps it to itself. */
  static async start(more: NodeJS.ProcessEnv = {}): Promise<Node> {
    const folder = mkdtempSync(join(tmpdir(), 'usher-e2e-'));
    chmodSync(folder, 0o755); // the database's user passes through
    const listen = `127.0.0.1:${await freePort()}`;
    const env = {
      ...process.env,
      USHER_DATA: join(folder, 'data'),
      USHER_LISTEN: listen,
      USHER_PUBLIC_URL: '',
      DATABASE_URL: '',
      NATS_URL: '',
      OPENAI_BASE_URL: '',
      OPENAI_API_KEY: '',
      USHER_CHAT_MODEL: '',
      ...more,
    };
    const node = new Node(`http://${listen}`, folder, env);
    await node.up();
    return node;
  }

  /** Starts the server and returns once it listens. */
  async up(): Promise<void> {
    const child = spawn(binary, ['serve', '--demo'], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    child.stderr?.on('data', (b) => this.log.push(String(b)));
    await new Promise<void>((ready, failed) => {
      child.once('exit', (code) => failed(new Error(`usher ended with ${code}\n${this.log.join('')}`)));
      child.once('error', failed);
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        this.link = line.match(/http\S+\/sign-in\?token=\S+/)?.[0] ?? this.link;
        if (line.startsWith('listening on ')) ready();
      });
    });
  }

  /** Ends it as kill -9 does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** A new one-time link for an agent. */
  linkFor(email: string): string {
    const out = execFileSync(binary, ['agent', 'link', email], { env: this.env, encoding: 'utf8' });
    const link = out.match(/http\S+\/sign-in\?token=\S+/)?.[0];
    if (!link) throw new Error(`no link in ${out}`);
    return link;
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('close', done));
    child.kill(signal);
    await gone;
  }
}
