-- Who took which step on the way of a shift's hours, and what the ledger was told of each registration or supplement.
CREATE TABLE settlement_steps (
  center_id BIGINT UNSIGNED NOT NULL,
  shift_id  BIGINT UNSIGNED NOT NULL,
  kind      SMALLINT        NOT NULL,
  actor     VARCHAR(64)     NOT NULL,
  step_time BIGINT          NOT NULL,
  late      SMALLINT        NOT NULL,  -- after the recording deadline
  PRIMARY KEY (center_id, shift_id, kind)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE hour_entries (
  center_id    BIGINT UNSIGNED NOT NULL,
  source_id    BIGINT UNSIGNED NOT NULL,  -- a registration, or a supplement
  revision     INT             NOT NULL,  -- even: credited; odd: the one before was taken back
  volunteer_id BIGINT UNSIGNED NOT NULL,
  start_time   BIGINT          NOT NULL,
  end_time     BIGINT          NOT NULL,
  minutes      INT             NOT NULL,
  grade        SMALLINT        NOT NULL,
  recorder_id  BIGINT UNSIGNED NOT NULL,  -- 0: settled before this table was kept
  reason       VARCHAR(500)    NOT NULL,
  entry_time   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, source_id, revision)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What was settled before: presences that are CONFIRMED or CORRECTED and count, of shifts that are SETTLED.
INSERT INTO hour_entries (center_id, source_id, revision, volunteer_id, start_time, end_time, minutes, grade,
                          recorder_id, reason, entry_time)
  SELECT a.center_id, a.registration_id, 0, a.volunteer_id,
         CASE WHEN a.check_in_time < s.start_time THEN s.start_time ELSE a.check_in_time END,
         CASE WHEN a.check_out_time > s.end_time THEN s.end_time ELSE a.check_out_time END,
         a.minutes, a.grade, 0, '', s.update_time
    FROM attendances a JOIN shifts s ON s.center_id = a.center_id AND s.id = a.shift_id
   WHERE s.state = 5 AND a.state IN (4, 5) AND a.minutes > 0 AND a.check_out_time IS NOT NULL;

-- Of what went public or was settled before, when is known, but not by whom.
INSERT INTO settlement_steps (center_id, shift_id, kind, actor, step_time, late)
  SELECT center_id, id, state - 2, '', update_time, 0 FROM shifts WHERE state IN (4, 5);
