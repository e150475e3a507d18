-- Supplements: hours of people who were there but are not on the record.
CREATE TABLE supplements (
  center_id            BIGINT UNSIGNED NOT NULL,
  id                   BIGINT UNSIGNED NOT NULL,
  shift_id             BIGINT UNSIGNED NOT NULL,
  activity_id          BIGINT UNSIGNED NOT NULL,
  volunteer_id         BIGINT UNSIGNED NOT NULL,
  start_time           BIGINT          NOT NULL,
  end_time             BIGINT          NOT NULL,
  minutes              INT             NOT NULL,
  reason               VARCHAR(200)    NOT NULL,
  evidence             VARCHAR(500)    NOT NULL,
  evidence_reference   VARCHAR(200)    NOT NULL,
  state                SMALLINT        NOT NULL,
  live                 SMALLINT,                  -- 1, or null once rejected or reversed: then one may ask again
  requester            VARCHAR(64)     NOT NULL,  -- "staff/ID"
  decider              VARCHAR(64)     NOT NULL,  -- "staff/ID"; empty: not decided
  decision_reason      VARCHAR(200)    NOT NULL,
  publication_end_time BIGINT,
  create_time          BIGINT          NOT NULL,
  update_time          BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY once_in_shift (center_id, shift_id, volunteer_id, live),
  KEY by_shift (center_id, shift_id, id),
  KEY by_volunteer (center_id, volunteer_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE supplement_moves (
  center_id     BIGINT UNSIGNED NOT NULL,
  supplement_id BIGINT UNSIGNED NOT NULL,
  to_state      SMALLINT        NOT NULL,  -- each is reached once
  actor         VARCHAR(64)     NOT NULL,
  reason        VARCHAR(200)    NOT NULL,
  move_time     BIGINT          NOT NULL,
  PRIMARY KEY (center_id, supplement_id, to_state)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
