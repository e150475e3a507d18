-- Registrations: one row for each time somebody signed up. The times are the shift's, which never change, so that a
-- person's overlaps are found without a join.
CREATE TABLE registrations (
  center_id         BIGINT UNSIGNED NOT NULL,
  id                BIGINT UNSIGNED NOT NULL,
  shift_id          BIGINT UNSIGNED NOT NULL,
  activity_id       BIGINT UNSIGNED NOT NULL,
  volunteer_id      BIGINT UNSIGNED NOT NULL,
  state             SMALLINT        NOT NULL,
  live              SMALLINT,                  -- 1, or null once cancelled or lapsed: then one may sign up again
  waitlist_position BIGINT          NOT NULL,  -- 0: confirmed at once
  offer_expire_time BIGINT,                    -- set exactly while OFFERED
  start_time        BIGINT          NOT NULL,
  end_time          BIGINT          NOT NULL,
  reason            VARCHAR(200)    NOT NULL,  -- why it was cancelled
  create_time       BIGINT          NOT NULL,
  update_time       BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY once_in_shift (center_id, shift_id, volunteer_id, live),
  KEY by_shift (center_id, shift_id, state, waitlist_position, id),
  KEY by_volunteer (center_id, volunteer_id, id),
  KEY by_volunteer_time (center_id, volunteer_id, end_time),
  KEY by_offer (offer_expire_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
