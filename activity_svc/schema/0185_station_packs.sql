-- The packs that were issued to stations, and whether they have reported: a shift is not confirmed over their heads. Of
-- packs that were issued before nothing is known, and nobody waits for them.
CREATE TABLE station_packs (
  center_id   BIGINT UNSIGNED NOT NULL,
  shift_id    BIGINT UNSIGNED NOT NULL,
  id          BIGINT UNSIGNED NOT NULL,
  issuer      VARCHAR(64)     NOT NULL,
  issue_time  BIGINT          NOT NULL,
  report_time BIGINT,                    -- first upload since the end of the shift; null: none yet
  PRIMARY KEY (center_id, shift_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
