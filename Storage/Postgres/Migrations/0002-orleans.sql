-- What Orleans keeps in PostgreSQL: who is a member of the cluster, and the state of grains.
--
-- Orleans brings no tables of its own. It reads the texts of its statements from a table named OrleansQuery, sends them
-- with parameters of fixed names, and reads result columns of fixed names; everything else here is ours. No statement
-- names a schema: Orleans connects with our schema as its search path.
--
-- Every text is one SQL statement, so it takes effect whole or not at all, even if the silo is killed while it runs.

CREATE TABLE OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row per cluster. Its version is the lock of the membership protocol: a change of membership names the version it
-- has read, and is refused if another change came first.
CREATE TABLE orleans_cluster (
    cluster_id text        PRIMARY KEY,
    version    integer     NOT NULL DEFAULT 0,
    changed_on timestamptz NOT NULL DEFAULT now()
);

-- One row per life of a silo: a silo that starts again has a new generation, and its earlier row turns Dead.
CREATE TABLE orleans_silo (
    cluster_id       text        NOT NULL REFERENCES orleans_cluster ON DELETE CASCADE,
    address          text        NOT NULL,
    port             integer     NOT NULL,
    generation       integer     NOT NULL,
    silo_name        text        NOT NULL,
    host_name        text        NOT NULL,
    status           integer     NOT NULL, -- Orleans.Runtime.SiloStatus: 3 is Active, 6 is Dead
    gateway_port     integer     NOT NULL, -- 0: clients may not connect here
    suspect_times    text,                 -- who suspects this silo, and since when, in Orleans' own notation
    started_on       timestamptz NOT NULL,
    last_heard_of_on timestamptz NOT NULL, -- by the silo's own clock
    PRIMARY KEY (cluster_id, address, port, generation)
);

-- Each write draws a new version, so a row deleted and made again is never taken for the one a late writer has read.
CREATE SEQUENCE orleans_grain_state_version AS integer CYCLE;

-- The state of grains, pub/sub state of streams included. A row that was cleared and not deleted has no payload.
CREATE TABLE orleans_grain_state (
    service_id         text        NOT NULL,
    grain_type         text        NOT NULL, -- the name the state was declared with, not the name of the grain's class
    grain_id_n0        bigint      NOT NULL, -- the first half of a key that is a Guid, else 0
    grain_id_n1        bigint      NOT NULL, -- the second half of a key that is a Guid, a key that is a number, else 0
    grain_id_extension text,                 -- a key that is a string, or what extends one of the keys above
    version            integer     NOT NULL DEFAULT nextval('orleans_grain_state_version'), -- the ETag
    payload            bytea,
    modified_on        timestamptz NOT NULL DEFAULT now(),

    -- One row per grain and state, found by this index too. A hash index holds keys of any length where a B-tree refuses
    -- long ones, and PostgreSQL compares the whole key wherever hashes meet. Being a constraint, it also decides between
    -- two silos that insert at once. An array, because a hash index covers one expression only. Orleans sends hashes of
    -- its own with each statement; they would tell nothing that this index does not know.
    CONSTRAINT orleans_grain_state_key EXCLUDE USING hash
        ((ARRAY[service_id, grain_type, grain_id_n0::text, grain_id_n1::text, grain_id_extension]) WITH =)
);

ALTER SEQUENCE orleans_grain_state_version OWNED BY orleans_grain_state.version;

-- For counting the rows of one grain type, and for finding those that have long been left alone.
CREATE INDEX orleans_grain_state_by_age ON orleans_grain_state (grain_type, modified_on);

-- Membership.

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
-- True if this call has made the cluster's row: many silos may start at once, one of them makes it.
('InsertMembershipVersionKey', $$
WITH made AS (
    INSERT INTO orleans_cluster (cluster_id) VALUES (@DeploymentId)
    ON CONFLICT DO NOTHING
    RETURNING cluster_id)
SELECT EXISTS (SELECT FROM made)
$$),

-- Taking the version comes first and locks the cluster's row. Whoever waited for that lock finds another version than the
-- one it names, so it takes nothing and adds nothing.
('InsertMembershipKey', $$
WITH taken AS (
    UPDATE orleans_cluster AS c SET version = c.version + 1, changed_on = now()
    WHERE c.cluster_id = @DeploymentId AND c.version = @Version
      AND NOT EXISTS (
        SELECT FROM orleans_silo AS s
        WHERE s.cluster_id = c.cluster_id
          AND s.address = @Address AND s.port = @Port AND s.generation = @Generation)
    RETURNING c.cluster_id),
added AS (
    INSERT INTO orleans_silo (
        cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_on, last_heard_of_on)
    SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM taken
    RETURNING cluster_id)
SELECT EXISTS (SELECT FROM added)
$$),

