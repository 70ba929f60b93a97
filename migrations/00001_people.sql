-- +goose Up

-- The words of a text as search sees them, in any language: no stemming, and addresses and numbers in their parts.
-- Full text and not trigrams, because a GIN index of words costs an insertion 0.03 ms and one of trigrams 0.2 ms.
CREATE FUNCTION search_words(t text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('pg_catalog.simple', translate(left(t, 4000), '@.-_/:+#<>&=', '            '));

-- Who writes to the company. `external_id` is the company's own id of the person, known once a
-- message or an identify call carries it; until then a contact is a visitor known by address only.
CREATE TABLE contacts (
    id          uuid PRIMARY KEY,
    external_id text UNIQUE CHECK (length(external_id) BETWEEN 1 AND 200),
    type        text NOT NULL DEFAULT 'visitor' CHECK (type ~ '^[a-z][a-z0-9_]{0,30}$'),
    name        text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
    email       text NOT NULL DEFAULT '' CHECK (length(email) <= 320),
    attributes  jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX contacts_search ON contacts USING gin (search_words(name || ' ' || email || ' ' || COALESCE(external_id, '')));

-- How a contact is reached on a channel. The row is locked before a conversation is looked up or
-- made, so two first messages at the same instant make one conversation.
CREATE TABLE contact_addresses (
    id         uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contacts ON DELETE CASCADE,
    channel    text NOT NULL CHECK (channel ~ '^[a-z][a-z0-9_]{0,30}$'),
    address    text NOT NULL CHECK (length(address) BETWEEN 1 AND 320),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (channel, address)
);
CREATE INDEX contact_addresses_contact ON contact_addresses (contact_id);
CREATE INDEX contact_addresses_search ON contact_addresses USING gin (search_words(address));

-- The company's own endpoints: a web chat on a site, an API inbox, later a mailbox or a phone number.
-- `secret` signs the identity of web-chat contacts (HMAC-SHA256 of the contact's external id).
CREATE TABLE inbox_addresses (
    id         uuid PRIMARY KEY,
    channel    text NOT NULL CHECK (channel ~ '^[a-z][a-z0-9_]{0,30}$'),
    address    text NOT NULL CHECK (length(address) BETWEEN 1 AND 320),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    secret     bytea NOT NULL,
    settings   jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (channel, address)
);

-- Keys of systems that send messages and events. Only the SHA-256 of a key is kept.
CREATE TABLE api_keys (
    id               uuid PRIMARY KEY,
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    hash             bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    inbox_address_id uuid NOT NULL REFERENCES inbox_addresses,
    created_at       timestamptz NOT NULL DEFAULT now(),
    revoked_at       timestamptz
);

-- What a contact did elsewhere: order updates, plan changes, behaviour. Append-only.
-- `external_id` makes a repeated delivery a no-op.
CREATE TABLE tracked_events (
    id          uuid PRIMARY KEY,
    contact_id  uuid NOT NULL REFERENCES contacts ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_.]{0,60}$'),
    properties  jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(properties) = 'object'),
    external_id text CHECK (length(external_id) BETWEEN 1 AND 200),
    occurred_at timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contact_id, external_id)
);
CREATE INDEX tracked_events_recent ON tracked_events (contact_id, occurred_at DESC);

CREATE TABLE teams (
    id   uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9_]{0,30}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100)
);

CREATE TABLE skills (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z0-9_]{0,30}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100)
);

-- Agents are people. `capacity` is in conversations that wait on the agent (open and owned).
CREATE TABLE agents (
    id               uuid PRIMARY KEY,
    email            text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '%_@_%'),
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    role             text NOT NULL CHECK (role IN ('agent', 'ops')),
    password_hash    text,
    presence         text NOT NULL DEFAULT 'offline' CHECK (presence IN ('online', 'away', 'offline')),
    -- Offline because no browser of theirs is connected and not by their own choice: they are online once one is.
    absent           boolean NOT NULL DEFAULT true CHECK (NOT absent OR presence = 'offline'),
    capacity         int NOT NULL DEFAULT 6 CHECK (capacity BETWEEN 0 AND 100),
    last_assigned_at timestamptz,
    disabled_at      timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE team_members (
    team_id  uuid NOT NULL REFERENCES teams ON DELETE CASCADE,
    agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
    PRIMARY KEY (team_id, agent_id)
);
CREATE INDEX team_members_agent ON team_members (agent_id);

CREATE TABLE agent_skills (
    agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
    skill    text NOT NULL REFERENCES skills ON DELETE CASCADE,
    level    int NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (agent_id, skill)
);

-- One-time links for the first sign-in, and server-side sign-ins. Only hashes are kept. Who signed in by a link may
-- set a password without knowing the old one.
CREATE TABLE sign_in_links (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    agent_id   uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE TABLE sign_ins (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    agent_id   uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
    by_link    boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sign_ins_agent ON sign_ins (agent_id);

-- +goose Down
DROP TABLE sign_ins, sign_in_links, agent_skills, team_members, agents, skills, teams, tracked_events,
    api_keys, inbox_addresses, contact_addresses, contacts;
DROP FUNCTION search_words;
