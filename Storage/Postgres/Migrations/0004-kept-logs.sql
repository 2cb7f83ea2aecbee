-- Sessions that ended while they were watched: their logs stay until some time, for those who have not read all of
-- them. After that the sessions move to `ended`, and their rows are removed.

CREATE TABLE kept_logs(
    session    bigint PRIMARY KEY,
    tenant     bytea NOT NULL,
    id         bytea NOT NULL,
    created_at bigint NOT NULL,
    floor      bigint NOT NULL,
    revision   bigint NOT NULL,
    until      bigint NOT NULL
);
CREATE INDEX kept_logs_by_name ON kept_logs(tenant, id);
CREATE INDEX kept_logs_by_time ON kept_logs(until);
