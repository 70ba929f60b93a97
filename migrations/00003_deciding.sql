-- +goose Up

-- pgvector 0.8 or newer: halfvec and iterative scans.
CREATE EXTENSION IF NOT EXISTS vector;

-- Trained classifiers and known embedders. `hash` names the artefact everywhere else. `author` and `note` say who made it
-- and why.
CREATE TABLE models (
    id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('classifier', 'embedder')),
    name       text NOT NULL,
    hash       text NOT NULL UNIQUE,
    dims       int CHECK (dims BETWEEN 1 AND 4000),
    artefact   bytea,
    card       jsonb NOT NULL DEFAULT '{}',
    live       boolean NOT NULL DEFAULT false,
    author     text NOT NULL DEFAULT '',
    note       text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX models_one_live ON models (kind) WHERE live;

-- Which classifier became live when, append-only. `undoes_to` is the promotion that a rollback goes back to: the one before.
-- A rollback is a promotion, too, and takes over the `undoes_to` of the one it goes back to, so that the next goes further back.
CREATE TABLE model_promotions (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id    int NOT NULL REFERENCES models,
    undoes_to   int REFERENCES model_promotions,
    rollback    boolean NOT NULL DEFAULT false,
    author      text NOT NULL,
    note        text NOT NULL DEFAULT '',
    promoted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_promotions_model ON model_promotions (model_id);

-- One document of thresholds and routes per version; a version never changes, only its state.
CREATE TABLE policies (
    version      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash         text NOT NULL,
    yaml         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('draft', 'live', 'retired')),
    note         text NOT NULL DEFAULT '',
    author       text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE UNIQUE INDEX policies_one_live ON policies ((true)) WHERE state = 'live';

-- Standard answers in Liquid. Saving makes a new version; the newest is the live one. Body is the default text, in language;
-- texts are the same answer in other languages, by ISO 639-1 code.
CREATE TABLE templates (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,60}$'),
    version    int NOT NULL CHECK (version > 0),
    title      text NOT NULL,
    language   text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    body       text NOT NULL CHECK (octet_length(body) <= 65536),
    texts      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(texts) = 'object' AND NOT texts ? language),
    watch      boolean NOT NULL DEFAULT true,
    author     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, version)
);

-- What the model said of a message; whole it stands in decision_inputs.
CREATE TABLE predictions (
    message_id uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    model_hash text NOT NULL,
    intent     text,
    confidence real CHECK (confidence BETWEEN 0 AND 1),
    priority   text NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    language   text NOT NULL,
    entities   jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What was decided of the contact's messages up to `up_to_seq` that no earlier decision covers: each is decided once.
-- Append-only but for the reason for which an automatic answer was not sent in the end. The policy is no foreign key,
-- because every decision would lock the same row; policies are never deleted.
CREATE TABLE decisions (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    message_id      uuid NOT NULL,
    up_to_seq       bigint NOT NULL CHECK (up_to_seq > 0),
    route           text NOT NULL CHECK (route IN ('reply', 'agent', 'resolve')),
    template        text,
    team            text,
    intent          text,
    confidence      real,
    priority        text NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    language        text NOT NULL,
    degraded        boolean NOT NULL,
    policy_version  int NOT NULL,
    policy_hash     text NOT NULL,
    model_hash      text NOT NULL,
    trace           jsonb NOT NULL,
    withheld_reason text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation_id, up_to_seq),
    CHECK ((route = 'reply') = (template IS NOT NULL)),
    CHECK (withheld_reason IS NULL OR route = 'reply'),
    CHECK (route <> 'agent' OR team IS NOT NULL)
);
CREATE INDEX decisions_recent ON decisions (created_at, intent);

-- The routing request as it was decided on, whole: erasable with the contact, kept apart from the trace.
CREATE TABLE decision_inputs (
    decision_id uuid PRIMARY KEY REFERENCES decisions ON DELETE CASCADE,
    request     jsonb NOT NULL
);

-- An agent's relabel of a decision.
CREATE TABLE corrections (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    decision_id     uuid NOT NULL REFERENCES decisions ON DELETE CASCADE,
    agent_id        uuid NOT NULL REFERENCES agents,
    intent          text,
    priority        text CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    wrong_answer    boolean NOT NULL DEFAULT false,
    reason          text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (intent IS NOT NULL OR priority IS NOT NULL OR wrong_answer)
);
CREATE INDEX corrections_conversation ON corrections (conversation_id);
CREATE INDEX corrections_decision ON corrections (decision_id);

