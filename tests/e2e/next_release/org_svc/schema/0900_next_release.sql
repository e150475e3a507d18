-- What a release may bring while the one before it serves: a table, and columns and a key of a table that is written
-- meanwhile.
CREATE TABLE next_release (
  center_id BIGINT UNSIGNED NOT NULL,
  id        BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (center_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE teams
  ADD COLUMN next_note VARCHAR(100) NOT NULL DEFAULT '',
  ADD COLUMN next_time BIGINT NULL;

ALTER TABLE teams
  ADD KEY by_update_time (center_id, update_time);
