-- A session's tools as of its checkpoint: a ToolSet. NULL = none yet.

ALTER TABLE sessions ADD COLUMN tools bytea;
