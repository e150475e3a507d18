-- Presences, and what they said before a leader corrected them.
CREATE TABLE attendances (
  center_id           BIGINT UNSIGNED NOT NULL,
  registration_id     BIGINT UNSIGNED NOT NULL,
  shift_id            BIGINT UNSIGNED NOT NULL,
  volunteer_id        BIGINT UNSIGNED NOT NULL,
  state               SMALLINT        NOT NULL,
  check_in_time       BIGINT          NOT NULL,
  check_in_means      SMALLINT        NOT NULL,
  check_in_distance   INT             NOT NULL,  -- metres; -1: not known
  check_out_time      BIGINT,
  check_out_means     SMALLINT        NOT NULL,
  check_out_distance  INT             NOT NULL,
  device_hash         BINARY(32),                -- SHA-256 of the phone's id at check-in; null: no phone was used
  out_device_hash     BINARY(32),                -- the same at check-out
  minutes             INT             NOT NULL,  -- that count, by the rules
  flagged             SMALLINT        NOT NULL,  -- the check-out was forgotten
  grade               SMALLINT        NOT NULL,
  reason              VARCHAR(200)    NOT NULL,
  create_time         BIGINT          NOT NULL,
  update_time         BIGINT          NOT NULL,
  PRIMARY KEY (center_id, registration_id),
  UNIQUE KEY one_device (center_id, shift_id, device_hash),
  UNIQUE KEY one_out_device (center_id, shift_id, out_device_hash),
  KEY by_shift (center_id, shift_id, registration_id),
  KEY by_volunteer (center_id, volunteer_id, registration_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE attendance_corrections (
  center_id           BIGINT UNSIGNED NOT NULL,
  registration_id     BIGINT UNSIGNED NOT NULL,
  id                  BIGINT UNSIGNED NOT NULL,
  old_state           SMALLINT        NOT NULL,  -- 0: there was no presence
  old_check_in_time   BIGINT,
  old_check_in_means  SMALLINT        NOT NULL,
  old_check_out_time  BIGINT,
  old_check_out_means SMALLINT        NOT NULL,
  old_minutes         INT             NOT NULL,
  old_grade           SMALLINT        NOT NULL,
  actor               VARCHAR(64)     NOT NULL,
  reason              VARCHAR(200)    NOT NULL,
  correct_time        BIGINT          NOT NULL,
  PRIMARY KEY (center_id, registration_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
