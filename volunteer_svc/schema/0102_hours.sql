-- The hour ledger.

-- One row for each volunteer, made with the volunteer; its lock orders what is written to the ledger of one person.
CREATE TABLE hour_accounts (
  center_id       BIGINT UNSIGNED NOT NULL,
  volunteer_id    BIGINT UNSIGNED NOT NULL,
  sequence        BIGINT          NOT NULL,  -- of the newest entry; 0 before the first
  balance_minutes BIGINT          NOT NULL,
  head_hash       BINARY(32)      NOT NULL,  -- of the newest entry; zeros before the first
  PRIMARY KEY (center_id, volunteer_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Append-only: no statement of ours changes or removes a row, and the hash covers every column.
CREATE TABLE hour_entries (
  center_id           BIGINT UNSIGNED NOT NULL,
  volunteer_id        BIGINT UNSIGNED NOT NULL,
  sequence            BIGINT          NOT NULL,
  registration_id     BIGINT UNSIGNED NOT NULL,
  revision            INT             NOT NULL,  -- 0: the settlement; what corrects it later counts on
  minutes             BIGINT          NOT NULL,
  balance_minutes     BIGINT          NOT NULL,  -- after this entry
  start_time          BIGINT          NOT NULL,
  end_time            BIGINT          NOT NULL,
  activity_id         BIGINT UNSIGNED NOT NULL,
  activity_title      VARCHAR(100)    NOT NULL,
  shift_id            BIGINT UNSIGNED NOT NULL,
  unit_id             BIGINT UNSIGNED NOT NULL,
  team_id             BIGINT UNSIGNED NOT NULL,  -- 0 where no team was in charge
  place               VARCHAR(200)    NOT NULL,
  content             VARCHAR(2000)   NOT NULL,
  person_in_charge_id BIGINT UNSIGNED NOT NULL,
  recorder_id         BIGINT UNSIGNED NOT NULL,
  grade               SMALLINT        NOT NULL,
  record_time         BIGINT          NOT NULL,
  hash                BINARY(32)      NOT NULL,
  PRIMARY KEY (center_id, volunteer_id, sequence),
  UNIQUE KEY by_registration (center_id, registration_id, revision),
  KEY by_start_time (center_id, volunteer_id, start_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- From how many minutes on each star is borne. Center 0 is the default, from 志愿服务记录办法 (2012): 100, 300, 600, 1000
-- and 1500 hours; a center with rows of its own has those instead.
CREATE TABLE star_levels (
  center_id BIGINT UNSIGNED NOT NULL,
  star      SMALLINT        NOT NULL,
  minutes   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, star)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT INTO star_levels (center_id, star, minutes)
VALUES (0, 1, 6000), (0, 2, 18000), (0, 3, 36000), (0, 4, 60000), (0, 5, 90000);
