-- Accounts of staff and their roles (org_svc/staff).
CREATE TABLE staff (
  center_id     BIGINT UNSIGNED NOT NULL,  -- 0 for the platform's own
  id            BIGINT UNSIGNED NOT NULL,
  username      VARCHAR(32)     NOT NULL,
  display_name  VARCHAR(50)     NOT NULL,
  password_hash VARCHAR(128)    NOT NULL,
  must_change   SMALLINT        NOT NULL,  -- 1: somebody else set the password
  totp_secret   VARBINARY(64)   NULL,      -- sealed
  totp_enrolled SMALLINT        NOT NULL,  -- 1: the secret was proved by a good code
  totp_step     BIGINT          NOT NULL,  -- of the last good code: each is good once
  volunteer_id  BIGINT UNSIGNED NOT NULL,  -- the person is also this volunteer; 0 for none
  state         SMALLINT        NOT NULL,
  version       BIGINT          NOT NULL,
  create_time   BIGINT          NOT NULL,
  update_time   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_username (center_id, username)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Where an account is to be found: user names are unique on the whole platform.
CREATE TABLE staff_accounts (
  username  VARCHAR(32)     NOT NULL,
  staff_id  BIGINT UNSIGNED NOT NULL,
  center_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (username),
  UNIQUE KEY by_staff (staff_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE role_bindings (
  center_id   BIGINT UNSIGNED NOT NULL,  -- of the account
  staff_id    BIGINT UNSIGNED NOT NULL,
  role        VARCHAR(32)     NOT NULL,
  unit_id     BIGINT UNSIGNED NOT NULL,  -- 0 is the platform
  create_time BIGINT          NOT NULL,
  PRIMARY KEY (center_id, staff_id, role, unit_id),
  KEY by_unit (center_id, unit_id, staff_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The passwords an account had, the newest with the largest id, so that none comes back soon.
CREATE TABLE staff_passwords (
  center_id     BIGINT UNSIGNED NOT NULL,
  staff_id      BIGINT UNSIGNED NOT NULL,
  id            BIGINT UNSIGNED NOT NULL,
  password_hash VARCHAR(128)    NOT NULL,
  PRIMARY KEY (center_id, staff_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Attempts to log in that have not succeeded, by account or address. They are known by an HMAC only, and counted for
-- user names that do not exist as well.
CREATE TABLE log_in_attempts (
  attempt_key BINARY(16) NOT NULL,
  attempts    INT        NOT NULL,
  first_time  BIGINT     NOT NULL,
  last_time   BIGINT     NOT NULL,
  PRIMARY KEY (attempt_key),
  KEY by_last_time (last_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
