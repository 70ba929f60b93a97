// A server of models on this machine that speaks OpenAI's API: embeddings that mean nothing, and a chat model that answers by
// the schema it is asked for, or waits, or fails.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Request = {
  input?: string[];
  dimensions?: number;
  messages?: { content: string }[];
  response_format?: { json_schema: { name: string } };
};

export class ChatModel {
  /** What the chat model was told as data, in order. */
  readonly told: string[] = [];
  mood: 'well' | 'slow' | 'broken' = 'well';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ChatModel> {
    const server = createServer((req, res) => void model.answer(req, res));
    const model = new ChatModel(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(req: IncomingMessage, res: ServerResponse) {
    let body = '';
    for await (const part of req) body += String(part);
    const asked = JSON.parse(body) as Request;
    const reply = (o: unknown) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify(o));
    if (asked.input) {
      const vector = Array.from({ length: asked.dimensions ?? 512 }, (_, i) => Math.sin(i + 1));
      reply({ data: asked.input.map((_, index) => ({ index, embedding: vector })) });
      return;
    }
    this.told.push(asked.messages?.[1]?.content ?? '');
    if (this.mood === 'broken') res.writeHead(500).end();
    if (this.mood !== 'well') return;
    const content = JSON.stringify(contents[asked.response_format?.json_schema.name ?? '']);
    reply({ choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }] });
  }
}

const contents: Record<string, unknown> = {
  label: { label: 'oos' },
  draft: {
    reply:
      'Hello,\n\nthank you for writing. I am sorry for the wait: it left our warehouse and should be with you by [delivery date]. See https://elsewhere.example/pay.',
  },
  summary: {
    wants: 'The customer wants to know where the order is.',
    tried: ['An automatic answer with the tracking link was sent.'],
    open: ['Ask the carrier where the parcel is.', 'Tell the customer the new date.'],
  },
};
