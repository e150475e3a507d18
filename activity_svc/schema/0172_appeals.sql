-- Appeals against the hours of a registration, and every move they made.
ALTER TABLE policies ADD COLUMN appeal_working_days INT NOT NULL DEFAULT 10;

CREATE TABLE appeals (
  center_id              BIGINT UNSIGNED NOT NULL,
  registration_id        BIGINT UNSIGNED NOT NULL,
  shift_id               BIGINT UNSIGNED NOT NULL,
  unit_id                BIGINT UNSIGNED NOT NULL,  -- the organising unit
  volunteer_id           BIGINT UNSIGNED NOT NULL,
  state                  SMALLINT        NOT NULL,
  outcome                SMALLINT        NOT NULL,
  claimed_check_in_time  BIGINT          NOT NULL,
  claimed_check_out_time BIGINT          NOT NULL,
  due_time               BIGINT          NOT NULL,
  waiting                SMALLINT,                  -- 1 while open; null once decided
  create_time            BIGINT          NOT NULL,
  update_time            BIGINT          NOT NULL,
  PRIMARY KEY (center_id, registration_id),
  KEY by_volunteer (center_id, volunteer_id, registration_id),
  KEY by_waiting (center_id, waiting, due_time, registration_id),
  KEY by_unit (center_id, unit_id, waiting, due_time, registration_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE appeal_moves (
  center_id       BIGINT UNSIGNED NOT NULL,
  registration_id BIGINT UNSIGNED NOT NULL,
  id              BIGINT UNSIGNED NOT NULL,
  from_state      SMALLINT        NOT NULL,
  to_state        SMALLINT        NOT NULL,
  outcome         SMALLINT        NOT NULL,
  actor           VARCHAR(64)     NOT NULL,
  reason          VARCHAR(500)    NOT NULL,
  move_time       BIGINT          NOT NULL,
  PRIMARY KEY (center_id, registration_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
