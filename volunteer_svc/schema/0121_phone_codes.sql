-- One-time codes sent to phones: the last one of each, until it is used or has expired.
CREATE TABLE phone_codes (
  center_id   BIGINT UNSIGNED NOT NULL,
  phone_index BINARY(16)      NOT NULL,
  code_hash   BINARY(16)      NOT NULL,  -- keyed, over phone and code
  tries_left  SMALLINT        NOT NULL,
  expire_time BIGINT          NOT NULL,
  PRIMARY KEY (center_id, phone_index),
  KEY by_expiry (expire_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- When codes were sent to a phone, or for an address, within the last hour.
CREATE TABLE phone_code_limits (
  center_id     BIGINT UNSIGNED NOT NULL,
  subject_index BINARY(16)      NOT NULL,  -- of the phone or the address
  send_times    VARCHAR(600)    NOT NULL,  -- µs, the oldest first, commas between
  update_time   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, subject_index),
  KEY by_age (update_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
