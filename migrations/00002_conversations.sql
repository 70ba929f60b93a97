-- +goose Up

-- A thread with one contact on one inbox address.
--   open     it waits on the company: undecided (no team yet), queued (team, no agent) or with an agent
--   waiting  it waits on the customer, after an automatic answer or an agent's reply
--   resolved it is done; a new message starts a new conversation
-- `last_seq` is the sequence of the newest entry; it is raised under the row's lock, so entries of a
-- conversation have no gaps and a reader can tell when it missed one. `heard_seq` is the contact's newest entry and
-- `decided_seq` the newest one that a decision covers: what is owed stands in the row that is locked and written
-- anyway, and entries are never written twice.
CREATE TABLE conversations (
    id                 uuid PRIMARY KEY,
    contact_id         uuid NOT NULL REFERENCES contacts ON DELETE CASCADE,
    contact_address_id uuid NOT NULL REFERENCES contact_addresses ON DELETE CASCADE,
    inbox_address_id   uuid NOT NULL REFERENCES inbox_addresses,
    channel            text NOT NULL,
    status             text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'waiting', 'resolved')),
    priority           text NOT NULL DEFAULT 'normal' CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    priority_rank      int GENERATED ALWAYS AS (CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END) STORED,
    intent             text,
    confidence         real CHECK (confidence BETWEEN 0 AND 1),
    language           text NOT NULL DEFAULT 'und',
    degraded           boolean NOT NULL DEFAULT false,
    team_id            uuid REFERENCES teams,
    agent_id           uuid REFERENCES agents,
    skills             text[] NOT NULL DEFAULT '{}',
    preferred_agent_id uuid REFERENCES agents,
    -- Who gave it back to the queue: the dispatcher does not hand it to them again.
    given_back_by      uuid REFERENCES agents,
    decision_id        uuid,
    last_seq           bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    heard_seq          bigint NOT NULL DEFAULT 0 CHECK (heard_seq <= last_seq),
    decided_seq        bigint NOT NULL DEFAULT 0 CHECK (decided_seq BETWEEN 0 AND heard_seq),
    -- The decision whose automatic answer is neither sent nor withheld yet; while it stands none other is answered.
    answer_owed        uuid,
    preview            text NOT NULL DEFAULT '' CHECK (length(preview) <= 200),
    auto_replies       int NOT NULL DEFAULT 0 CHECK (auto_replies >= 0),
    person_wrote_at    timestamptz,
    queued_at          timestamptz,
    -- Until when silence is waited for after an automatic answer, and whether that answer asked if it helped.
    watch_until        timestamptz,
    asked              boolean NOT NULL DEFAULT false,
    waiting_since      timestamptz,
    last_message_at    timestamptz NOT NULL DEFAULT now(),
    resolved_at        timestamptz,
    resolved_by        text CHECK (resolved_by IN ('agent', 'contact', 'silence', 'automatic')),
    created_at         timestamptz NOT NULL DEFAULT now(),
    CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK ((status = 'resolved') = (resolved_by IS NOT NULL)),
    CHECK (status <> 'resolved' OR heard_seq = decided_seq)
) WITH (fillfactor = 85);
-- No index holds what every message changes (sequences, preview, last_message_at): then a message to people writes the row in
-- its place and no index at all, which is a tenth of all that a message costs. Lists by the last message sort the open ones.
-- Two first messages at the same instant make one conversation.
CREATE UNIQUE INDEX conversations_one_open ON conversations (contact_id, inbox_address_id) WHERE status <> 'resolved';
CREATE INDEX conversations_queue ON conversations (team_id, priority_rank, queued_at) WHERE status = 'open' AND agent_id IS NULL;
CREATE INDEX conversations_agent ON conversations (agent_id, status) WHERE agent_id IS NOT NULL AND status <> 'resolved';
CREATE INDEX conversations_resolved ON conversations (resolved_at DESC, id DESC) WHERE status = 'resolved';
CREATE INDEX conversations_contact ON conversations (contact_id, created_at DESC);
-- The widget reads by address at every change of its thread.
CREATE INDEX conversations_address ON conversations (contact_address_id);
-- How long people took lately, for what the widget says about waiting.
CREATE INDEX conversations_answered ON conversations (inbox_address_id, created_at DESC) WHERE person_wrote_at IS NOT NULL;
CREATE INDEX conversations_watch ON conversations (watch_until) WHERE watch_until IS NOT NULL AND status = 'waiting';

