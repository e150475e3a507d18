-- Shifts. The counters are the truth about places: every sign-up takes its place by a conditional UPDATE of this row.
CREATE TABLE shifts (
  center_id              BIGINT UNSIGNED NOT NULL,
  id                     BIGINT UNSIGNED NOT NULL,
  activity_id            BIGINT UNSIGNED NOT NULL,
  post                   VARCHAR(30)     NOT NULL,
  start_time             BIGINT          NOT NULL,
  end_time               BIGINT          NOT NULL,
  capacity               INT             NOT NULL,
  waitlist_capacity      INT             NOT NULL,
  break_minutes          INT             NOT NULL,
  taken_count            INT             NOT NULL,  -- confirmed people and offers that are held
  waitlisted_count       INT             NOT NULL,
  waitlist_last_position BIGINT          NOT NULL,  -- over all who ever joined the waiting list
  accepting              SMALLINT        NOT NULL,  -- 1 while the activity is open for sign-up
  state                  SMALLINT        NOT NULL,
  end_due_time           BIGINT,                    -- when the platform ends it by itself; null once it has ended
  publication_end_time   BIGINT,
  create_time            BIGINT          NOT NULL,
  update_time            BIGINT          NOT NULL,
  delete_time            BIGINT,
  PRIMARY KEY (center_id, id),
  KEY by_activity (center_id, activity_id, start_time, id),
  KEY by_end_due (end_due_time),
  CONSTRAINT shifts_places CHECK (taken_count BETWEEN 0 AND capacity),
  CONSTRAINT shifts_waitlist CHECK (waitlisted_count BETWEEN 0 AND waitlist_capacity)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