-- A silo that votes another one dead writes back the sign of life it has read; a later one is kept.
('UpdateMembershipKey', $$
WITH taken AS (
    UPDATE orleans_cluster AS c SET version = c.version + 1, changed_on = now()
    WHERE c.cluster_id = @DeploymentId AND c.version = @Version
      AND EXISTS (
        SELECT FROM orleans_silo AS s
        WHERE s.cluster_id = c.cluster_id
          AND s.address = @Address AND s.port = @Port AND s.generation = @Generation)
    RETURNING c.cluster_id),
changed AS (
    UPDATE orleans_silo AS s
    SET status = @Status,
        suspect_times = @SuspectTimes,
        last_heard_of_on = greatest(s.last_heard_of_on, @IAmAliveTime)
    FROM taken
    WHERE s.cluster_id = taken.cluster_id
      AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    RETURNING s.cluster_id)
SELECT EXISTS (SELECT FROM changed)
$$),

-- A sign of life is no change of membership: the version stays.
('UpdateIAmAlivetimeKey', $$
UPDATE orleans_silo SET last_heard_of_on = @IAmAliveTime
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),

-- Version and members in one statement, hence of one moment. A cluster without members gives one row of nulls.
('MembershipReadAllKey', $$
SELECT c.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation",
       s.silo_name AS "SiloName", s.host_name AS "HostName", s.status AS "Status", s.gateway_port AS "ProxyPort",
       s.suspect_times AS "SuspectTimes", s.started_on AS "StartTime", s.last_heard_of_on AS "IAmAliveTime"
FROM orleans_cluster AS c LEFT JOIN orleans_silo AS s USING (cluster_id)
WHERE c.cluster_id = @DeploymentId
$$),

('MembershipReadRowKey', $$
SELECT c.version AS "Version", s.address AS "Address", s.port AS "Port", s.generation AS "Generation",
       s.silo_name AS "SiloName", s.host_name AS "HostName", s.status AS "Status", s.gateway_port AS "ProxyPort",
       s.suspect_times AS "SuspectTimes", s.started_on AS "StartTime", s.last_heard_of_on AS "IAmAliveTime"
FROM orleans_cluster AS c LEFT JOIN orleans_silo AS s
     ON s.cluster_id = c.cluster_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
WHERE c.cluster_id = @DeploymentId
$$),

('GatewaysQueryKey', $$
SELECT address AS "Address", gateway_port AS "ProxyPort", generation AS "Generation"
FROM orleans_silo
WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
$$),

-- A silo that died while joining has sent no sign of life yet; the time of its start counts then.
('CleanupDefunctSiloEntriesKey', $$
DELETE FROM orleans_silo
WHERE cluster_id = @DeploymentId AND status <> 3 AND greatest(last_heard_of_on, started_on) < @IAmAliveTime
$$),

-- The members go with their cluster.
('DeleteMembershipTableEntriesKey', $$
DELETE FROM orleans_cluster WHERE cluster_id = @DeploymentId
$$);

-- Grain state. A writer names the version it has read, or null if it has found no row. No row in the answer means that
-- another writer came first; Orleans turns that into InconsistentStateException.

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $$
SELECT payload AS "PayloadBinary", version AS "Version"
FROM orleans_grain_state
WHERE ARRAY[service_id, grain_type, grain_id_n0::text, grain_id_n1::text, grain_id_extension]
    = ARRAY[@ServiceId, @GrainTypeString, @GrainIdN0::text, @GrainIdN1::text, @GrainIdExtensionString]
$$),

('WriteToStorageKey', $$
WITH changed AS (
    UPDATE orleans_grain_state SET version = DEFAULT, payload = @PayloadBinary, modified_on = now()
    WHERE ARRAY[service_id, grain_type, grain_id_n0::text, grain_id_n1::text, grain_id_extension]
        = ARRAY[@ServiceId, @GrainTypeString, @GrainIdN0::text, @GrainIdN1::text, @GrainIdExtensionString]
      AND version = @GrainStateVersion
    RETURNING version),
added AS (
    INSERT INTO orleans_grain_state (
        service_id, grain_type, grain_id_n0, grain_id_n1, grain_id_extension, payload)
    SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, @GrainIdExtensionString, @PayloadBinary
    WHERE @GrainStateVersion IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version)
SELECT version AS "NewGrainStateVersion" FROM changed
UNION ALL
SELECT version FROM added
$$),

('ClearStorageKey', $$
UPDATE orleans_grain_state SET version = DEFAULT, payload = NULL, modified_on = now()
WHERE ARRAY[service_id, grain_type, grain_id_n0::text, grain_id_n1::text, grain_id_extension]
    = ARRAY[@ServiceId, @GrainTypeString, @GrainIdN0::text, @GrainIdN1::text, @GrainIdExtensionString]
  AND version = @GrainStateVersion
RETURNING version
$$),

-- For storage that is told to delete what is cleared. Orleans wants any number but the version it has sent; 0 is
-- never drawn.
('DeleteStorageKey', $$
DELETE FROM orleans_grain_state
WHERE ARRAY[service_id, grain_type, grain_id_n0::text, grain_id_n1::text, grain_id_extension]
    = ARRAY[@ServiceId, @GrainTypeString, @GrainIdN0::text, @GrainIdN1::text, @GrainIdExtensionString]
  AND version = @GrainStateVersion
RETURNING 0
$$);
