-- Places that people hand over to each other: proposed by the one, answered by the other.
CREATE TABLE handovers (
  center_id       BIGINT UNSIGNED NOT NULL,
  id              BIGINT UNSIGNED NOT NULL,  -- grows with time
  registration_id BIGINT UNSIGNED NOT NULL,  -- the place that is given
  shift_id        BIGINT UNSIGNED NOT NULL,  -- its shift
  giver_id        BIGINT UNSIGNED NOT NULL,
  taker_id        BIGINT UNSIGNED NOT NULL,
  wanted_shift_id BIGINT UNSIGNED NOT NULL,  -- of a swap, where the taker has the place that is wanted; 0: a stand-in
  state           SMALLINT        NOT NULL,
  waits           SMALLINT,                  -- 1 while it waits for an answer, null afterwards
  due_time        BIGINT,                    -- when it lapses by itself, while it waits
  expire_time     BIGINT          NOT NULL,
  create_time     BIGINT          NOT NULL,
  update_time     BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY one_waits (center_id, registration_id, waits),
  KEY by_giver (center_id, giver_id, id),
  KEY by_taker (center_id, taker_id, id),
  KEY by_due (due_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
