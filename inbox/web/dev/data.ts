// Data for developing and testing the app without a server: a few conversations that show every kind of entry.
import type { components } from '../src/api/schema';
import type {
  Conversation,
  Decision,
  Message,
  Payload,
  PolicyVersion,
  Template,
  VectorSpace,
} from '../src/api/shapes';

type ThresholdsBody = components['schemas']['ThresholdsBody'];

export const id = (n: number) => `01931000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const ben = { id: id(1), name: 'Ben Okafor' };
const cleo = { id: id(2), name: 'Cleo Marchetti' };
const dana = { id: id(3), name: 'Dana Whitfield' };

const minute = 60_000;

export const agents = [
  { ...ben, presence: 'online' as const, load: 3, capacity: 6, teams: ['support', 'billing'] },
  { ...cleo, presence: 'online' as const, load: 5, capacity: 6, teams: ['support'] },
  { ...dana, presence: 'away' as const, load: 1, capacity: 4, teams: ['billing'] },
  { id: id(4), name: 'Emil Strand', presence: 'offline' as const, load: 0, capacity: 6, teams: ['billing'] },
];
export const teams = [
  { slug: 'support', name: 'Support' },
  { slug: 'billing', name: 'Billing' },
];
export const intents = [
  ['order_status', 'Order status'],
  ['refund_request', 'Refund'],
  ['refund_status', 'Refund status'],
  ['delivery_problem', 'Delivery problem'],
  ['invoice_request', 'Invoice'],
  ['login_problem', 'Login'],
  ['cancel_subscription', 'Cancel subscription'],
  ['product_question', 'Product question'],
  ['bug_report', 'Bug report'],
].map(([intent, name]) => ({ id: intent!, name: name!, description: '' }));

export const templates: Template[] = [
  {
    name: 'order_status',
    version: 3,
    title: 'Where an order is',
    watch: true,
    language: 'en',
    body: 'Hello {{ contact.first_name }},\n\nYour order {{ order.id }} was shipped.',
    texts: { de: 'Hallo {{ contact.first_name }},\n\nIhre Bestellung {{ order.id }} ist unterwegs.' },
  },
  {
    name: 'return_request',
    version: 1,
    title: 'Returning or exchanging something',
    watch: true,
    language: 'en',
    body: 'Hello,\n\nYou can return it within 30 days.',
    texts: {},
  },
  {
    name: 'password_reset',
    version: 2,
    title: 'Signing in again',
    watch: true,
    language: 'en',
    body: 'Hello,\n\nUse “Forgot password”.',
    texts: {},
  },
];

type Seed = {
  name: string;
  email?: string;
  type?: string;
  channel?: string;
  intent: string;
  confidence: number;
  priority?: Conversation['priority'];
  status?: Conversation['status'];
  team?: string;
  agent?: { id: string; name: string };
  degraded?: boolean;
  reason?: string;
  /** Minutes before now, kind, text, and what else. */
  entries: [number, 'in' | 'auto' | 'agent' | 'note' | 'did', string, (Payload & { delivery?: string })?][];
};

const seeds: Seed[] = [
  {
    name: 'Marta Lindqvist',
    email: 'marta.lindqvist@example.com',
    type: 'vip',
    intent: 'refund_request',
    confidence: 0.96,
    priority: 'urgent',
    team: 'billing',
    agent: ben,
    reason: 'The customer is angry and asks for the third time; a person answers.',
    entries: [
      [2900, 'in', 'Hi, I sent the jacket back two weeks ago. When do I get my money?'],
      [
        2899,
        'auto',
        'Hello Marta,\n\nrefunds reach your account within 5 to 7 working days after the parcel arrives. We have your return for order 10234 since 9 November.',
        {
          template: 'refund_status',
          choices: [
            { value: 'yes', label: 'Yes, thanks' },
            { value: 'no', label: 'No, I need more help' },
          ],
          delivery: 'read',
        },
      ],
      [2880, 'in', 'No, I need more help', { choice: 'no', answers: 'previous' }],
      [2880, 'did', '', { what: 'queued', team: 'billing', reason: 'the answer did not help' }],
      [2870, 'did', '', { what: 'dispatched', agent: 'Dana Whitfield', team: 'billing' }],
      [2869, 'did', '', { what: 'priority_changed', by: 'Dana Whitfield', from: 'normal', to: 'high' }],
      [2868, 'did', '', { what: 'handed_over', by: 'Dana Whitfield', agent: 'Ben Okafor' }],
      [
        2860,
        'note',
        'Warehouse confirmed the parcel on the 9th. Finance has it in the next run, see https://erp.example/returns/88121.',
      ],
      [
        2840,
        'agent',
        'Hello Marta, I am sorry this takes so long. Your refund of 129.00 € is in the next payment run and leaves us tomorrow morning.',
        { delivery: 'read' },
      ],
      [16, 'in', 'this is the third time I ask, I want my money back NOW'],
      [14, 'in', 'Order 10234. I can call my bank and take it back myself if that is what you prefer.'],
    ],
  },
  {
    name: 'Jonas Feld',
    email: 'jonas@feld.example',
    intent: 'delivery_problem',
    confidence: 0.88,
    priority: 'high',
    agent: ben,
    entries: [
      [95, 'in', 'The courier says delivered but there is nothing here. Neighbours do not have it either.'],
      [
        94,
        'did',
        '',
        { what: 'queued', team: 'support', reason: 'a delivery that went wrong is for people' },
      ],
      [93, 'did', '', { what: 'dispatched', agent: 'Ben Okafor', team: 'support' }],
    ],
  },
  {
    name: 'Priya Raman',
    email: 'priya.raman@example.org',
    channel: 'api',
    intent: 'invoice_request',
    confidence: 0.71,
    agent: ben,
    entries: [
      [
        260,
        'in',
        'Could you send me the invoices of the last quarter, made out to our new address? Raman Consulting, 12 Mill Lane, York.',
      ],
      [255, 'agent', 'Of course, I will have them changed and send them today.', { delivery: 'delivered' }],
      [42, 'in', 'Great, and please also the one of September.'],
    ],
  },
  {
    name: 'Visitor',
    intent: 'oos',
    confidence: 0.41,
    degraded: true,
    entries: [[4, 'in', 'u still doing the thing from the poster??']],
  },
  {
    name: 'Tomasz Zieliński',
    email: 'tz@example.net',
    intent: 'login_problem',
    confidence: 0.62,
    priority: 'high',
    entries: [
      [
        21,
        'in',
        'Cannot sign in since this morning, the code never arrives. I have a demo with a client at 3.',
      ],
    ],
  },
  {
    name: 'Aïcha Benali',
    email: 'aicha@example.fr',
    intent: 'product_question',
    confidence: 0.55,
    agent: cleo,
    entries: [[33, 'in', 'Bonjour, est-ce que le sac existe aussi en cuir marron ?']],
  },
  {
    name: 'Oliver Grant',
    email: 'oliver@example.com',
    intent: 'order_status',
    confidence: 0.98,
    status: 'waiting',
    entries: [
      [7, 'in', 'where is my order 10291?'],
      [
        7,
        'auto',
        'Hello Oliver,\n\nYour order 10291 was shipped on 22 November with DHL.\nTracking: JD014600011223344\nExpected arrival: 25 November',
        {
          template: 'order_status',
          choices: [
            { value: 'yes', label: 'Yes, thanks' },
            { value: 'no', label: 'No, I need more help' },
          ],
          delivery: 'delivered',
        },
      ],
    ],
  },
  {
    name: 'Hannah Sørensen',
    email: 'hannah@example.dk',
    intent: 'cancel_subscription',
    confidence: 0.93,
    status: 'resolved',
    agent: ben,
    entries: [
      [1500, 'in', 'Please cancel my plan at the end of the month.'],
      [
        1490,
        'agent',
        'Done: it ends on 30 November and is not renewed. You keep access until then.',
        { delivery: 'read' },
      ],
      [1440, 'did', '', { what: 'resolved', by: 'Ben Okafor', reason: 'agent' }],
    ],
  },
];

const given = ['Lea', 'Noah', 'Ines', 'Mateo', 'Yuki', 'Farah', 'Ivo', 'Greta', 'Kofi', 'Anya'];
const family = ['Brandt', 'Osei', 'Novak', 'Costa', 'Haddad', 'Larsen', 'Petrov', 'Quinn', 'Rossi', 'Tanaka'];
const asks = [
  'Which size do I need if I am between two?',
  'My invoice shows the wrong VAT number, can you mend that?',
  'App crashes when I open the settings, Android 15.',
  'Is there a discount for schools?',
  'I was charged twice this month.',
  'Can I change the delivery address of 10377?',
];

for (let i = 0; i < 70; i++) {
  seeds.push({
    name: `${given[i % 10]} ${family[(i * 7 + Math.floor(i / 10)) % 10]}`,
    email: `p${i}@example.com`,
    intent: intents[(i * 5) % intents.length]!.id,
    confidence: 0.5 + ((i * 37) % 49) / 100,
    priority: i % 17 === 3 ? 'low' : 'normal',
    team: i % 3 ? 'support' : 'billing',
    ...(i % 4 === 0 && { agent: [cleo, dana][i % 2]! }),
    entries: [[50 + i * 26, 'in', asks[i % asks.length]!]],
  });
}

export type Held = { conversation: Conversation; messages: Message[] };

const kinds = { in: 'inbound', auto: 'outbound', agent: 'outbound', note: 'note', did: 'activity' } as const;
const authors = { in: 'contact', auto: 'automatic', agent: 'agent', note: 'agent', did: 'system' } as const;

/** Conversations with their entries, as they stand at a moment. */
export function seed(now: number): Held[] {
  return seeds.map((s, i) => {
    const c = id(1000 + i);
    const decision = id(5000 + i);
    const ago = (m: number) => new Date(now - m * minute).toISOString();
    const messages: Message[] = [];
    for (const [m, what, text, more] of s.entries) {
      const { delivery, ...payload } = more ?? {};
      if (payload.answers) payload.answers = messages.at(-1)!.id;
      const seq = messages.length + 1;
      messages.push({
        id: id(100_000 + i * 100 + seq),
        seq,
        kind: kinds[what],
        author: authors[what],
        author_name: what === 'in' ? s.name : what === 'agent' || what === 'note' ? ben.name : '',
        agent_id: what === 'agent' || what === 'note' ? ben.id : null,
        text,
        payload,
        client_id: '',
        decision_id: what === 'auto' ? decision : null,
        confidence: what === 'auto' ? s.confidence : 0,
        delivery: delivery ?? '',
        provider_at: null,
        created_at: ago(m),
      });
    }
    const status = s.status ?? 'open';
    const spoken = messages.filter((m) => m.kind !== 'activity' && m.kind !== 'note');
    const last = spoken.at(-1)!;
    const waiting =
      status === 'open' ? (spoken.findLast((m) => m.kind === 'inbound')?.created_at ?? null) : null;
    return {
      messages,
      conversation: {
        id: c,
        contact: {
          id: id(20_000 + i),
          name: s.name === 'Visitor' ? '' : s.name,
          email: s.email ?? '',
          type: s.type ?? (s.email ? 'customer' : 'visitor'),
          external_id: s.email ? `u-${i}` : '',
        },
        channel: s.channel ?? 'webchat',
        status,
        priority: s.priority ?? 'normal',
        intent: s.intent,
        confidence: s.confidence,
        language: 'en',
        degraded: s.degraded ?? false,
        team: s.team ?? 'support',
        agent: s.agent ?? null,
        skills: [],
        reason: s.reason ?? 'The confidence is below the threshold, so a person answers.',
        decision_id: decision,
        last_seq: messages.length,
        preview: last.text.replaceAll('\n', ' '),
        auto_replies: 0,
        queued_at: s.agent ? null : waiting,
        waiting_since: waiting,
        last_message_at: last.created_at,
        resolved_at: status === 'resolved' ? messages.at(-1)!.created_at : null,
        resolved_by: status === 'resolved' ? 'agent' : '',
        created_at: messages[0]!.created_at,
      },
    };
  });
}

/** The decision behind a conversation. */
export function decisionOf({ conversation: c, messages }: Held, now: number): Decision {
  const runnerUp = intents.find((i) => i.id !== c.intent)!.id;
  return {
    id: c.decision_id!,
    message_id: messages[0]!.id,
    route: messages.some((m) => m.author === 'automatic') ? 'reply' : 'agent',
    team: c.team,
    priority: c.priority,
    intent: c.intent,
    confidence: c.confidence,
    threshold: 0.85,
    language: 'en',
    degraded: c.degraded,
    guards: [
      {
        name: 'confidence',
        passed: c.confidence >= 0.85,
        detail: `${Math.round(c.confidence * 100)} % against a threshold of 85 %`,
      },
      { name: 'angry', passed: c.priority !== 'urgent', detail: 'capitals and “third time”' },
      { name: 'vip', passed: c.contact.type !== 'vip', detail: `contact type is ${c.contact.type}` },
    ],
    priority_reasons: c.priority === 'urgent' ? ['asks for the third time', 'angry'] : [],
    reason: c.reason,
    policy_version: 12,
    policy_hash: 'sha256:7d1c',
    model_hash: 'sha256:a41f',
    state: 'done',
    withheld_reason: '',
    created_at: messages[0]!.created_at,
    prediction: {
      model: 'sha256:a41f',
      ranked: [
        { intent: c.intent, confidence: c.confidence },
        { intent: runnerUp, confidence: (1 - c.confidence) * 0.7 },
      ],
      oos: 0.04,
      language: 'en',
      words: [
        { text: 'money', weight: 1.4 },
        { text: 'back', weight: 1.1 },
        { text: 'third time', weight: 0.6 },
      ],
      signals: {},
    },
    evidence: {
      repeats: 2,
      similar: [
        {
          conversation_id: id(1007),
          score: 0.87,
          intent: c.intent,
          outcome: 'agent',
          handled: 'people',
          agent: 'Dana Whitfield',
          resolved_at: new Date(now - 6 * 86_400_000).toISOString(),
          preview: 'I returned the shoes and still wait for the refund',
        },
      ],
    },
    assignment: c.agent && { agent: c.agent, cause: 'dispatched', trace: {}, started_at: c.created_at },
    corrections: [],
  } as unknown as Decision;
}

/** How the intents fared: some answered automatically, one often wrong, one too rare to tell. */
export function thresholds(): ThresholdsBody {
  const answered = ['order_status', 'refund_status', 'login_problem'];
  return {
    days: 30,
    version: 12,
    hash: 'sha256:7d1c',
    items: intents.map((i, n) => {
      const automatic = answered.includes(i.id);
      const volume = 240 - n * 27;
      return {
        intent: i.id,
        name: i.name,
        route: automatic ? 'reply' : 'agent',
        template: automatic ? i.id : '',
        team: n % 2 ? 'billing' : 'support',
        threshold: automatic ? 0.85 : 0,
        volume,
        automatic: automatic ? Math.round(volume * 0.7) : 0,
        wrong: automatic ? n * 2 : 0,
        wrong_known: automatic ? Math.round(volume * 0.4) : 0,
      };
    }),
  };
}

/** Messages that the classifier is unsure of. */
export function nextLabels(): components['schemas']['NextLabels'] {
  const texts = [
    'Nothing has come, and the bill is here already',
    'It says no, whatever I type',
    'Can you look at it',
  ];
  return {
    model: '7d1c',
    messages: 214,
    items: texts.map((text, n) => ({
      conversation_id: id(1000 + n),
      decision_id: id(9000 + n),
      created_at: new Date(Date.UTC(2026, 0, 5, 9, n)).toISOString(),
      text,
      none_fits: 0.1 + n / 10,
      readings: intents.slice(n, n + 3).map((i, k) => ({ intent: i.id, chance: 0.4 - k / 10 })),
    })),
  };
}

/** One embedder serves while another is still given the past. */
export const vectorSpaces: VectorSpace[] = [
  {
    model: 'use-lite-512+hash-512',
    numbers: 1024,
    serves: true,
    fall_back: true,
    wanted: false,
    complete: true,
    past: 5200,
    done: 5200,
    waiting: 0,
    left_seconds: 0,
  },
  {
    model: 'example-embedding',
    numbers: 512,
    serves: false,
    fall_back: false,
    wanted: true,
    complete: false,
    past: 5200,
    done: 2300,
    waiting: 2900,
    left_seconds: 95,
  },
];

export const policyVersion = (now: number): PolicyVersion => ({
  version: 12,
  hash: 'sha256:7d1c',
  yaml: 'version: 1\nintents:\n  order_status: {threshold: 0.85, route: reply, template: order_status}\n',
  state: 'live',
  note: 'Fewer automatic refunds',
  author: 'ben@example.com',
  created_at: new Date(now - 86_400_000).toISOString(),
  published_at: new Date(now - 86_000_000).toISOString(),
});