-- The answers that are not out: small.
CREATE INDEX conversations_owed ON conversations (answer_owed) WHERE answer_owed IS NOT NULL;

-- Entries of a conversation, append-only but for how the delivery goes. `provider_at` is the time the
-- channel gave, `created_at` the server's; `seq` orders. `external_id` is the provider's or sender's id:
-- a repeat on the same inbox address is a no-op. `client_id` does the same for what agents send.
-- An activity is a line of history (assigned, resolved, ...): its payload says what happened. The inbox address is the
-- conversation's, repeated for uniqueness; a foreign key on it would lock the same few rows with every message.
CREATE TABLE messages (
    id               uuid PRIMARY KEY,
    conversation_id  uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    seq              bigint NOT NULL CHECK (seq > 0),
    kind             text NOT NULL CHECK (kind IN ('inbound', 'outbound', 'note', 'activity')),
    author           text NOT NULL CHECK (author IN ('contact', 'agent', 'automatic', 'system')),
    agent_id         uuid REFERENCES agents,
    inbox_address_id uuid NOT NULL,
    external_id      text CHECK (length(external_id) BETWEEN 1 AND 200),
    client_id        text CHECK (length(client_id) BETWEEN 1 AND 100),
    text             text NOT NULL CHECK (octet_length(text) <= 65536),
    payload          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    provider_at      timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    -- automatic outbound only: the decision that caused it
    decision_id      uuid,
    -- outbound only
    delivery         text CHECK (delivery IN ('pending', 'sent', 'delivered', 'read', 'failed')),
    UNIQUE (conversation_id, seq),
    CHECK ((kind = 'outbound') = (delivery IS NOT NULL)),
    CHECK ((author = 'agent') = (agent_id IS NOT NULL)),
    CHECK (kind <> 'inbound' OR author = 'contact'),
    CHECK (decision_id IS NULL OR kind = 'outbound')
);
CREATE UNIQUE INDEX messages_external ON messages (inbox_address_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX messages_client ON messages (conversation_id, client_id) WHERE client_id IS NOT NULL;
-- What people wrote; automatic answers all say the same. A reply is indexed once it is handed over: before, its row is about
-- to be written again, and with it the index.
CREATE INDEX messages_search ON messages USING gin (search_words(text))
    WHERE kind IN ('inbound', 'note') OR author = 'agent' AND delivery <> 'pending';
CREATE INDEX messages_unsent ON messages (created_at) WHERE delivery = 'pending';
-- One automatic answer per decision, whatever is delivered twice.
CREATE UNIQUE INDEX messages_one_answer ON messages (decision_id) WHERE decision_id IS NOT NULL;

-- Who owned a conversation when, append-only but for the end.
CREATE TABLE assignments (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    agent_id        uuid NOT NULL REFERENCES agents,
    cause           text NOT NULL CHECK (cause IN ('dispatched', 'taken', 'handed_over')),
    trace           jsonb NOT NULL DEFAULT '{}',
    started_at      timestamptz NOT NULL DEFAULT now(),
    ended_at        timestamptz
);
CREATE UNIQUE INDEX assignments_one_owner ON assignments (conversation_id) WHERE ended_at IS NULL;
CREATE INDEX assignments_conversation ON assignments (conversation_id, started_at);
CREATE INDEX assignments_agent ON assignments (agent_id, started_at DESC);

-- Work to publish on the bus. A row lives from the commit that made it to the bus's acknowledgement.
-- It is a nudge: `ref` names the message or decision; the bus maps topic and token to a subject. `attempt` is 0 but
-- for those of the sweeper, because the bus drops a repeat of the same id.
CREATE TABLE outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic           text NOT NULL CHECK (topic IN ('inbound', 'reply', 'agent', 'outbound')),
    token           text NOT NULL DEFAULT '' CHECK (token ~ '^[a-z0-9_]*$'),
    conversation_id uuid NOT NULL,
    ref             uuid NOT NULL,
    attempt         int NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    created_at      timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
DROP TABLE outbox, assignments, messages, conversations;
