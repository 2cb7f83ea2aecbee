-- Names are the bytes of their UTF-8: a text of PostgreSQL cannot hold NUL, and bytes sort as they are.

CREATE TABLE tenants(
    tenant         bytea PRIMARY KEY,
    ended_revision bigint NOT NULL
);

-- A key that was given out once never returns.
CREATE SEQUENCE session_keys;

CREATE TABLE sessions(
    key           bigint PRIMARY KEY,
    tenant        bytea NOT NULL,
    id            bytea NOT NULL,
    commit_number bigint NOT NULL,
    revision      bigint NOT NULL,
    floor         bigint NOT NULL,
    expires_at    bigint NOT NULL,
    created_at    bigint NOT NULL,
    header        bytea NOT NULL,
    UNIQUE (tenant, id)
) WITH (fillfactor = 80);
CREATE INDEX sessions_by_expiry ON sessions(expires_at);

-- Each commit updates one of these short rows; none of what changes is indexed, and with room on the page
-- such an update touches no other.
CREATE TABLE heads(
    session  bigint PRIMARY KEY,
    number   bigint NOT NULL,
    revision bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE log(
    session        bigint NOT NULL,
    number         bigint NOT NULL,
    first_revision bigint NOT NULL,
    last_revision  bigint NOT NULL,
    time           bigint NOT NULL,
    body           bytea NOT NULL,
    PRIMARY KEY (session, last_revision, number)
);

CREATE TABLE variables(
    session bigint NOT NULL,
    id      bytea NOT NULL,
    body    bytea NOT NULL,
    PRIMARY KEY (session, id)
);

CREATE TABLE requests(
    session    bigint NOT NULL,
    request_id bytea NOT NULL,
    body       bytea NOT NULL,
    PRIMARY KEY (session, request_id)
);

CREATE TABLE large_values(
    session  bigint NOT NULL,
    revision bigint NOT NULL,
    chunk    integer NOT NULL,
    bytes    bytea NOT NULL,
    PRIMARY KEY (session, revision, chunk)
);
ALTER TABLE large_values ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE ended(
    session bigint PRIMARY KEY
);
