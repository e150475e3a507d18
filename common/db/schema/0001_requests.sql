-- Answers by request id (common/idempotency): a repeated request gets the same answer and changes nothing.
CREATE TABLE requests (
  center_id    BIGINT UNSIGNED NOT NULL,
  request_key  BINARY(32)      NOT NULL,  -- SHA-256 of subject, method and request id
  fingerprint  BINARY(32)      NOT NULL,  -- SHA-256 of the whole request
  answer       MEDIUMBLOB      NOT NULL,
  request_time BIGINT          NOT NULL,
  PRIMARY KEY (center_id, request_key),
  KEY by_request_time (request_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