-- Customers' answers to "Did that help?".
CREATE TABLE feedback (
    decision_id uuid PRIMARY KEY REFERENCES decisions ON DELETE CASCADE,
    helped      boolean NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Vectors live apart from messages and are written in batches, because one insertion into an HNSW index
-- costs milliseconds. One partition per embedder, so each has its own dimension and index; partitions are
-- made when an embedder is first seen, and only for models that exist.
-- Message vectors: exact search over one contact, so a btree and no HNSW.
CREATE TABLE message_vectors (
    model_id   int NOT NULL,
    message_id uuid NOT NULL,
    contact_id uuid NOT NULL REFERENCES contacts ON DELETE CASCADE,
    embedding  halfvec NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (message_id, model_id)
) PARTITION BY LIST (model_id);
-- 1,024 numbers are just too long for a row, and out of line each would cost a look-up of its own.
ALTER TABLE message_vectors ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX message_vectors_contact ON message_vectors (contact_id, created_at DESC);

-- Case vectors: one per resolved conversation, HNSW over the whole partition.
CREATE TABLE case_vectors (
    model_id        int NOT NULL,
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    embedding       halfvec NOT NULL,
    PRIMARY KEY (conversation_id, model_id)
) PARTITION BY LIST (model_id);
ALTER TABLE case_vectors ALTER COLUMN embedding SET STORAGE PLAIN;

-- The embedders whose vectors are kept. The one that is wanted takes over serving when it has the vectors of the past, too; until
-- then the one before goes on. One is kept to fall back on. Whichever is none of these retires, and is dropped soon after.
CREATE TABLE vector_spaces (
    model_id    int PRIMARY KEY REFERENCES models,
    wanted      boolean NOT NULL DEFAULT false,
    fall_back   boolean NOT NULL DEFAULT false,
    serves      boolean NOT NULL DEFAULT false,
    past        int NOT NULL DEFAULT 0, -- texts that were there before it; all on the list once listed_at is set
    listed_at   timestamptz,
    complete_at timestamptz,
    retired_at  timestamptz
);
CREATE UNIQUE INDEX vector_spaces_one_wanted ON vector_spaces (wanted) WHERE wanted;
CREATE UNIQUE INDEX vector_spaces_one_serves ON vector_spaces (serves) WHERE serves;

-- Texts waiting for a vector, once for each of those embedders: a message once it is decided, a case once it is resolved.
-- Texts of the past wait behind new ones. What is gone by its turn leaves the list without a vector. Who takes texts says until
-- when, and holds no lock while they are embedded: nobody who adds one or takes one back waits for an embedder.
CREATE TABLE vector_work (
    model_id    int NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('message', 'case')),
    ref         uuid NOT NULL,
    contact_id  uuid NOT NULL,
    past        boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    taken_until timestamptz,
    PRIMARY KEY (kind, ref, model_id)
) WITH (fillfactor = 70); -- room to take a text without touching the indexes
CREATE INDEX vector_work_order ON vector_work (model_id, past, created_at, ref);
CREATE INDEX vector_work_contact ON vector_work (contact_id) WHERE kind = 'message';

-- Vectors that a remote model was paid for, by the hash of the redacted text: the text itself is not kept. Bounded by
-- whoever writes; what is lost is made again.
CREATE TABLE embedding_cache (
    model     text NOT NULL,
    dims      int NOT NULL,
    text_hash bytea NOT NULL CHECK (length(text_hash) = 32),
    embedding vector NOT NULL,
    used_at   timestamptz NOT NULL DEFAULT now(), -- to the day
    PRIMARY KEY (model, dims, text_hash),
    CHECK (vector_dims(embedding) = dims)
);
CREATE INDEX embedding_cache_used ON embedding_cache (used_at);

-- +goose Down
DROP TABLE embedding_cache, vector_work, vector_spaces, case_vectors, message_vectors, feedback, corrections, decision_inputs, decisions, predictions, templates, policies, model_promotions, models;
